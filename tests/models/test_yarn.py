"""YaRN against transformers' own, and numbers worked out by hand; without it nothing changes."""

import asyncio
import math
from collections.abc import Callable

import pytest
import torch
from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedModel

from parnassus.engines.embedded import EmbeddedEngine
from parnassus.engines.make import make_engine
from parnassus.errors import ConfigError, ModelError
from parnassus.models.decoder import Shape, final_norm, forward, gather, is_lean
from parnassus.models.packing import pack
from parnassus.models.yarn import Yarn, with_yarn, yarn_of
from parnassus.types import Sampling

LEAN = ("qwen3", "qwen2", "llama", "mistral")
LONG = [[(7 * i) % 39 + 1 for i in range(100)], [(5 * i) % 37 + 1 for i in range(61)]]
Make = Callable[[str], PreTrainedModel]


@pytest.fixture
def short(small_model: Make) -> Make:
    """family -> a model that was trained on 64 positions."""

    def make(family: str) -> PreTrainedModel:
        model = small_model(family)
        model.config.max_position_embeddings = 64
        return model

    return make


def by_transformers(model: PreTrainedModel, factor: float, trained: int) -> PreTrainedModel:
    """Its own YaRN, by its own names."""
    rope = {"rope_type": "yarn", "factor": factor, "original_max_position_embeddings": trained}
    own = model.config.to_dict()
    config = AutoConfig.for_model(**own | {"rope_parameters": own["rope_parameters"] | rope})
    made = AutoModelForCausalLM.from_config(config).eval()
    made.load_state_dict(model.state_dict())
    return made


@torch.no_grad()
def logits(model: PreTrainedModel, sequences: list[list[int]]) -> torch.Tensor:
    shape = Shape.of(model.config)
    weights = gather(dict(model.named_parameters()), shape, torch.float32)
    hidden = forward(weights, shape, pack(sequences))
    return torch.nn.functional.linear(final_norm(hidden, weights, shape), weights.head)


@pytest.mark.parametrize("family", LEAN)
@pytest.mark.parametrize("factor", [1.0, 2.5, 40.0])
def test_logits_are_those_of_transformers(family: str, factor: float, short: Make):
    wanted = by_transformers(short(family), factor, 64)
    with torch.no_grad():
        told = torch.cat([wanted(torch.tensor([sequence])).logits[0] for sequence in LONG])
    stretched = with_yarn(short(family), Yarn(factor, 64))
    torch.testing.assert_close(logits(stretched, LONG), told, atol=1e-4, rtol=0)
    with torch.no_grad():  # its own forward is that of a whole model
        own = torch.cat([stretched(torch.tensor([sequence])).logits[0] for sequence in LONG])
    torch.testing.assert_close(own, told, atol=1e-5, rtol=0)
    if factor > 1:
        assert (logits(short(family), LONG) - told).abs().max() > 1e-2


@pytest.mark.parametrize(("theta", "trained"), [(1e6, 32768), (1e4, 4096), (1e4, 100), (1e4, 5)])
def test_frequencies_are_those_of_transformers_at_full_size(theta: float, trained: int, small_model: Make):
    rope = {"rope_type": "yarn", "factor": 2.5, "original_max_position_embeddings": trained}
    changes = {"head_dim": 128, "rope_parameters": rope | {"rope_theta": theta}}
    config = AutoConfig.for_model(**small_model("qwen3").config.to_dict() | changes)
    rotary = AutoModelForCausalLM.from_config(config).model.rotary_emb
    cosine, sine = Shape.of(config).rotations(2000, torch.device("cpu"))
    wanted = rotary(torch.zeros(1, 1, 1), torch.arange(2000)[None])
    torch.testing.assert_close(cosine[:, 0], wanted[0][0], atol=2e-4, rtol=0)
    torch.testing.assert_close(sine[:, 0, 64:], wanted[1][0, :, 64:], atol=2e-4, rtol=0)


