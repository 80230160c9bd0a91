"""Keeps one of several parts that have no problem in common, and together are all: for stages that must not
see the same problems.

R1-Code-Interpreter (arXiv 2505.21668): what is imitated and what RL learns from are disjoint. Which part a
problem is of depends on its prompt alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from parnassus.data.identity import prompt_digest
from parnassus.errors import ConfigError
from parnassus.types import Answer, Message, Problem


@dataclass(frozen=True)
class OfPart:
    """The part of this number, from 0, of `of`."""

    number: int
    of: int = 2

    def __post_init__(self) -> None:
        if not 0 <= self.number < self.of:
            raise ConfigError(f"OfPart: number={self.number} must be one of 0..{self.of - 1}")

    def __call__(self, problem: Problem) -> str | None:
        part = int(prompt_digest(problem.prompt), 16) % self.of
        return None if part == self.number else f"of part {part}"


def _problem(text: str) -> Problem:
    return Problem("case/part", (Message("user", text),), Answer("2"), "math", "case")


FILTER = OfPart(0)
CASES = (
    (_problem("1+1="), None),
    (_problem("2+2="), "of part 1"),
    (_problem("3+3="), None),
)
