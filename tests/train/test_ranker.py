"""A reward model's training: pairs in shuffled epochs, problems held out of it, no chance but the seed's."""

import math
from random import Random

import numpy as np
import pytest
import torch

from parnassus.algorithms.preferences import Pairs
from parnassus.errors import ConfigError, DataError
from parnassus.models.scorer import all_scores, scorer_from
from parnassus.models.tiny import tiny_model
from parnassus.train.clock import Clock
from parnassus.train.optimizer import AdamW
from parnassus.train.reward_model import Ranker, RewardModel
from parnassus.types import Answer, Group, Outcome, Problem, Sampling, Scored, Stop, Trajectory, Verdict

TIMES = ("seconds", "cpu_seconds", "elapsed")


def stage(**changes) -> RewardModel:
    settings = {
        "name": "judge",
        "steps": 8,
        "batch": 3,
        "prompts": 10,
        "sampling": Sampling(max_tokens=8),
        "pairs": Pairs(best=0.8, gap=0.4),
        "optimizer": AdamW(learning_rate=3e-3),
    }
    return RewardModel(**settings | changes)


def member(rng: Random, problem: Problem, score: float) -> Scored:
    tokens = tuple(rng.randrange(6, 90) for _ in range(rng.randint(3, 9)))
    mask = (False,) + (True,) * (len(tokens) - 1)
    trajectory = Trajectory(problem, tokens, mask, (0.0,) * len(tokens), str(tokens), 1, Stop.FINISHED, 0)
    outcome = Outcome.CORRECT if score == 1 else Outcome.WRONG
    return Scored(trajectory, Verdict(outcome, score), score, {})


def groups(*scores: tuple[float, ...]) -> list[Group]:
    rng = Random(0)
    problems = [Problem(f"p{i}", (), Answer("1"), "math", "test") for i in range(len(scores))]
    return [
        Group(problem, tuple(member(rng, problem, score) for score in told))
        for problem, told in zip(problems, scores, strict=True)
    ]


TEN = groups(*[(1.0, 0.5)] * 10)  # a pair each
MIXED = groups((1.0, 0.5, 0.25), (1.0, 1.0), (0.9, 0.1, 0.0), (0.2, 0.3), (0.8, 0.4))  # 2, 0, 1, 0, 1


def ranker(made: list[Group], seed: int = 0, clock: Clock | None = None, **changes) -> Ranker:
    return Ranker(stage(**changes), scorer_from(tiny_model(0)), made, seed, clock)


def rows(of: Ranker) -> list[dict]:
    return [{name: value for name, value in row.items() if name not in TIMES} for row in of.rows()]


def problems(pairs) -> set[str]:
    return {m.trajectory.problem.id for pair in pairs for m in pair}


def test_an_epoch_is_over_when_every_pair_was_drawn():
    told = rows(ranker(TEN))
    assert [row["step"] for row in told] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert [row["epoch"] for row in told] == [0, 0, 0, 1, 1, 1, 2, 2]  # 3, 6, 9, 12, 15, 18, 21, 24 of 10
    assert [row["pairs"] for row in told] == [10] * 8
    assert [row["epoch"] for row in rows(ranker(MIXED, steps=2, batch=9))] == [2, 4]  # 4 pairs


def test_nothing_is_held_out_unless_it_is_asked_for():
    of = ranker(TEN)
    assert (len(of.made), of.held_out) == (10, [])
    assert all("held_out_accuracy" not in row for row in rows(of))


@pytest.mark.parametrize(("share", "count"), [(0.01, 1), (0.1, 1), (0.3, 3), (0.5, 5), (0.9, 9)])
def test_problems_are_held_out_and_not_pairs(share: float, count: int):
    of = ranker(groups(*[(1.0, 0.5, 0.25)] * 10), held_out=share)
    assert len(of.held_out) == 2 * count
    assert len(of.made) == 2 * (10 - count)
    assert not problems(of.made) & problems(of.held_out)
    assert len(problems(of.held_out)) == count


def test_only_problems_with_pairs_are_counted_and_the_seed_decides_which():
    of = ranker(MIXED, held_out=1 / 3)
    assert len(problems(of.made)) == 2
    assert len(problems(of.held_out)) == 1
    chosen = [problems(ranker(TEN, seed, held_out=0.3).held_out) for seed in (0, 0, 1)]
    assert chosen[0] == chosen[1] != chosen[2]


def test_what_is_held_out_is_measured_as_an_epoch_ends_and_at_the_last_step():
    of = ranker(TEN, held_out=0.4, steps=7, batch=2)  # 6 pairs, an epoch in 3 steps
    told = []
    for row in of.rows():
        assert ("held_out" in row["seconds"]) == ("held_out_accuracy" in row)
        told.append(row.get("held_out_accuracy"))
        if told[-1] is not None:  # of the model as it is after this step
            values = [
                [float(all_scores(of.model, [m.trajectory.tokens], 1000)) for m in pair]
                for pair in of.held_out
            ]
            assert told[-1] == sum(better > worse for better, worse in values) / 4
            assert row["held_out_pairs"] == 4
            assert row["pairs"] == 6
    assert [value is not None for value in told] == [False, False, True, False, False, True, True]


def test_what_is_held_out_trains_nothing():
    """Other responses to the problems held out leave the same weights."""
    of = ranker(TEN, held_out=0.3)
    out, rng = problems(of.held_out), Random(9)
    others = [
        Group(g.problem, tuple(member(rng, g.problem, m.verdict.score) for m in g.members))
        if g.problem.id in out
        else g
        for g in TEN
    ]
    assert others != TEN
    changed = ranker(others, held_out=0.3)
    assert rows(of) != rows(changed)  # in what was measured only:
    pairs = zip(of.model.parameters(), changed.model.parameters(), strict=True)
    assert all(torch.equal(one, other) for one, other in pairs)
    assert of.spread() == changed.spread()


