"""Loss aggregation said once, as a weight for each policy-chosen token: (Step) -> [T].

The trainer's loss is sum(weight * per_token_loss) over *all* micro-batches of a step. Weights are computed
before the step is cut, so neither micro-batches nor accumulation nor world size can change the gradient.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from parnassus.types import Step


@dataclass(frozen=True)
class TokenMean:
    """Every token of the step counts the same: 1 / T. DAPO, arXiv:2503.14476, eq. 8."""

    def __call__(self, step: Step) -> Tensor:
        return torch.full_like(step.old_logp, 1.0 / max(len(step.seq), 1))


@dataclass(frozen=True)
class SequenceMean:
    """Every trajectory counts the same, whatever its length: 1 / (N |o_i|). GRPO, arXiv:2402.03300, eq. 3."""

    def __call__(self, step: Step) -> Tensor:
        return 1.0 / (len(step.reward) * step.lengths[step.seq].to(step.old_logp.dtype))


@dataclass(frozen=True)
class ConstantLength:
    """1 / (N `length`): long answers are not favoured. Dr. GRPO, arXiv:2503.20783."""

    length: int

    def __call__(self, step: Step) -> Tensor:
        return torch.full_like(step.old_logp, 1.0 / (len(step.reward) * self.length))
