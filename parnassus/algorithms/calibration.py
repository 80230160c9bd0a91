"""Whether a reward model's numbers mean what Bradley and Terry say they do. Pure arithmetic on scores.

    of two responses it ranks one higher, by a lead:   confidence = sigmoid(lead), in [0.5, 1]
    calibrated: of the pairs it is 0.8 sure of, 80% are ranked right

Guo et al., arXiv:1706.04599, section 2, with its expected calibration error; the bins are ours.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

BINS = 10  # of equal width, from 0.5 to 1


@dataclass(frozen=True)
class Bin:
    """The pairs whose confidence lies in a bin; there is at least one."""

    pairs: int
    confidence: float  # their mean
    right: float  # the share that is ranked right; a tie is half right


def reliability(leads: Sequence[float]) -> list[Bin]:
    """The bins that hold any, the least confident first. `leads`: score of the better response less that of
    the worse one, of each pair; negative where the model has it the wrong way round."""
    held: list[list[float]] = [[] for _ in range(BINS)]
    for lead in leads:
        held[min(int((_sigmoid(abs(lead)) - 0.5) * 2 * BINS), BINS - 1)].append(lead)
    return [
        Bin(len(bin_), fmean(_sigmoid(abs(lead)) for lead in bin_), fmean(map(_right, bin_)))
        for bin_ in held
        if bin_
    ]


def calibration_error(bins: Sequence[Bin]) -> float:
    """The mean distance of confidence and share ranked right, each bin by its pairs. Raises StatisticsError
    without pairs."""
    return fmean((abs(b.confidence - b.right) for b in bins), weights=[b.pairs for b in bins])


def rank_correlation(one: Sequence[float], other: Sequence[float]) -> float | None:
    """Spearman's: the correlation of the ranks, those of equal numbers their mean. None where either is all
    the same: nothing can be said."""
    first, second = _ranks(one), _ranks(other)
    middle = (len(one) - 1) / 2
    down, across = (sum((rank - middle) ** 2 for rank in ranks) for ranks in (first, second))
    if not down or not across:
        return None
    together = sum((a - middle) * (b - middle) for a, b in zip(first, second, strict=True))
    return together / math.sqrt(down * across)


def _ranks(values: Sequence[float]) -> list[float]:
    order = sorted(values)
    first = {value: at for at, value in reversed([*enumerate(order)])}
    last = {value: at for at, value in enumerate(order)}
    return [(first[value] + last[value]) / 2 for value in values]


def _right(lead: float) -> float:
    return 0.5 if lead == 0 else float(lead > 0)


def _sigmoid(lead: float) -> float:
    """Of a lead that is not negative."""
    return 1 / (1 + math.exp(-lead))
