"""How a step's tokens are averaged, by hand: two trajectories of one and three tokens."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from parnassus.algorithms.weights import ConstantLength, SequenceMean, TokenMean
from parnassus.types import Step


def step_of(lengths: list[int]) -> Step:
    count = len(lengths)
    seq = torch.repeat_interleave(torch.arange(count), torch.tensor(lengths))
    zeros = torch.zeros(len(seq))
    none = torch.zeros(count, dtype=torch.bool)
    return Step(
        torch.zeros(count), none, none, torch.zeros(count, dtype=torch.int64), seq, zeros, zeros, None
    )


@pytest.mark.parametrize(
    ("weighting", "weights"),
    [
        (TokenMean(), [1 / 4, 1 / 4, 1 / 4, 1 / 4]),
        (SequenceMean(), [1 / 2, 1 / 6, 1 / 6, 1 / 6]),
        (ConstantLength(10), [1 / 20, 1 / 20, 1 / 20, 1 / 20]),
    ],
    ids=["token mean", "sequence mean", "constant length"],
)
def test_two_trajectories(weighting, weights: list[float]):
    assert weighting(step_of([1, 3])).tolist() == pytest.approx(weights)


@given(lengths=st.lists(st.integers(1, 50), min_size=1, max_size=20))
def test_means_weigh_one_in_all_and_trajectories_as_they_should(lengths: list[int]):
    step = step_of(lengths)
    assert float(TokenMean()(step).sum()) == pytest.approx(1)
    by_sequence = torch.zeros(len(lengths)).index_add(0, step.seq, SequenceMean()(step))
    assert by_sequence.tolist() == pytest.approx([1 / len(lengths)] * len(lengths), rel=1e-4)
    constant = torch.zeros(len(lengths)).index_add(0, step.seq, ConstantLength(50)(step))
    assert constant.tolist() == pytest.approx([n / 50 / len(lengths) for n in lengths], rel=1e-4)


def test_a_trajectory_without_tokens_weighs_nothing_but_is_counted():
    assert SequenceMean()(step_of([2, 0])).tolist() == pytest.approx([1 / 4, 1 / 4])
    assert TokenMean()(step_of([0])).tolist() == []
