"""The lean forward against transformers' own, for each family; and what it refuses."""

from collections.abc import Callable

import pytest
import torch
from transformers import AutoConfig, PreTrainedModel

from parnassus.errors import ModelError
from parnassus.models.decoder import Shape, gather, is_lean
from parnassus.models.forward import token_logprobs
from parnassus.models.packing import pack

LEAN = ("qwen3", "qwen2", "llama", "mistral")
FAMILIES = (*LEAN, "gpt2")
Make = Callable[[str], PreTrainedModel]
SEQUENCES = [[1, 2, 3, 4, 5], [6, 7], [9, 8, 7, 6, 5, 4, 3, 2]]
AT = torch.tensor([0, 1, 2, 3, 5, 7, 8, 13])


def one_by_one(model: PreTrainedModel, temperature: float) -> tuple[torch.Tensor, torch.Tensor]:
    """Each sequence alone, unpadded, through transformers; then only the positions of AT."""
    rows = []
    for sequence in SEQUENCES:
        table = torch.log_softmax(model(torch.tensor([sequence])).logits[0] / temperature, -1)
        following = torch.tensor([*sequence[1:], 0])
        chosen = table[torch.arange(len(sequence)), following]
        rows.append(torch.stack([chosen, -(table.exp() * table).sum(-1)]))
    logp, entropy = torch.cat(rows, 1)[:, AT]
    return logp, entropy


@pytest.mark.parametrize("family", FAMILIES)
def test_values_and_gradients_are_those_of_transformers(family: str, small_model: Make):
    model = small_model(family)
    parameters = list(model.parameters())
    found, wanted = token_logprobs(model, pack(SEQUENCES), AT, 0.7), one_by_one(model, 0.7)
    torch.testing.assert_close(found, wanted, atol=1e-5, rtol=1e-5)
    first, second = (
        torch.autograd.grad((logp - 0.3 * entropy).sum(), parameters) for logp, entropy in (found, wanted)
    )
    torch.testing.assert_close(first, second, atol=3e-5, rtol=1e-4)


@pytest.mark.parametrize("family", FAMILIES)
def test_dropout_and_the_training_mode_change_nothing(family: str, small_model: Make):
    model = small_model(family)
    expected = token_logprobs(model, pack(SEQUENCES), AT)[0]
    found = token_logprobs(model.train(), pack(SEQUENCES), AT)[0]
    assert torch.equal(found, expected)
    assert model.training


def test_lean_where_it_should_be(small_model: Make):
    assert [is_lean(small_model(family).config) for family in FAMILIES] == [True, True, True, True, False]


@pytest.mark.parametrize(
    ("family", "change"),
    [
        ("mistral", {"sliding_window": 16}),
        ("qwen2", {"use_sliding_window": True, "max_window_layers": 1, "sliding_window": 8}),
        ("qwen3", {"attention_bias": True}),
        ("llama", {"mlp_bias": True}),
        ("llama", {"rope_parameters": {"rope_type": "linear", "factor": 2.0, "rope_theta": 1e4}}),
        ("llama", {"hidden_act": "gelu"}),
    ],
)
def test_refuses_what_it_would_compute_wrongly(family: str, change: dict[str, object], small_model: Make):
    plain = small_model(family).config.to_dict() | {"layer_types": None}
    assert is_lean(AutoConfig.for_model(**plain))
    assert not is_lean(AutoConfig.for_model(**plain | change))


def test_unknown_and_missing_weights_are_named(small_model: Make):
    model = small_model("llama")
    shape, named = Shape.of(model.config), dict(model.named_parameters())
    with pytest.raises(ModelError, match="adapter"):
        gather({**named, "model.adapter.weight": torch.zeros(1)}, shape, torch.float32)
    with pytest.raises(ModelError, match=r"lack 'model\.norm\.weight'"):
        gather({k: v for k, v in named.items() if k != "model.norm.weight"}, shape, torch.float32)


def test_bfloat16_products_stay_close_and_give_float32_gradients(small_model: Make):
    model = small_model("qwen3")
    exact, _ = token_logprobs(model, pack(SEQUENCES), AT)
    rough, _ = token_logprobs(model, pack(SEQUENCES), AT, dtype=torch.bfloat16)
    assert 0 < (exact - rough).abs().max() < 0.1
    rough.sum().backward()
    assert all(p.grad is not None and p.grad.dtype == torch.float32 for p in model.parameters())
