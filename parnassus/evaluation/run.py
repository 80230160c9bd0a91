"""The evaluation stage: k samples of every held-out problem, averaged with an interval, by domain and
source."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from parnassus.envs.single_turn import SingleTurn
from parnassus.errors import DataError, positive
from parnassus.evaluation.metrics import Estimate, average_at_k
from parnassus.types import Group, MakeEnv, Outcome, Sampling, Stop, Verifier
from parnassus.verifiers.by_reference import ByReference


@dataclass(frozen=True, kw_only=True)
class Evaluate:
    """avg@k over the held-out problems of the run."""

    name: str
    samples: int = 1  # k: samples a problem
    sampling: Sampling
    env: MakeEnv = SingleTurn
    verifier: Verifier = ByReference()
    prompt_limit: int = 1024  # tokens a prompt may have
    max_turns: int = 1

    def __post_init__(self) -> None:
        positive(self, samples=self.samples, max_turns=self.max_turns, max_tokens=self.sampling.max_tokens)


@dataclass(frozen=True)
class Result:
    """The estimate for one domain, or for one source within it."""

    domain: str
    source: str | None  # None: the whole domain
    estimate: Estimate
    length: float  # mean tokens the policy chose
    finish_rate: float
    broken: int  # problems left out because a sample could not be judged


def summarize(groups: Sequence[Group]) -> list[Result]:
    """A Result for each domain, followed by one for each of its sources."""
    results: list[Result] = []
    for domain in sorted({g.problem.domain for g in groups}):
        of_domain = [g for g in groups if g.problem.domain == domain]
        results.append(_result(domain, None, of_domain))
        for source in sorted({g.problem.source for g in of_domain}):
            results.append(_result(domain, source, [g for g in of_domain if g.problem.source == source]))
    return results


def _result(domain: str, source: str | None, groups: Sequence[Group]) -> Result:
    judged = [g for g in groups if not any(m.verdict.outcome is Outcome.BROKEN for m in g.members)]
    if not judged:
        raise DataError(
            f"none of the {len(groups)} problems of {source or domain} could be judged: see the rollouts"
        )
    members = [m for g in judged for m in g.members]
    return Result(
        domain=domain,
        source=source,
        estimate=average_at_k([[float(m.correct) for m in g.members] for g in judged]),
        length=fmean(m.trajectory.num_sampled for m in members),
        finish_rate=fmean(m.trajectory.stop is Stop.FINISHED for m in members),
        broken=len(groups) - len(judged),
    )
