"""What a reward model's scores are worth: by hand, by numpy, and by chance."""

import math
from random import Random
from statistics import StatisticsError

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parnassus.algorithms.calibration import Bin, calibration_error, rank_correlation, reliability

LOGIT = {share: math.log(share / (1 - share)) for share in (0.52, 0.6, 0.62, 0.88, 0.98)}


def test_bins_by_hand():
    """Confidences .52 .52 .62 .62 .62 .62 .98, of which one of two, three of four and none are right."""
    leads = [0.52, -0.52, 0.62, 0.62, 0.62, -0.62, -0.98]
    found = reliability([math.copysign(LOGIT[abs(share)], share) for share in leads])
    assert [(b.pairs, b.right) for b in found] == [(2, 0.5), (4, 0.75), (1, 0.0)]
    assert [b.confidence for b in found] == pytest.approx([0.52, 0.62, 0.98])
    assert calibration_error(found) == pytest.approx((2 * 0.02 + 4 * 0.13 + 1 * 0.98) / 7)


def test_a_model_that_knows_nothing_is_calibrated_and_says_so():
    found = reliability([0.0] * 8)
    assert found == [Bin(8, 0.5, 0.5)]
    assert calibration_error(found) == 0


def test_a_lead_however_large_has_a_bin():
    assert reliability([1e6, math.log(19), -1e6]) == [
        Bin(3, pytest.approx((2 + 0.95) / 3), pytest.approx(2 / 3))
    ]
    with pytest.raises(StatisticsError):
        calibration_error(reliability([]))


def test_scores_that_mean_what_they_say_have_no_error_and_twice_as_sure_ones_do():
    rng = Random(0)
    leads = [rng.uniform(0, 3) for _ in range(20_000)]
    said = [lead if rng.random() < 1 / (1 + math.exp(-lead)) else -lead for lead in leads]
    assert calibration_error(reliability(said)) < 0.01
    sure = np.array(said) * 2
    confidence = 1 / (1 + np.exp(-np.abs(sure)))
    held = np.minimum(((confidence - 0.5) / 0.05).astype(int), 9)
    wanted = sum(
        abs((sure[held == b] > 0).mean() - confidence[held == b].mean()) * (held == b).mean()
        for b in set(held)
    )
    assert calibration_error(reliability(sure.tolist())) == pytest.approx(wanted)
    assert wanted > 0.08


def test_rank_correlation_by_hand():
    # ranks 1 2.5 2.5 4 against 1 2 3 4: covariance 4.5, variances 4.5 and 5
    assert rank_correlation([10, 20, 20, 90], [1, 2, 3, 4]) == pytest.approx(4.5 / math.sqrt(4.5 * 5))
    assert rank_correlation([1, 2, 3], [9, 99, 999]) == pytest.approx(1)
    assert rank_correlation([1, 2, 3], [3, 2, 1]) == pytest.approx(-1)
    assert (
        rank_correlation([1, 1, 1], [1, 2, 3])
        is rank_correlation([5], [1])
        is rank_correlation([], [])
        is None
    )


PAIRS = st.lists(st.tuples(st.integers(-3, 3), st.integers(-3, 3)), min_size=2, max_size=12)


@given(PAIRS)
def test_rank_correlation_is_that_of_the_ranks(pairs: list[tuple[int, int]]):
    def ranks(values: np.ndarray) -> np.ndarray:  # how many are smaller, and half of those that are equal
        return (values[:, None] > values).sum(1) + (values[:, None] == values).sum(1) / 2

    one, other = (np.array(values) for values in zip(*pairs, strict=True))
    found = rank_correlation(one.tolist(), other.tolist())
    if len(set(one.tolist())) == 1 or len(set(other.tolist())) == 1:
        assert found is None
    else:
        assert found == pytest.approx(np.corrcoef(ranks(one), ranks(other))[0, 1], abs=1e-12)