def test_two_of_one_seed_are_one_and_the_dropout_of_a_family_changes_nothing(small_model):
    """gpt2 has dropout, and tokens below 40."""

    def short(group: Group) -> Group:
        cut = [
            Trajectory(
                t.problem, tuple(n % 40 for n in t.tokens), t.mask, t.logprobs, t.response, 1, t.stop, 0
            )
            for t in (m.trajectory for m in group.members)
        ]
        judged = zip(cut, group.members, strict=True)
        return Group(group.problem, tuple(Scored(t, m.verdict, m.reward, {}) for t, m in judged))

    made = [short(group) for group in TEN]
    told = []
    for chance in (1, 2):
        torch.manual_seed(chance)
        told.append(rows(Ranker(stage(held_out=0.2), scorer_from(small_model("gpt2")), made, 0)))
    assert told[0] == told[1]


def test_the_loss_of_a_pair_is_scaled_by_how_far_apart_the_shares_are():
    """All scores are 0 at first: each pair loses ln 2, times 3 (1 - 0.5) or 3 (0.9 - 0.4)."""
    made, plain = groups((1.0, 0.5), (0.9, 0.1), (0.9, 0.4)), {"batch": 3, "steps": 1}
    assert rows(ranker(made, **plain))[0]["loss"] == pytest.approx(math.log(2))
    told = rows(ranker(made, **plain, scale=3.0))[0]["loss"]
    assert told == pytest.approx(math.log(2) * 3 * (0.5 + 0.8 + 0.5) / 3)
    leads = rows(ranker(made, **plain, margin=3.0))[0]["loss"]
    assert leads == pytest.approx(sum(math.log1p(math.exp(3 * lead)) for lead in (0.5, 0.8, 0.5)) / 3)


def test_what_the_scores_are_worth_is_told_of_the_problems_held_out():
    of = ranker(groups(*[(1.0, 0.5, 0.25, 0.0)] * 10), held_out=0.4, steps=3, batch=20)
    *_, row = of.rows()
    out = problems(of.held_out)
    members = [m for g in groups(*[(1.0, 0.5, 0.25, 0.0)] * 10) if g.problem.id in out for m in g.members]
    told = np.array([float(all_scores(of.model, [m.trajectory.tokens], 1000)) for m in members]).reshape(4, 4)
    leads = np.concatenate([told[:, 0] - told[:, 1], told[:, 0] - told[:, 2]])  # nothing passed: no pair
    confidence = 1 / (1 + np.exp(-np.abs(leads)))
    held = np.minimum((confidence * 20 - 10).astype(int), 9)
    error = sum(
        abs((leads > 0)[held == b].mean() - confidence[held == b].mean()) * (held == b).sum()
        for b in set(held)
    )
    assert row["held_out_pairs"] == len(leads) == 8
    assert row["held_out_calibration_error"] == pytest.approx(error / 8, abs=1e-5)
    assert sum(found["pairs"] for found in row["reliability"].values()) == 8
    ranks = told.ravel().argsort().argsort()
    shares = np.tile([14.5, 10.5, 6.5, 2.5], 4)  # the mean rank of each share, of 1 to 16
    assert row["held_out_correlation"] == pytest.approx(np.corrcoef(ranks, shares)[0, 1], abs=1e-6)
    within = [np.corrcoef(four.argsort().argsort(), [3, 2, 1, 0])[0, 1] for four in told]
    assert row["held_out_correlation_within"] == pytest.approx(np.mean(within), abs=1e-6)


def test_scores_that_are_all_the_same_correlate_with_nothing():
    of = ranker(TEN, held_out=0.3)  # not trained yet
    assert of.measured() == {
        "held_out_accuracy": 0.5,
        "held_out_pairs": 3,
        "held_out_calibration_error": 0.0,
        "reliability": {"0": {"pairs": 3, "confidence": 0.5, "right": 0.5}},
    }


def test_without_pairs_to_learn_from_it_says_how_many_there_are():
    with pytest.raises(
        DataError, match=r"'judge': 4 responses to 2 problems.* for 0 of these; .*more than 0"
    ):
        ranker(groups((1.0, 0.9), (0.2, 0.3)))
    with pytest.raises(DataError, match=r"for 1 of these; wanted more than 1, which are held out"):
        ranker(groups((1.0, 0.5), (0.2, 0.3)), held_out=0.1)


def test_the_time_of_sampling_is_told_with_the_first_row():
    clock = Clock()
    with clock("rollout"):
        pass
    first, second, *_ = ranker(TEN, clock=clock).rows()
    assert first["seconds"].keys() == {"rollout", "update"}
    assert second["seconds"].keys() == {"update"}
    assert second["elapsed"] >= first["elapsed"]


@pytest.mark.parametrize(
    "settings",
    [
        {"scale": 0.0},
        {"held_out": -0.1},
        {"held_out": 1.0},
        {"tokens_per_batch": 0},
        {"max_turns": 0},
        {"sampling": Sampling(max_tokens=0)},
        {"sampling": Sampling(max_tokens=1, temperature=0.0)},
    ],
    ids=str,
)
def test_settings_that_cannot_work_are_refused(settings: dict):
    with pytest.raises(ConfigError, match="RewardModel"):
        stage(**settings)
