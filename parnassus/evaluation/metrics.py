"""Numbers with intervals. The unit that was drawn at random is the problem, so intervals are over
problems."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist, fmean

from parnassus.errors import DataError

_Z = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True)
class Estimate:
    """A mean in [0, 1] with its 95% interval."""

    mean: float
    low: float
    high: float
    problems: int
    samples: int  # a problem


def average_at_k(scores: Sequence[Sequence[float]]) -> Estimate:
    """avg@k: the mean of `scores` [problems][k], each in [0, 1], and a Wilson interval at the effective
    sample size.

    Samples of one problem are not independent. The variance of the mean is therefore taken between problems,
    and the number of independent trials that would give it is what Wilson's formula is told (never fewer than
    problems, never more than samples): for k = 1 and 0/1 scores this is the plain Wilson interval (Wilson
    1927), which unlike mean +- 1.96 s.e. stays honest at 0 and 1. Raises DataError on no problems or uneven
    k.
    """
    lengths = {len(row) for row in scores}
    if len(lengths) != 1 or 0 in lengths:
        raise DataError(
            f"avg@k wants the same number k > 0 of samples of each problem, got {sorted(lengths)}"
        )
    n, k = len(scores), lengths.pop()
    mean = fmean(fmean(row) for row in scores)
    trials = _effective_trials([fmean(row) for row in scores], mean, k)
    center = (mean + _Z**2 / (2 * trials)) / (1 + _Z**2 / trials)
    half = _Z / (1 + _Z**2 / trials) * sqrt(mean * (1 - mean) / trials + _Z**2 / (4 * trials**2))
    low, high = min(mean, center - half), max(mean, center + half)  # rounding must not leave the mean outside
    return Estimate(mean, max(0.0, low), min(1.0, high), n, k)


def _effective_trials(means: Sequence[float], mean: float, k: int) -> float:
    n = len(means)
    variance = sum((m - mean) ** 2 for m in means) / max(n - 1, 1) / n
    if variance == 0:
        return n
    return min(max(mean * (1 - mean) / variance, n), n * k)
