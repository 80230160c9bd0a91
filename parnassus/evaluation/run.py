"""The evaluation stage: k samples of every held-out problem, averaged with an interval, by domain and source.

What could not be judged is in no average: each says how many responses it had to leave out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import fmean

from parnassus.algorithms.admission import BROKEN_LIMIT, breakages, check_limit
from parnassus.envs.single_turn import SingleTurn
from parnassus.errors import ConfigError, positive
from parnassus.evaluation.best_of_n import BestOfN
from parnassus.evaluation.metrics import Estimate, average_at_k
from parnassus.evaluation.parts import Part, parts
from parnassus.models.yarn import Yarn
from parnassus.rollout import check_turns
from parnassus.types import Env, Group, Sampling, Stop, Verifier
from parnassus.verifiers.by_reference import ByReference


@dataclass(frozen=True, kw_only=True)
class Evaluate:
    """avg@k over the held-out problems of the run."""

    name: str
    samples: int = 1  # k: samples a problem
    sampling: Sampling
    env: Env = field(default_factory=SingleTurn)
    verifier: Verifier = ByReference()
    prompt_limit: int = 1024  # tokens a prompt may have
    max_turns: int = 1
    broken_limit: float = BROKEN_LIMIT  # share of the responses that may stay unjudged: check_judged
    yarn: Yarn | None = None  # positions beyond those that the model was trained on
    best_of: BestOfN | None = None  # what a reward model's choice among the samples is worth

    def __post_init__(self) -> None:
        positive(self, samples=self.samples, max_turns=self.max_turns, max_tokens=self.sampling.max_tokens)
        check_turns(self, self.env, self.max_turns)
        check_limit(self, self.broken_limit)
        if self.best_of is not None and self.best_of.counts[-1] > self.samples:
            raise ConfigError(
                f"Evaluate: best_of wants the best of {self.best_of.counts[-1]}, and samples={self.samples} "
                "of a problem are drawn: raise it"
            )

    def context(self, own: int) -> int:
        """Tokens that a sequence may have, of a model that has room for `own` without YaRN."""
        return own if self.yarn is None else self.yarn.context


@dataclass(frozen=True)
class Result:
    """The estimate for one domain, or for one source within it, over the responses that could be judged."""

    domain: str
    source: str | None  # None: the whole domain
    estimate: Estimate
    length: float  # mean tokens the policy chose
    finish_rate: float
    responses: int  # all of them
    breakages: dict[str, int]  # reason -> how many of them could not be judged


def summarize(groups: Sequence[Group]) -> list[Result]:
    """A Result for each domain, followed by one for each of its sources. Raises JudgingError when no response
    of one could be judged."""
    return [_result(part) for part in parts(groups)]


def _result(part: Part) -> Result:
    members, known = part.members, part.judged()
    return Result(
        domain=part.domain,
        source=part.source,
        estimate=average_at_k([[float(m.correct) for m in row] for row in known]),
        length=fmean(m.trajectory.num_sampled for m in members),
        finish_rate=fmean(m.trajectory.stop is Stop.FINISHED for m in members),
        responses=len(members),
        breakages=dict(breakages(part.groups)),
    )
