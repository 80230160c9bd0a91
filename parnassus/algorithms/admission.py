"""Admission: which groups may train. None admits; a string is the reason not to, and is counted."""

from dataclasses import dataclass

from parnassus.types import Group, Outcome, Stop


@dataclass(frozen=True)
class Trustworthy:
    """Refuses a group with a member that could not be judged: that says nothing about the policy."""

    def __call__(self, group: Group) -> str | None:
        broken = (
            m.verdict.outcome is Outcome.BROKEN or m.trajectory.stop is Stop.ERROR for m in group.members
        )
        return "broken" if any(broken) else None


@dataclass(frozen=True)
class Informative:
    """Refuses a group whose rewards are all equal: its advantages, hence its gradient, would be zero.

    The filter of DAPO (arXiv:2503.14476, eq. 11) without its refill. The reason says on which side.
    """

    def __call__(self, group: Group) -> str | None:
        if len(group.members) == 1 or max(group.rewards) > min(group.rewards):
            return None
        return "zero_advantage_right" if all(m.correct for m in group.members) else "zero_advantage_wrong"
