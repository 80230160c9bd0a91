"""What `describe_groups`, `describe_learning` and a clock put into a row, by arithmetic on paper."""

import math
import time
from collections import Counter
from dataclasses import replace
from random import Random

import pytest
import torch

from parnassus.train.assemble import Admitted
from parnassus.train.clock import Clock, spent
from parnassus.train.diagnostics import describe_groups, describe_learning
from parnassus.train.learner import Learnt
from parnassus.train.policy import Update
from parnassus.types import Answer, Breakage, Group, Outcome, Problem, Scored, Stop, Trajectory, Verdict

RIGHT, WRONG, UNPARSED = Outcome.CORRECT, Outcome.WRONG, Outcome.UNPARSED
DONE, CUT = Stop.FINISHED, Stop.LENGTH
PROGRAM = "so\n```python\nx = 1\n```"
ALPHA, BETA, GAMMA = (
    Problem(f"{source}/1", (), Answer("1"), domain, source)
    for source, domain in (("alpha", "math"), ("beta", "code"), ("gamma", "math"))
)


def said(problem: Problem, length: int, stop: Stop, response: str) -> Trajectory:
    """`length` tokens of the policy after three of a prompt, with one of an environment before the last."""
    mask = (False,) * 3 + (True,) * (length - 1) + (False, True)
    n = len(mask)
    return Trajectory(problem, tuple(range(10, 10 + n)), mask, (-9.0,) * n, response, 1, stop, 0)


def of(
    problem: Problem, outcome: Outcome, parts: tuple[float, float], length: int, stop: Stop, response: str
) -> Scored:
    verdict = Verdict(outcome, float(outcome is RIGHT))
    told = {"solved": parts[0], "short": parts[1]}
    return Scored(said(problem, length, stop, response), verdict, sum(parts), told)


def broken(problem: Problem, why: Breakage, length: int, stop: Stop, response: str) -> Scored:
    return Scored(said(problem, length, stop, response), Verdict(Outcome.BROKEN, 0.0, "", why), 0.0, {})


MIXED = Group(
    ALPHA,
    (
        of(ALPHA, RIGHT, (1.0, 0.0), 2, DONE, "Wait, let me check: wait. 5"),
        of(ALPHA, WRONG, (0.25, 0.25), 5, DONE, "Alternatively 6"),
        of(ALPHA, UNPARSED, (0.0, 0.0), 9, CUT, PROGRAM),
        broken(ALPHA, Breakage.SANDBOX, 20, CUT, "Hmm, hold on. Wait"),
    ),
)
ALL_RIGHT = Group(
    BETA,
    (of(BETA, RIGHT, (0.75, 0.25), 4, DONE, PROGRAM), of(BETA, RIGHT, (0.75, 0.25), 7, DONE, "five")),
)
ALL_WRONG = Group(
    ALPHA,
    (
        of(ALPHA, WRONG, (0.0, 0.0), 3, DONE, "4"),
        of(ALPHA, WRONG, (0.0, 0.0), 8, CUT, "4 4 4"),
        replace(
            of(ALPHA, RIGHT, (1.0, 0.0), 1, DONE, "5"), trajectory=said(ALPHA, 1, Stop.ERROR, ""), parts={}
        ),
    ),
)
ALL_PAID_THE_SAME = Group(
    BETA,
    (
        of(BETA, UNPARSED, (0.0, 0.25), 6, DONE, "verify it, verify that"),
        of(BETA, WRONG, (0.0, 0.25), 6, DONE, "7"),
    ),
)
NEVER_JUDGED = Group(GAMMA, (broken(GAMMA, Breakage.TIMEOUT, 10, DONE, "9"),))
GROUPS = (MIXED, ALL_RIGHT, ALL_WRONG, ALL_PAID_THE_SAME, NEVER_JUDGED)
ADMITTED = Admitted([MIXED], Counter(zero_advantage_wrong=2, surplus=1), Counter(long=3))

