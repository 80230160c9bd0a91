"""Pairs by the paper's rule and by the released code's, and the loss on them, by hand."""

import math

import pytest
import torch

from parnassus.algorithms.preferences import Pairs, bradley_terry
from parnassus.types import Answer, Group, Outcome, Problem, Scored, Stop, Trajectory, Verdict

PROBLEM = Problem("p", (), Answer("1"), "code", "test")


def group(*shares: float, texts: str = "abcdefgh") -> Group:
    return Group(PROBLEM, tuple(member(share, text) for share, text in zip(shares, texts, strict=False)))


def member(share: float, text: str) -> Scored:
    trajectory = Trajectory(PROBLEM, (1,), (True,), (-1.0,), text, 1, Stop.FINISHED, 0)
    outcome = Outcome.CORRECT if share == 1 else Outcome.WRONG
    return Scored(trajectory, Verdict(outcome, share), share, {})


def told(pairs: list[tuple[Scored, Scored]]) -> list[tuple[float, float]]:
    return [(better.verdict.score, worse.verdict.score) for better, worse in pairs]


@pytest.mark.parametrize(
    ("shares", "released", "paper"),
    [
        ((1.0, 0.5), [(1.0, 0.5)], [(1.0, 0.5)]),
        ((0.5, 1.0), [(1.0, 0.5)], [(1.0, 0.5)]),
        ((0.8, 0.4), [(0.8, 0.4)], []),  # at the bounds: in by the code, out by the paper
        ((0.9, 0.5), [(0.9, 0.5)], []),  # 0.4 apart, though not to a binary computer
        ((0.75, 0.1), [], []),  # the better one is not good enough
        ((1.0, 0.0), [], []),  # the worse one passes nothing
        ((1.0, 0.7), [], []),
        ((1.0, 0.2, 0.9, 1.0), [(1.0, 0.2), (0.9, 0.2), (1.0, 0.2)], [(1.0, 0.2), (0.9, 0.2), (1.0, 0.2)]),
        ((0.3,), [], []),
    ],
)
def test_which_two_make_a_pair(shares, released, paper):
    assert told(Pairs()(group(*shares))) == released
    assert told(Pairs(strict=True)(group(*shares))) == paper


def test_responses_of_the_same_text_count_once():
    assert told(Pairs()(group(1.0, 0.5, 1.0, 0.5, texts="abab"))) == [(1.0, 0.5)]


def test_the_loss_is_that_of_bradley_and_terry():
    better, worse = torch.tensor([2.0, 0.0, -1.0]), torch.tensor([1.0, 0.0, 1.0])
    loss = bradley_terry(better, worse, torch.tensor([0.0, 0.0, 0.5]), torch.ones(3))
    wanted = [math.log(1 + math.exp(-lead)) for lead in (1.0, 0.0, -2.5)]
    assert loss.tolist() == pytest.approx(wanted, rel=1e-6)


def test_the_scaled_loss_counts_pairs_that_are_far_apart_for_more():
    """ScaleBT: shares 1 and 0.4, 0.9 and 0.5; m = 3 (share - share) = 1.8, 1.2. ln(1 + e^-1) = 0.313262,
    ln(1 + e^2) = 2.126928."""
    better, worse = torch.tensor([1.5, -1.0]), torch.tensor([0.5, 1.0])
    loss = bradley_terry(better, worse, torch.zeros(2), torch.tensor([1.8, 1.2]))
    assert loss.tolist() == pytest.approx([0.5638711, 2.5523136], rel=1e-6)
