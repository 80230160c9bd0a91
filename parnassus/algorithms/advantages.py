"""Advantage estimators: (Step) -> one advantage for each policy-chosen token, [T]."""

from dataclasses import dataclass

import torch
from torch import Tensor

from parnassus.types import Step


def group_mean(step: Step) -> Tensor:
    """Mean reward of each trajectory's group, [N] float64."""
    return _sums(step, step.reward.double())[step.group] / _sizes(step)


def group_std(step: Step) -> Tensor:
    """Unbiased standard deviation (n - 1) of each trajectory's group, [N] float64; 1 for a group of one."""
    squares = _sums(step, _centered(step).square())[step.group]
    size = _sizes(step)
    return torch.where(size > 1, (squares / (size - 1).clamp(min=1)).sqrt(), torch.ones_like(squares))


def _centered(step: Step) -> Tensor:
    # In float64 the mean of equal float32 rewards is that reward: their difference is 0 and not a rounding
    # error, which eps is too small to hide.
    return step.reward.double() - group_mean(step)


def _sums(step: Step, values: Tensor) -> Tensor:
    return values.new_zeros(step.num_groups).index_add(0, step.group, values)


def _sizes(step: Step) -> Tensor:
    return _sums(step, torch.ones_like(step.reward))[step.group]


@dataclass(frozen=True)
class Standardized:
    """A_i = (r_i - mean) / (std + eps) over the group, the std unbiased. GRPO, arXiv:2402.03300, section
    4.1.2.

    A group of one keeps mean 0 and std 1, so its advantage is its reward, as verl has it.
    """

    eps: float = 1e-6

    def __call__(self, step: Step) -> Tensor:
        centered = torch.where(_sizes(step) == 1, step.reward.double(), _centered(step))
        return (centered / (group_std(step) + self.eps)).to(step.reward.dtype)[step.seq]


@dataclass(frozen=True)
class Centered:
    """A_i = r_i - mean over the group. Dr. GRPO, arXiv:2503.20783."""

    def __call__(self, step: Step) -> Tensor:
        return _centered(step).to(step.reward.dtype)[step.seq]
