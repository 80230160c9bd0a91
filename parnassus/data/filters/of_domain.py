"""Asks another filter about the problems of one domain only: where mathematics and code share a list of steps
but not a rule. Klear-Reasoner (arXiv 2508.07629, section 3.2.1) bounds the pass rate of code, and for
mathematics asks whether most responses can be validated at all.
"""

from __future__ import annotations

from dataclasses import dataclass

from parnassus.data.filters.bounds import Bounds
from parnassus.types import Answer, Filter, Message, Problem


@dataclass(frozen=True)
class OfDomain:
    domain: str  # "math", "code"
    step: Filter

    def __call__(self, problem: Problem) -> str | None:
        return self.step(problem) if problem.domain == self.domain else None


def _problem(domain: str, rate: float) -> Problem:
    prompt = (Message("user", "1+1="),)
    return Problem("case/of-domain", prompt, Answer("2"), domain, "case", {"pass_rate": rate})


FILTER = OfDomain("code", Bounds("pass_rate", above=0.5))
CASES = (
    (_problem("code", 0.75), None),
    (_problem("code", 0.5), "pass_rate not above 0.5: 0.5"),
    (_problem("math", 0.5), None),
)
