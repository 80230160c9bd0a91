"""Policy losses against the papers' numbers: values by hand, gradients through autograd."""

import math

import pytest
import torch
from torch import Tensor

from parnassus.algorithms.losses import PPOClip, WithKL
from parnassus.types import PolicyLoss, TokenView

# The factor F of the policy gradient F A grad logp, at eps_low = 0.2, eps_high = 0.28, by the ratio.
RATIO = [0.3, 0.79, 0.8, 0.9, 1.0, 1.1, 1.28, 1.3, 3.0, 9.9, 10.1, 100.0]
GOOD = [0.3, 0.79, 0.8, 0.9, 1.0, 1.1, 1.28, 0.0, 0.0, 0.0, 0.0, 0.0]  # A > 0: stopped above 1.28
BAD = [0.0, 0.0, 0.8, 0.9, 1.0, 1.1, 1.28, 1.3, 3.0, 9.9, 10.1, 100.0]  # A < 0: stopped below 0.8


def view_at(ratio: list[float], advantage: float, ref_logp: Tensor | None = None) -> TokenView:
    """Tokens at these ratios to the old policy, in float64 so that 0.8 is 0.8."""
    old = torch.full((len(ratio),), -1.5, dtype=torch.float64)
    logp = (old + torch.tensor(ratio, dtype=torch.float64).log()).requires_grad_()
    return TokenView(
        logp=logp,
        old_logp=old,
        sampled_logp=torch.full_like(old, -9.0),  # not looked at
        ref_logp=ref_logp,
        advantage=torch.full_like(old, advantage),
        seq=torch.zeros(len(ratio), dtype=torch.int64),
        entropy=torch.zeros_like(old),
    )


def slope(loss: PolicyLoss, view: TokenView) -> list[float]:
    per_token, _ = loss(view)
    assert per_token.shape == view.logp.shape
    (gradient,) = torch.autograd.grad(per_token.sum(), view.logp)
    return gradient.tolist()


@pytest.mark.parametrize(("advantage", "factors"), [(1.0, GOOD), (-1.0, BAD), (2.5, GOOD), (-0.5, BAD)])
def test_clip_higher_pushes_as_its_table_says(advantage: float, factors: list[float]):
    # 0.8 and 1.28 themselves lie on the edge, where rounding decides: step inside by a hair.
    inside = {0.8: 0.8 + 1e-9, 1.28: 1.28 - 1e-9}
    view = view_at([inside.get(ratio, ratio) for ratio in RATIO], advantage)
    assert slope(PPOClip(0.2, 0.28), view) == pytest.approx([-advantage * f for f in factors])


def test_equal_bounds_are_ppo():
    view = view_at([0.5, 0.85, 1.15, 1.25], 1.0)
    assert slope(PPOClip(), view) == pytest.approx([-0.5, -0.85, -1.15, 0.0])
    assert slope(PPOClip(), view_at([0.5, 0.85, 1.15, 1.25], -1.0)) == pytest.approx([0.0, 0.85, 1.15, 1.25])


def test_values_of_the_clipped_loss():
    ratios = [0.5, 1.0, 1.5]
    good, _ = PPOClip(0.2, 0.28)(view_at(ratios, 2.0))
    assert good.tolist() == pytest.approx([-1.0, -2.0, -2.56])
    bad, _ = PPOClip(0.2, 0.28)(view_at(ratios, -2.0))
    assert bad.tolist() == pytest.approx([1.6, 2.0, 3.0])


def test_clipped_tokens_are_counted_on_their_side():
    _, good = PPOClip(0.2, 0.28)(view_at([0.5, 1.0, 1.27, 1.29], 1.0))
    assert good["clip_high"].tolist() == [0, 0, 0, 1]
    assert good["clip_low"].tolist() == [0, 0, 0, 0]
    _, bad = PPOClip(0.2, 0.28)(view_at([0.5, 0.81, 1.0, 1.5], -1.0))
    assert bad["clip_low"].tolist() == [1, 0, 0, 0]
    assert bad["clip_high"].tolist() == [0, 0, 0, 0]


def test_the_penalty_is_the_k3_estimate():
    """exp(d) - d - 1 with d = ref - logp: at probabilities 1/2 (policy) and 1/4 (reference), d = -log 2."""
    old = torch.full((1,), math.log(0.5), dtype=torch.float64)
    view = TokenView(
        logp=old.clone().requires_grad_(),
        old_logp=old,
        sampled_logp=old,
        ref_logp=torch.full_like(old, math.log(0.25)),
        advantage=torch.zeros_like(old),
        seq=torch.zeros(1, dtype=torch.int64),
        entropy=torch.zeros_like(old),
    )
    per_token, stats = WithKL(PPOClip(), beta=0.5)(view)
    k3 = 0.5 + math.log(2) - 1
    assert per_token.tolist() == pytest.approx([0.5 * k3])
    assert stats["reference_kl"].tolist() == pytest.approx([k3])
    assert not stats["reference_kl"].requires_grad
    assert slope(WithKL(PPOClip(), beta=0.5), view) == pytest.approx([0.5 * (1 - 0.5)])  # 1 - exp(d)


def test_k3_is_unbiased_and_never_negative():
    """Its mean under the policy is the KL divergence sum p log(p / q): over a vocabulary of five."""
    p = torch.tensor([0.4, 0.3, 0.2, 0.05, 0.05], dtype=torch.float64)
    q = torch.tensor([0.1, 0.2, 0.3, 0.2, 0.2], dtype=torch.float64)
    zeros = torch.zeros_like(p)
    view = TokenView(p.log(), p.log(), p.log(), q.log(), zeros, zeros.long(), zeros)
    _, stats = WithKL(PPOClip(), beta=1.0)(view)
    assert float((p * stats["reference_kl"]).sum()) == pytest.approx(float((p * (p / q).log()).sum()))
    assert bool((stats["reference_kl"] >= 0).all())


def test_a_penalty_without_a_reference_is_our_mistake():
    with pytest.raises(AssertionError, match="needs_reference"):
        WithKL(PPOClip(), beta=0.1)(view_at([1.0], 1.0))
