"""An enrichment for the problems of one domain: the others pass as they are.

Skywork-OR1 (arXiv 2505.22312, section 6) measures mathematics by 16 responses, code by 8.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from parnassus.enrich.answerer import Request
from parnassus.enrich.made import Enrichment, Made, Means, Preference, Prefers, Sample, Teaches
from parnassus.types import Demonstration, Problem


@dataclass(frozen=True)
class Only:
    """`domain`: "math", "code"."""

    domain: str
    step: Enrichment

    def requests(self, problem: Problem) -> Sequence[Request]:
        return self.step.requests(problem) if problem.domain == self.domain else ()

    async def __call__(self, problem: Problem, means: Means) -> Made:
        if problem.domain != self.domain:
            return Made(problem)
        return await self.step(problem, means)

    def taught(self, problem: Problem, samples: Sequence[Sample]) -> list[Demonstration]:
        return self.step.taught(problem, samples) if samples and isinstance(self.step, Teaches) else []

    def preferred(self, problem: Problem, samples: Sequence[Sample]) -> list[Preference]:
        return self.step.preferred(problem, samples) if samples and isinstance(self.step, Prefers) else []
