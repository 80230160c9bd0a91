"""How often a model solves a problem: k samples by each of one or several agents, judged.

    Skywork-OR1 (arXiv 2505.22312, 6)    16 samples (mathematics), 8 (code), at temperature 1, of the policy
    Klear-Reasoner (2508.07629, 3.2.1)   16 of DeepSeek-R1
    AceReason (2505.16400, 2)            8 of DeepSeek-R1, and how long they are
    R1-Code-Interpreter (2505.21668)     5 by each of 4 agents; potential 4p(1-p)

Writes the stats `pass_rate`, `samples`, `parsable`, `potential`, `score` and `score_std`, and where whoever
runs the model tells tokens `response_tokens`. What they are good for is a filter's matter:
`data/filters/bounds.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from parnassus.algorithms.preferences import Pairs
from parnassus.enrich.answerer import Request
from parnassus.enrich.asking import (
    Agent,
    Asked,
    check_names,
    expected,
    judged,
    questions,
    rates,
    sampled,
    unjudgeable,
)
from parnassus.enrich.made import Made, Means, Preference, Sample
from parnassus.enrich.preferences import preference_pairs
from parnassus.errors import positive
from parnassus.types import Problem, Sampling, Verifier
from parnassus.verifiers.by_reference import ByReference


@dataclass(frozen=True)
class PassRate:
    """The share of the responses that are correct, among those that could be judged. A problem by which most
    could not be judged is dropped. `pairs`: which of the responses make a pair of a better and a worse one;
    None: curation keeps none."""

    samples: int  # by each agent
    sampling: Sampling
    agents: tuple[Agent, ...] = (Agent(),)
    verifier: Verifier = ByReference()
    seed: int = 0
    pairs: Pairs | None = None

    def __post_init__(self) -> None:
        positive(self, samples=self.samples)
        check_names(self, [agent.name for agent in self.agents])

    def requests(self, problem: Problem) -> Sequence[Request]:
        return expected(self._asked(problem))

    async def __call__(self, problem: Problem, means: Means) -> Made:
        samples = await sampled(means, problem, self._asked(problem), self.verifier)
        known = judged(samples)
        if not known:
            return Made(problem, tuple(samples), unjudgeable(samples))
        return Made(replace(problem, stats={**problem.stats, **rates(known)}), tuple(samples))

    def preferred(self, problem: Problem, samples: Sequence[Sample]) -> list[Preference]:
        return [] if self.pairs is None else preference_pairs(problem, samples, self.pairs)

    def _asked(self, problem: Problem) -> list[Asked]:
        return questions(problem, self.agents, self.samples, self.sampling, self.seed)