# 12 responses, of which 9 could be judged: not the two broken ones, not the one that generation failed at.
WANTED = {
    # 1, .5, 0 | 1, 1 | 0, 0 | .25, .25: they add up to 4, their squares to 3.375
    "reward": 4 / 9,
    "reward_std": math.sqrt(3.375 / 9 - (4 / 9) ** 2),
    "parts": {"solved": 2.75 / 9, "short": 1.25 / 9},
    "correct": 3 / 9,
    "correct_by_source": {"alpha": 1 / 5, "beta": 2 / 4},  # of gamma's nothing is known
    "unparsed": 2 / 9,
    "broken": 3 / 12,
    "breakages": {"sandbox": 1, "generation": 1, "judge timeout": 1},
    "length": (2 + 5 + 9 + 20 + 4 + 7 + 3 + 8 + 1 + 6 + 6 + 10) / 12,
    "length_correct": (2 + 4 + 7) / 3,
    "length_wrong": (5 + 9 + 3 + 8 + 6 + 6) / 6,
    "length_truncated": (9 + 20 + 8) / 3,
    "finish_rate": 8 / 12,  # 3 were cut and 1 failed
    "code_share": 2 / 12,
    "code_share_by_domain": {"code": 1 / 4, "math": 1 / 8},
    "reflection": {"recheck": 3 / 12, "hesitation": 5 / 12, "exploration": 1 / 12},
    # Of 3, 2, 2 and 2 judged ones 1, 2, 0 and 0 are right; two of the first three miss it 1 time in 3.
    "pass_at_k": {"1": (1 / 3 + 1) / 4, "2": (2 / 3 + 1) / 4},
    "zero_advantage": 3 / 5,
    "zero_advantage_right": 1 / 5,
    "zero_advantage_wrong": 2 / 5,
    "dropped": {"zero_advantage_wrong": 2, "surplus": 1},
    "left_out": {"long": 3},
    "trajectories": 12,
    "tokens": 81,
    "groups_trained": 1,
}


@pytest.mark.parametrize("key", WANTED)
def test_of_groups(key: str):
    assert describe_groups(GROUPS, ADMITTED)[key] == pytest.approx(WANTED[key], rel=1e-12)


def test_of_groups_nothing_else_is_told():
    assert describe_groups(GROUPS, ADMITTED).keys() == WANTED.keys()


def test_where_nothing_was_judged_there_is_no_reward_and_no_length_of_right_or_wrong():
    row = describe_groups([NEVER_JUDGED], Admitted([], Counter(too_few_judged=1), Counter()))
    assert {*WANTED} - {*row} == {
        "reward", "reward_std", "parts", "correct", "correct_by_source", "unparsed"
    }  # fmt: skip
    assert (row["length_correct"], row["length_wrong"], row["length_truncated"]) == (None, None, None)
    assert (row["broken"], row["length"], row["finish_rate"]) == (1, 10, 1)
    assert (row["pass_at_k"], row["zero_advantage"], row["groups_trained"]) == ({}, 0, 0)


def logs(*values: float) -> torch.Tensor:
    return torch.tensor([math.log(value) for value in values])