def test_by_hand():
    """32768 positions, base 1e6, 64 pairs: pair i turns 32768 / (2 pi 1e6 ** (i / 64)) times. 32 turns are
    between pairs 23 and 24 (36.4 and 29.3), one turn between 39 and 40 (1.15 and 0.93)."""
    plain = 1.0 / 1e6 ** (torch.arange(64) / 64)
    turns = [32768 / (2 * math.pi * 1e6 ** (i / 64)) for i in (23, 24, 39, 40)]
    assert turns == pytest.approx([36.38, 29.32, 1.151, 0.9274], rel=1e-3)
    ratio = Yarn(2.5, 32768).stretched(plain, 1e6) / plain
    assert ratio[:24].tolist() == pytest.approx([1.0] * 24)
    assert ratio[40:].tolist() == pytest.approx([0.4] * 24)
    assert ratio[24].item() == pytest.approx(1 - 0.6 / 17)  # a line from pair 23 to pair 40
    assert Yarn(2.5, 32768).context == 81_920
    assert Yarn(2.5, 32768).amplitude == pytest.approx(1.0916, abs=5e-5)


@pytest.mark.parametrize("family", LEAN)
def test_without_it_rotations_are_what_they_were_to_the_bit(family: str, small_model: Make):
    shape = Shape.of(small_model(family).config)
    assert shape.yarn is None
    half = torch.arange(0, shape.head_dim, 2, dtype=torch.float32) / shape.head_dim
    angle = torch.arange(500, dtype=torch.float32)[:, None, None] * (1.0 / shape.theta**half)
    cosine, sine = shape.rotations(500, torch.device("cpu"))
    assert torch.equal(cosine, torch.cat([angle.cos()] * 2, -1))
    assert torch.equal(sine, torch.cat([-angle.sin(), angle.sin()], -1))


def test_the_weights_are_the_very_same(short: Make):
    model = short("qwen3")
    stretched = with_yarn(model, Yarn(4.0, 64))
    theirs = dict(stretched.named_parameters())
    assert all(theirs[name].data_ptr() == p.data_ptr() for name, p in model.named_parameters())
    assert all(p.requires_grad for p in model.parameters())
    assert not any(p.requires_grad for p in stretched.parameters())
    assert (model.config.max_position_embeddings, stretched.config.max_position_embeddings) == (64, 256)
    assert yarn_of(model.config) is None


@pytest.mark.parametrize("family", ["qwen3", "llama"])
def test_the_engine_says_what_transformers_would_beyond_the_context(family: str, short: Make):
    stretched = with_yarn(short(family), Yarn(2.5, 64))
    engine = make_engine(stretched, [0], 160)
    assert isinstance(engine, EmbeddedEngine)
    said = asyncio.run(engine.generate(LONG[0], Sampling(max_tokens=50, temperature=0.0), 0))
    assert len(LONG[0]) + len(said.tokens) == 150 or said.tokens[-1] == 0
    whole = torch.tensor([[*LONG[0], *said.tokens]])
    with torch.no_grad():
        table = by_transformers(short(family), 2.5, 64)(whole).logits[0].log_softmax(-1)
    at = range(len(LONG[0]) - 1, whole.shape[1] - 1)
    wanted = [float(table[place, token]) for place, token in zip(at, said.tokens, strict=True)]
    assert said.logprobs == pytest.approx(wanted, abs=1e-4)


@pytest.mark.parametrize(
    "more",
    [
        {"beta_fast": 16},
        {"attention_factor": 1.0},
        {"mscale": 1.0, "mscale_all_dim": 1.0},
        {"truncate": False},
    ],
    ids=str,
)
def test_a_model_with_other_settings_of_its_own_is_left_to_transformers(more: dict, small_model: Make):
    own = small_model("llama").config.to_dict()
    rope = own["rope_parameters"] | {
        "rope_type": "yarn",
        "factor": 2.0,
        "original_max_position_embeddings": 64,
    }
    assert is_lean(AutoConfig.for_model(**own | {"rope_parameters": rope}))
    assert not is_lean(AutoConfig.for_model(**own | {"rope_parameters": rope | more}))


def test_what_cannot_be_stretched_is_refused(short: Make, small_model: Make):
    with pytest.raises(ModelError, match="of type gpt2 has none of its config"):
        with_yarn(small_model("gpt2"), Yarn(2.0, 64))
    twice = with_yarn(short("llama"), Yarn(2.0, 64))
    with pytest.raises(ModelError, match="of type llama has yarn"):
        with_yarn(twice, Yarn(2.0, 128))
    with pytest.raises(ModelError, match="has room for 48 tokens, the model without it for 64"):
        with_yarn(short("llama"), Yarn(1.5, 32))
    for factor, trained in ((0.5, 64), (math.nan, 64), (math.inf, 64), (2.0, 0)):
        with pytest.raises(ConfigError, match="wanted a factor of at least 1"):
            Yarn(factor, trained)
