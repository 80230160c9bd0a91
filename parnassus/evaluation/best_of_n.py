"""Best of N: what it is worth to sample N responses to a problem and have a reward model choose one.
AceCoder, arXiv:2502.01718.

    samples of a problem, in the order drawn:  1 2 3 4 | 5 ... 16        N = 4: the first four, N = 16: all
    beside the reward model's choice:  any correct (the oracle, pass@N) · the mean of all (avg@N) ·
                                       the answer most often given, where answers can be compared

All four go by the same responses of the same problems. What could not be judged is none of them: the first N
are those of the judged ones, fewer where there are no more.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from parnassus.algorithms.admission import breakages
from parnassus.errors import ConfigError, ModelError
from parnassus.evaluation.metrics import Difference, Estimate, average_at_k, paired_difference
from parnassus.evaluation.parts import Part, parts
from parnassus.text.answers import after_thinking, final_answer
from parnassus.types import Answer, Group, Scored
from parnassus.verifiers.mathematics import settled
from parnassus.verifiers.mathematics.policy import Policy

Score = Callable[[Sequence[Sequence[int]]], Sequence[float]]  # token streams -> a number each
_POLICY = Policy()


@dataclass(frozen=True, kw_only=True)
class BestOfN:
    """Which reward model chooses, among how many. The samples are the evaluation's own, so it must draw as
    many as the largest of `counts`. AceCoder: 16, 32 and 64 at temperature 1."""

    reward_model: str  # the stage that trained it
    counts: tuple[int, ...] = (1, 4, 16)
    tokens_per_batch: int = 4096  # tokens that are scored at a time

    def __post_init__(self) -> None:
        if not self.counts or list(self.counts) != sorted({*self.counts}) or self.counts[0] < 1:
            raise ConfigError(f"BestOfN: counts={self.counts} must be rising, the first at least 1")
        if self.tokens_per_batch < 1:
            raise ConfigError(f"BestOfN: tokens_per_batch={self.tokens_per_batch} must be above 0")


@dataclass(frozen=True)
class Choice:
    """Among the first `count` responses to each problem of a domain, or of a source within it."""

    domain: str
    source: str | None  # None: the whole domain
    count: int
    reward_model: Estimate  # share of problems of which the response with the highest score is correct
    oracle: Estimate  # any response is
    mean: Estimate
    majority: Estimate | None  # the answer most often given is; None where problems have no single answer
    lead: Difference  # of the reward model over the mean
    responses: int  # all that were drawn, whatever `count`
    breakages: dict[str, int]  # reason -> how many of them could not be judged


def scored_by(groups: Sequence[Group], score: Score) -> list[Group]:
    """The groups with the model's scores as rewards, the judge's verdicts as they were. Raises ModelError on
    a score that is no number."""
    members = [m for group in groups for m in group.members]
    told = iter(score([m.trajectory.tokens for m in members]))
    return [replace(group, members=tuple(_paid(m, next(told)) for m in group.members)) for group in groups]


def _paid(member: Scored, score: float) -> Scored:
    if math.isnan(score):
        raise ModelError(
            f"the reward model gives no number to a response to {member.trajectory.problem.id}: its weights "
            "have diverged. Train it again with a lower learning rate."
        )
    return replace(member, reward=score, parts={"score": score})


def best_of(groups: Sequence[Group], counts: Sequence[int]) -> list[Choice]:
    """Of groups that `scored_by` made: for each domain, and each source within it, one Choice a count. Raises
    JudgingError when no response of one could be judged."""
    return [_choice(part, count) for part in parts(groups) for count in counts]


def _choice(part: Part, count: int) -> Choice:
    rows = [row[:count] for row in part.judged()]
    chosen = [float(max(row, key=lambda m: m.reward).correct) for row in rows]  # of equals the first
    means = [[float(m.correct) for m in row] for row in rows]
    voted = [float(right) for row in rows if (right := most_say(row)) is not None]
    return Choice(
        domain=part.domain,
        source=part.source,
        count=count,
        reward_model=average_at_k([[right] for right in chosen]),
        oracle=average_at_k([[max(row)] for row in means]),
        mean=average_at_k(means),
        majority=average_at_k([[right] for right in voted]) if len(voted) == len(rows) else None,
        lead=paired_difference([right - fmean(row) for right, row in zip(chosen, means, strict=True)]),
        responses=len(part.members),
        breakages=dict(breakages(part.groups)),
    )


def most_say(row: Sequence[Scored]) -> bool | None:
    """Whether the answer that most of the responses give is correct, of as many the one given first. No
    answer is no vote; without any vote it is wrong. None where the problem's reference is no answer.

    Two answers are one where the judge of mathematics settles it at once; what only math-verify could tell
    counts as two.
    """
    if not isinstance(row[0].trajectory.problem.reference, Answer):
        return None
    sides: list[tuple[str, list[bool]]] = []
    for member in row:
        said = final_answer(after_thinking(member.trajectory.response))
        if said is None or not said.strip():
            continue
        same = (votes for answer, votes in sides if settled.same(answer, said, _POLICY))
        votes = next(same, None)
        if votes is None:
            sides.append((said, [member.correct]))
        else:
            votes.append(member.correct)
    return max((votes for _, votes in sides), key=len, default=[False])[0]