FIRST = Update(
    loss=0.3,
    tokens=2,
    sampler_gap=0.5,
    means={"entropy": 2.0, "clipped": 0.5},
    log_ratio=logs(3.0, 3.0),
    drift=logs(5.0, 1.0),
)
MIDDLE = replace(FIRST, loss=-0.9, tokens=3, means={"entropy": 1.0, "clipped": 0.0}, log_ratio=logs(1, 1, 7))
LAST = Update(
    loss=0.0,
    tokens=5,
    sampler_gap=0.7,
    means={"entropy": 0.4, "clipped": 0.2},
    log_ratio=logs(4, 1, 0.5, 2, 1),
    drift=logs(1, 2, 4, 1, 2),
)
LEARNT = Learnt(
    updates=[FIRST, MIDDLE, LAST],
    norms=[0.7, 3.0, 1.1],
    sampler_gap=0.25,
    sampled_entropy=1.75,
    reference_kl=0.125,
    old_logp_source="trainer",
    controls={"Some.coefficient": 0.01},
)
WANTED_OF_LEARNING = {
    "loss": -0.2,
    "grad_norm": 3.0,
    "updates": 3,
    "sampler_gap": 0.25,
    "tokens_trained": 10,
    "sampled_entropy": 1.75,
    # sum of r - 1 - log r over 4, 1, 1/2, 2, 1: 8.5 - 5 - (2 - 1 + 1) log 2. The mean of |r - 1| is 0.9.
    "old_kl": (3.5 - 2 * math.log(2)) / 5,
    "ratio": {"p01": 0.5, "p50": 1.0, "p99": 4.0, "max": 4.0},
    "effective_samples": 10**2 / (5 * (1 + 4 + 16 + 1 + 4)),  # by the ratios above: 8.5^2 / (5 * 22.25)
    "old_logp_source": "trainer",
    "reference_kl": 0.125,
    "entropy": (2 * 2.0 + 3 * 1.0 + 5 * 0.4) / 10,
    "clipped": (2 * 0.5 + 3 * 0.0 + 5 * 0.2) / 10,
    "controls": {"Some.coefficient": 0.01},
}


@pytest.mark.parametrize("key", WANTED_OF_LEARNING)
def test_of_learning(key: str):
    wanted = WANTED_OF_LEARNING[key]
    exact = isinstance(wanted, str)
    assert describe_learning(LEARNT)[key] == (wanted if exact else pytest.approx(wanted, rel=1e-6))


def test_of_learning_nothing_else_is_told():
    assert describe_learning(LEARNT).keys() == WANTED_OF_LEARNING.keys()


def test_what_a_step_does_not_have_is_not_told():
    row = describe_learning(replace(LEARNT, reference_kl=None, controls={}))
    assert WANTED_OF_LEARNING.keys() - row.keys() == {"reference_kl", "controls"}


def test_quantiles_are_those_of_the_ordered_ratios():
    """Of 0.50, 0.51, ..., 1.50, in disorder: the nearest ranks are 1, 50, 99 and 100 of 0 to 100."""
    values = [0.5 + n / 100 for n in range(101)]
    Random(0).shuffle(values)
    row = describe_learning(replace(LEARNT, updates=[FIRST, replace(LAST, log_ratio=logs(*values))]))
    assert row["ratio"] == pytest.approx({"p01": 0.51, "p50": 1.0, "p99": 1.49, "max": 1.5}, rel=1e-6)


def test_where_policy_and_sampler_agree_every_token_counts():
    agreed = replace(LAST, drift=torch.zeros(5))
    assert describe_learning(replace(LEARNT, updates=[FIRST, agreed]))["effective_samples"] == 1.0


def test_a_clock_adds_up_by_phase_and_only_the_whole_goes_on(monkeypatch):
    """Wall: 1 to 3, 4 to 4.5, 10 to 11; processor: a tenth of it."""
    wall = [1.0, 3.0, 4.0, 4.5, 10.0, 11.0, 20.0, 24.0]
    times, works = iter(wall), iter([moment / 10 for moment in wall])
    clock = Clock(elapsed=100.0)
    with monkeypatch.context() as patch:
        patch.setattr(time, "perf_counter", lambda: next(times))
        patch.setattr(time, "process_time", lambda: next(works))
        rows = []
        for phases in (("update", "record", "update"), ("update",)):
            for phase in phases:
                with clock(phase):
                    pass
            rows.append(clock.rows())
    assert rows[0]["seconds"] == {"update": 3.0, "record": 0.5}
    assert rows[0]["cpu_seconds"] == pytest.approx({"update": 0.3, "record": 0.05})
    assert rows[1]["seconds"] == {"update": 4.0}
    assert [row["elapsed"] for row in rows] == [103.5, 107.5]
    assert spent(rows, "seconds") == 7.5
    assert spent(rows, "cpu_seconds") == pytest.approx(0.75)
