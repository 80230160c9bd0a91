"""What an evaluation is told apart by: each domain, followed by each of its sources."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from parnassus.algorithms.admission import breakages, judged
from parnassus.errors import JudgingError
from parnassus.types import Group, Scored


@dataclass(frozen=True)
class Part:
    """The groups of one domain, or of one source within it."""

    domain: str
    source: str | None  # None: the whole domain
    groups: tuple[Group, ...]

    @property
    def members(self) -> list[Scored]:
        return [member for group in self.groups for member in group.members]

    def judged(self) -> list[tuple[Scored, ...]]:
        """Of each problem the responses that count; problems without any are left out. Raises JudgingError
        when no response of any could be judged."""
        known = [row for row in map(judged, self.groups) if row]
        if known:
            return known
        reasons = ", ".join(f"{reason}: {count}" for reason, count in breakages(self.groups).items())
        raise JudgingError(
            f"none of the {len(self.members)} responses to problems of {self.source or self.domain} could be "
            f"judged ({reasons}), so it has no score. For example: {self.members[0].verdict.detail}. Repair "
            "what broke and run the same command again."
        )


def parts(groups: Sequence[Group]) -> Iterator[Part]:
    """In the order of their names."""
    for domain in sorted({g.problem.domain for g in groups}):
        within = [g for g in groups if g.problem.domain == domain]
        yield Part(domain, None, tuple(within))
        for source in sorted({g.problem.source for g in within}):
            yield Part(domain, source, tuple(g for g in within if g.problem.source == source))
