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
    samples: int  # a problem, where all could be judged


@dataclass(frozen=True)
class Difference:
    """A mean difference in [-1, 1] with its 95% interval."""

    mean: float
    low: float
    high: float


def paired_difference(differences: Sequence[float]) -> Difference:
    """Of two ways to answer the same problems: a difference in [-1, 1] a problem -> their mean +- 1.96
    standard errors. Nothing is known from a single problem: [-1, 1]. Raises DataError without any."""
    if not differences:
        raise DataError("a paired difference wants at least one problem, got none")
    mean, n = fmean(differences), len(differences)
    if n == 1:
        return Difference(mean, -1.0, 1.0)
    half = _Z * sqrt(sum((d - mean) ** 2 for d in differences) / (n - 1) / n)
    return Difference(mean, max(-1.0, mean - half), min(1.0, mean + half))


def average_at_k(scores: Sequence[Sequence[float]]) -> Estimate:
    """avg@k: the mean over problems of the mean of each one's `scores`, in [0, 1], and a Wilson interval at
    the effective sample size. A problem has k scores, or fewer where some could not be judged.

    Samples of one problem are not independent. The variance of the mean is therefore taken between problems,
    and the number of independent trials that would give it is what Wilson's formula is told (never fewer than
    problems, never more than samples): for k = 1 and 0/1 scores this is the plain Wilson interval (Wilson
    1927), which unlike mean +- 1.96 s.e. stays honest at 0 and 1. Raises DataError on no problems, or on one
    without a score.
    """
    if not all(scores) or not scores:
        raise DataError(
            f"avg@k wants at least one score of each problem, got {sorted(map(len, scores)) or 'no problem'}"
        )
    means = [fmean(row) for row in scores]
    mean = fmean(means)
    trials = _effective_trials(means, mean, sum(map(len, scores)))
    center = (mean + _Z**2 / (2 * trials)) / (1 + _Z**2 / trials)
    half = _Z / (1 + _Z**2 / trials) * sqrt(mean * (1 - mean) / trials + _Z**2 / (4 * trials**2))
    low, high = min(mean, center - half), max(mean, center + half)  # rounding must not leave the mean outside
    return Estimate(mean, max(0.0, low), min(1.0, high), len(scores), max(map(len, scores)))


def _effective_trials(means: Sequence[float], mean: float, samples: int) -> float:
    n = len(means)
    variance = sum((m - mean) ** 2 for m in means) / max(n - 1, 1) / n
    if variance == 0:
        return n
    return min(max(mean * (1 - mean) / variance, n), samples)
