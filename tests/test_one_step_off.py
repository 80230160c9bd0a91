"""One-step-off pipelining: a batch is drawn while the one before it is learnt from. Seen in real runs."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from test_runner import Watcher, numbers
from test_stage_engine import rl_rows, stages

from parnassus.curriculum.changes import Change
from parnassus.curriculum.epochs import Epochs
from parnassus.curriculum.rules import Solved
from parnassus.curriculum.triggers import AfterSteps
from parnassus.errors import NothingLeftError
from parnassus.rundir.directory import RunDir
from parnassus.runner import run
from parnassus.train.optimizer import AdamW
from parnassus.types import Draw, Problem, Visit


@dataclass(frozen=True)
class Twice:
    """Has nothing left from the third draw on."""

    def __call__(self, pool: Sequence[Problem], visits: Sequence[Visit], draw: Draw) -> Sequence[Problem]:
        if draw.number == 2:
            raise NothingLeftError("enough", epoch=1)
        return pool[: draw.count]


def versions(done: RunDir) -> list[set[int]]:
    """Of the policies that drew the batches."""
    steps = done.rollout_steps("rl")
    return [{m.trajectory.policy_version for g in done.rollouts("rl", s) for m in g.members} for s in steps]


def tokens(done: RunDir, step: int) -> list[tuple[int, ...]]:
    return [m.trajectory.tokens for g in done.rollouts("rl", step) for m in g.members]


@pytest.mark.parametrize("updates", [1, 2])
def test_a_batch_is_drawn_by_the_weights_from_before_the_last_step(tmp_path, updates):
    done = run(stages(one_step_off=True, updates=updates), tmp_path, Watcher())
    assert versions(done) == [{0}, {0}, {updates}, {2 * updates}]
    assert [row["staleness"] for row in rl_rows(done)] == [0, updates, updates, updates]
    assert [visit.draw for visit in done.visits()] == [draw for draw in range(4) for _ in range(6)]


def test_only_the_second_batch_is_the_one_that_resting_weights_draw(tmp_path):
    off = run(stages(one_step_off=True), tmp_path / "off", Watcher())
    resting = run(stages(optimizer=AdamW(learning_rate=1e-30)), tmp_path / "resting", Watcher())
    assert [tokens(off, step) == tokens(resting, step) for step in (1, 2, 3)] == [True, True, False]


def test_the_ratio_begins_at_one_however_old_the_batch_is(tmp_path):
    rows = rl_rows(run(stages(one_step_off=True), tmp_path, Watcher()))
    assert [row["old_logp_source"] for row in rows] == ["trainer"] * 4
    assert all(row["ratio"]["max"] == pytest.approx(1, abs=1e-6) for row in rows)
    gaps = [row["sampler_gap"] for row in rows]
    assert gaps[0] < 1e-4
    assert min(gaps[1:]) > 1e-3  # which the sampler's word would have made of the ratio


@pytest.mark.parametrize("stop", [1, 2, 3, 4])
def test_it_goes_on_with_the_batch_that_was_drawn_before_it_was_stopped(tmp_path, stop):
    change = Change(AfterSteps(2), temperature=0.5, group_size=6)
    wanted = {"one_step_off": True, "changes": (change,), "curriculum": Epochs(each=(Solved(),))}
    whole = run(stages(**wanted), tmp_path / "whole", Watcher())
    assert [row["group_size"] for row in rl_rows(whole)] == [4, 4, 4, 6]  # drawn before step 2 was over
    with pytest.raises(KeyboardInterrupt):
        run(stages(**wanted), tmp_path / "cut", Watcher(stop_at=("rl", stop)), snapshot_seconds=0.0)
    cut = run(stages(**wanted), tmp_path / "cut", Watcher(), snapshot_seconds=0.0)
    assert numbers(cut) == numbers(whole)
    assert cut.visits() == whole.visits()
    assert tokens(cut, 4) == tokens(whole, 4)
    weights = [done.checkpoint("rl") / "model.safetensors" for done in (cut, whole)]
    assert weights[0].read_bytes() == weights[1].read_bytes()


def test_the_last_batch_is_learnt_from_where_no_problem_is_left(tmp_path):
    done = run(stages(one_step_off=True, steps=9, curriculum=Twice()), tmp_path, Watcher())
    assert [row["groups_trained"] > 0 for row in rl_rows(done)] == [True, True]
    assert "enough" in done.finished()["rl"].reason
