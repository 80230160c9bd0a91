"""Policy losses: (TokenView) -> per-token loss [T] to minimise, and statistics, per token too."""

from dataclasses import dataclass

import torch
from torch import Tensor

from parnassus.types import PolicyLoss, Stats, TokenView


@dataclass(frozen=True)
class PPOClip:
    """-min(r A, clip(r, 1 - eps_low, 1 + eps_high) A), r = exp(logp - old_logp). arXiv:1707.06347, eq. 7.

    eps_high > eps_low is DAPO's clip-higher. Assumes r stays near 1; where it does not, the clipped token
    loses its gradient. Statistics: the share of tokens so clipped, from below (A < 0) and from above (A > 0).
    """

    eps_low: float = 0.2
    eps_high: float = 0.2

    def __call__(self, view: TokenView) -> tuple[Tensor, Stats]:
        ratio = torch.exp(view.logp - view.old_logp)
        clipped = ratio.clamp(1 - self.eps_low, 1 + self.eps_high)
        loss = -torch.minimum(ratio * view.advantage, clipped * view.advantage)
        low = (ratio < 1 - self.eps_low) & (view.advantage < 0)
        high = (ratio > 1 + self.eps_high) & (view.advantage > 0)
        return loss, {"clip_low": low.to(loss.dtype), "clip_high": high.to(loss.dtype)}


@dataclass(frozen=True)
class WithKL:
    """Any policy loss plus `beta` k3 KL to the frozen reference: exp(d) - d - 1, d = ref_logp - logp, d
    within +-10. GRPO, arXiv:2402.03300, eq. 4."""

    loss: PolicyLoss
    beta: float

    def __call__(self, view: TokenView) -> tuple[Tensor, Stats]:
        assert view.ref_logp is not None, "WithKL needs Algorithm(needs_reference=True)"
        per_token, stats = self.loss(view)
        log_ratio = (view.ref_logp - view.logp).clamp(-10, 10)
        kl = log_ratio.exp() - log_ratio - 1
        return per_token + self.beta * kl, {**stats, "reference_kl": kl.detach()}
