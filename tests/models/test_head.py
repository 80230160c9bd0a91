"""The chunked head against the plain log_softmax, values and both gradients."""

import pytest
import torch
from torch import Tensor

from parnassus.models import head as module
from parnassus.models.head import head


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch):
    """Three rows a chunk of the seven-word vocabulary: every test crosses borders of chunks."""
    monkeypatch.setattr(module, "CELLS", 21)
    monkeypatch.setattr(module, "FEWEST_ROWS", 1)


def example(dtype: torch.dtype = torch.float64) -> tuple[Tensor, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(0)
    hidden = torch.randn(8, 4, dtype=dtype, generator=generator).requires_grad_()
    weight = torch.randn(7, 4, dtype=dtype, generator=generator).requires_grad_()
    return hidden, weight, torch.tensor([0, 6, 3, 3, 1, 5, 2, 4])


def plain(hidden: Tensor, weight: Tensor, targets: Tensor, temperature: float) -> tuple[Tensor, Tensor]:
    table = torch.log_softmax(hidden @ weight.T / temperature, -1)
    return table[torch.arange(len(targets)), targets], -(table.exp() * table).sum(-1)


def test_by_hand():
    """Logits 0 and log 3: probabilities 1/4 and 3/4."""
    hidden, weight = torch.tensor([[1.0]]), torch.tensor([[0.0], [1.0986122887]])
    logp, entropy = head(hidden, weight, torch.tensor([1]))
    assert logp.item() == pytest.approx(-0.2876820724, abs=1e-6)
    assert entropy.item() == pytest.approx(0.5623351446, abs=1e-6)


@pytest.mark.parametrize("temperature", [1.0, 0.6, 1.7])
@pytest.mark.parametrize("loss", [lambda p, h: p, lambda p, h: h, lambda p, h: p.exp() * 2 - h.square()])
def test_equals_the_plain_way(temperature: float, loss):
    hidden, weight, targets = example()
    found, wanted = head(hidden, weight, targets, temperature), plain(hidden, weight, targets, temperature)
    torch.testing.assert_close(found, wanted)
    gradients = [torch.autograd.grad(loss(*pair).sum(), (hidden, weight)) for pair in (found, wanted)]
    torch.testing.assert_close(*gradients)


def test_gradcheck():
    hidden, weight, targets = example()
    assert torch.autograd.gradcheck(lambda h, w: head(h, w, targets, 0.8), (hidden, weight))


def test_frozen_weight_gets_no_gradient():
    hidden, weight, targets = example()
    head(hidden, weight.detach(), targets)[0].sum().backward()
    assert hidden.grad is not None
    assert weight.grad is None


def test_nothing_to_say():
    hidden, weight, _ = example()
    logp, entropy = head(hidden[:0], weight, torch.zeros(0, dtype=torch.int64))
    assert logp.shape == entropy.shape == (0,)


def test_half_precision_is_summed_in_full():
    hidden, weight, targets = example(torch.bfloat16)
    logp, _ = head(hidden, weight, targets)
    assert logp.dtype == torch.float32
    torch.testing.assert_close(
        logp, plain(hidden.float(), weight.float(), targets, 1.0)[0], atol=0.03, rtol=0.03
    )
