"""Reward terms: one number each from a trajectory and its verdict; a trajectory's reward is their sum."""

from dataclasses import dataclass

from parnassus.types import Outcome, Trajectory, Verdict


@dataclass(frozen=True)
class Correct:
    """`value` for a fully correct response, else 0: the hard reward."""

    value: float = 1.0

    def __call__(self, trajectory: Trajectory, verdict: Verdict) -> float:
        return self.value if verdict.outcome is Outcome.CORRECT else 0.0


@dataclass(frozen=True)
class PassRate:
    """The share of unit tests passed, in [0, 1]: the soft reward. For answers it equals the hard one."""

    def __call__(self, trajectory: Trajectory, verdict: Verdict) -> float:
        return verdict.score
