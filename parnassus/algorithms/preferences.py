"""Pairs of a better and a worse response to one problem, and what a reward model loses on them. AceCoder,
arXiv:2502.01718, section 3."""

from dataclasses import dataclass
from itertools import combinations

import torch
from torch import Tensor

from parnassus.types import Group, Scored


@dataclass(frozen=True)
class Pairs:
    """Which two responses of a group make a pair, by the shares of tests that they passed.

    The better one passed `best` or more, the worse one some but `gap` less: one that passes nothing is told
    apart too easily. `strict` takes the bounds out, as the paper has them; the released code, the default,
    takes them in. Responses of the same text count once (released code).
    """

    best: float = 0.8
    gap: float = 0.4
    strict: bool = False

    def __call__(self, group: Group) -> list[tuple[Scored, Scored]]:
        """(better, worse), in the order of the group."""
        different = {member.trajectory.response: member for member in reversed(group.members)}
        kept = [m for m in group.members if different[m.trajectory.response] is m]
        ranked = [sorted(two, key=lambda m: -m.verdict.score) for two in combinations(kept, 2)]
        return [(better, worse) for better, worse in ranked if self._apart(better, worse)]

    def _apart(self, better: Scored, worse: Scored) -> bool:
        high, low = better.verdict.score, worse.verdict.score
        if self.strict:
            return high > self.best and high > low + self.gap and low > 0
        # Shares of tests are no exact binary numbers: 0.9 - 0.5 is a little less than 0.4.
        return high >= self.best and high - low >= self.gap - 1e-9 and low > 0


def bradley_terry(better: Tensor, worse: Tensor, margin: Tensor, scale: Tensor) -> Tensor:
    """-log sigmoid(better - worse - margin) * scale, [P]: the model's scores of the two, by how much the
    better one should lead, and what the pair counts.

    AceCoder's paper has neither margin (zeros) nor scale (ones). Its later code has a margin of
    3 (share - share), or, for the checkpoint that RL is rewarded by, no margin and that as the scale
    (ScaleBT, models/loss.py).
    """
    return -torch.nn.functional.logsigmoid(better - worse - margin) * scale
