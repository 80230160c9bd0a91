"""A teacher's responses to imitate: n by a model to each prompt, judged, all kept or the correct ones.

    Klear-Reasoner (arXiv 2508.07629, 3.1)   up to 16 of DeepSeek-R1-0528; all are kept, for most are hard
    R1-Code-Interpreter (2505.21668)         correct ones only, of several turns rather; each agent with an
                                             interpreter and a style of its own; at most 70 a task

An agent's environment may answer it: then a response has several turns. Writes the stats `teacher_pass_rate`
and, where tokens are told, `response_tokens`; leaves the student's `pass_rate` as it is. Responses that were
cut at their length teach never to end: they are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

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
from parnassus.enrich.made import Made, Means, Sample
from parnassus.errors import positive
from parnassus.types import Demonstration, Outcome, Problem, Sampling, Stop, Verifier
from parnassus.verifiers.by_reference import ByReference


class Keep(StrEnum):
    ALL = "all"
    CORRECT = "correct"


@dataclass(frozen=True)
class Distill:
    """A problem without a response to imitate is dropped; all responses are stored, kept or not."""

    responses: int  # by each agent
    sampling: Sampling
    keep: Keep = Keep.ALL
    agents: tuple[Agent, ...] = (Agent("teacher", "teacher"),)
    verifier: Verifier = ByReference()
    seed: int = 0
    most: int | None = None  # demonstrations of a problem; the first ones
    several_turns_first: bool = False  # before those of a single turn

    def __post_init__(self) -> None:
        positive(self, responses=self.responses, most=1 if self.most is None else self.most)
        check_names(self, [agent.name for agent in self.agents])

    def requests(self, problem: Problem) -> Sequence[Request]:
        return expected(self._asked(problem))

    async def __call__(self, problem: Problem, means: Means) -> Made:
        samples = await sampled(means, problem, self._asked(problem), self.verifier)
        known = judged(samples)
        if not known and self.keep is Keep.CORRECT:
            return Made(problem, tuple(samples), unjudgeable(samples))
        if known:
            measured = {
                "teacher_pass_rate" if name == "pass_rate" else name: v for name, v in rates(known).items()
            }
            wanted = ("teacher_pass_rate", "response_tokens")
            new = {name: measured[name] for name in wanted if name in measured}
            problem = replace(problem, stats={**problem.stats, **new})
        none = "" if self.taught(problem, samples) else f"no response to imitate: of {len(samples)}"
        return Made(problem, tuple(samples), none)

    def taught(self, problem: Problem, samples: Sequence[Sample]) -> list[Demonstration]:
        """The demonstrations among the samples of a problem that this made. Their difficulty is the share of
        failures: the student's if its pass rate is known, else the teacher's."""
        rate = problem.stats.get("pass_rate", problem.stats.get("teacher_pass_rate"))
        failures = None if rate is None else 1 - rate
        rows = [
            Demonstration(problem, sample.text, _correct(sample), failures, sample.more)
            for sample in samples
            if sample.stop is Stop.FINISHED
        ]
        kept = [row for row in rows if row.correct or self.keep is Keep.ALL]
        if self.several_turns_first:
            kept.sort(key=lambda row: not row.more)
        return kept[: self.most]

    def _asked(self, problem: Problem) -> list[Asked]:
        return questions(problem, self.agents, self.responses, self.sampling, self.seed)


def _correct(sample: Sample) -> bool | None:
    outcome = sample.verdict.outcome
    return None if outcome is Outcome.BROKEN else outcome is Outcome.CORRECT
