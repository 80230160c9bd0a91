"""Keeps the first so many problems of each source: where none should prevail.

R1-Code-Interpreter (arXiv 2505.21668): at most 70 trajectories of a task are imitated.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from parnassus.data.similarity.duplicates import SetFilter
from parnassus.errors import positive
from parnassus.types import Problem


@dataclass(frozen=True)
class PerSource(SetFilter[str]):
    """`most`: of a source, in the order that they come in."""

    most: int
    _taken: Counter[str] = field(default_factory=Counter[str], init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        positive(self, most=self.most)

    def keys(self, problems: Sequence[Problem]) -> list[str]:
        return [problem.source for problem in problems]

    def remember(self, key: str, name: str) -> str | None:
        if self._taken[key] >= self.most:
            return f"more than {self.most} of its source"
        self._taken[key] += 1
        return None
