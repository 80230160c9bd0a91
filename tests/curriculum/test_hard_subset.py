"""The hard quarter of a pool, against a count by hand."""

import pytest

from parnassus.curriculum.epochs import Epochs
from parnassus.curriculum.hard_subset import HardSubset
from parnassus.errors import ConfigError
from parnassus.types import Answer, Draw, Message, Problem


def problem(name: str, **stats: float) -> Problem:
    return Problem(name, (Message("user", name),), Answer("1"), "code", "s", stats)


# Means: median 0.5, so a, b, c, d stay (0.5 is not above it). Their spreads: median 0.25, so b and d stay.
POOL = [
    problem("a", score=0.1, score_std=0.1),
    problem("b", score=0.2, score_std=0.3),
    problem("c", score=0.4, score_std=0.2),
    problem("d", score=0.5, score_std=0.4),
    problem("e", score=0.5 + 1e-9, score_std=0.5),
    problem("f", score=0.9, score_std=0.0),
    problem("g", score=1.0, score_std=0.0),
]


def test_the_quarter_is_that_of_both_medians():
    assert [p.id for p in HardSubset().members(POOL)] == ["b", "d"]


def test_it_is_drawn_from_by_the_curriculum_within():
    drawn = HardSubset(Epochs())(POOL, (), Draw("rl", 0, 2, "seed"))
    assert {p.id for p in drawn} == {"b", "d"}


def test_a_problem_without_the_numbers_is_an_error():
    with pytest.raises(ConfigError, match=r"goes by 'score_std', but of problem 'x' only .*score"):
        HardSubset().members([problem("x", score=0.5)])
