"""When a stage ends and when a run must stop: pure decisions over rows, and real runs of a small model."""

from dataclasses import dataclass, replace

import pytest
from test_runner import Watcher, recipe
from test_stage_engine import SHORTER, WARM_UP, rl_rows, stages

from parnassus.curation.stage import Curate
from parnassus.curriculum.changes import Change
from parnassus.curriculum.epochs import Epochs
from parnassus.curriculum.mixture import Mixture
from parnassus.curriculum.triggers import Above, AfterEpochs, AfterSteps, Below, Plateau, WallTime
from parnassus.data.drawing import Generated
from parnassus.data.families.guards import Guards
from parnassus.errors import TrainingError
from parnassus.models.load import load
from parnassus.rundir.directory import Finished, RunDir, read_run
from parnassus.runner import run
from parnassus.runner.switch import check_sound, over
from parnassus.train.policy import Policy
from parnassus.train.state import TrainerState
from parnassus.types import Problem, Visit


def test_a_trigger_ends_the_stage_and_says_why(tmp_path):
    done = run(stages(until=(Above("reward", 1e9, 1), AfterSteps(2))), tmp_path, Watcher())
    assert len(rl_rows(done)) == 2
    finished = done.finished()["rl"]
    assert finished.steps == 2
    assert "2" in finished.reason
    assert finished.reason != "all 4 steps done"
    assert finished.reason in (tmp_path / "report.html").read_text()
    assert done.checkpoint("rl").is_dir()


def test_a_guard_ends_the_run_and_what_was_there_before_stays(tmp_path):
    with pytest.raises(TrainingError, match=r"stage 'rl' was stopped at step 2: .*grad_norm") as caught:
        run(stages(guards=(Above("grad_norm", 0.0, 2),)), tmp_path, Watcher(), snapshot_seconds=0.0)
    assert caught.value.exit_code == 8
    left = read_run(tmp_path)
    assert list(left.finished()) == ["curate", "warm-up"]
    snapshot = left.snapshot("rl")
    assert snapshot is not None
    assert TrainerState.load(snapshot).step == 1  # of before the step that went too far
    assert len(rl_rows(left)) == 2


def test_a_run_that_was_stopped_says_so_until_it_goes_on(tmp_path):
    guarded = stages(guards=(Above("reward", -1e9, 1),))
    for _ in range(2):
        with pytest.raises(TrainingError, match="stopped at step 1: reward"):
            run(guarded, tmp_path, Watcher())
        assert (
            "It was stopped: stage &#39;rl&#39; was stopped at step 1"
            in (tmp_path / "report.html").read_text()
        )
    with pytest.raises(KeyboardInterrupt):
        run(guarded, tmp_path, Watcher(stop_at=("rl", 1)))
    assert read_run(tmp_path).stopped() == ""


def test_an_end_is_decided_by_what_was_measured_since_the_last_change():
    """Rewards 0.9, 0.9, then longer answers at 0.5 and 0.6: not a plateau over all four, which fell."""
    stage = replace(
        SHORTER, changes=(Change(AfterSteps(2), max_tokens=20),), until=(Plateau(window=1, gain=0.05),)
    )
    told = [{"step": n, "reward": r, "elapsed": n} for n, r in enumerate([0.9, 0.99, 0.5, 0.6, 0.61], 1)]
    ends = [over(replace(stage, steps=9), told[:n]) for n in range(6)]
    assert ends[:5] == [""] * 5
    assert ends[5].startswith("reward 0.61 over the last 1 steps, 0.6 over the 1 before")
    assert over(replace(stage, steps=3), told[:3]) == "all 3 steps done"
    budget = replace(stage, steps=9, until=(WallTime(4), AfterSteps(3)))
    assert over(budget, told[:2]) == ""
    assert over(budget, told[:3]) == "step 3 done"
    assert over(replace(budget, until=(WallTime(4),)), told[:4]) == "4.0 of 4 seconds spent"


def test_an_epoch_is_over_with_the_step_that_ends_it(tmp_path):
    source = Generated(family=Guards((2, 2)), train=24, held_out=4, demonstrations=30)
    ends = replace(SHORTER, steps=9, curriculum=Mixture((("guards", 1.0),)), until=(AfterEpochs(1),))
    curate = Curate(sources=(source,))
    done = run(recipe(stages=(curate, replace(WARM_UP, steps=1), ends)), tmp_path, Watcher())
    assert [row["epoch"] for row in rl_rows(done)] == [0, 0, 0, 1]  # of 6 problems each
    assert done.finished()["rl"].reason == "epoch 1 done"


def test_where_a_change_and_an_end_fall_on_one_row_the_stage_ends():
    change = (Change(AfterSteps(2), temperature=0.5),)
    told = [{"step": n, "epoch": n, "elapsed": float(n), "reward": 0.5} for n in range(1, 6)]
    for trigger in (AfterSteps(2), AfterEpochs(2), WallTime(2)):
        stage = replace(SHORTER, steps=9, changes=change, until=(trigger,))
        assert [bool(over(stage, told[:n])) for n in range(6)] == [False, False, True, True, True, True]
    twice = replace(
        SHORTER, steps=9, changes=(Change(Plateau(window=1), temperature=0.5),), until=(Plateau(window=1),)
    )
    assert [bool(over(twice, told[:n])) for n in range(6)] == [False] * 4 + [True] * 2  # a plateau of its own


def test_a_guard_looks_at_what_came_since_the_last_change():
    rates = [0.1, 0.1, 0.1, 0.9]
    told = [{"step": n, "finish_rate": rate} for n, rate in enumerate(rates, 1)]
    guard = (Below("finish_rate", 0.5, 4),)
    with pytest.raises(TrainingError, match="from before what it looked at: there"):
        check_sound(replace(SHORTER, guards=guard), told, [], "there")
    check_sound(
        replace(SHORTER, guards=guard, changes=(Change(AfterSteps(3), max_tokens=50),)), told, [], "there"
    )


def test_a_metric_that_no_row_has_is_told(tmp_path):
    watcher = Watcher()
    guards = (Below("entrpy", 0.1), Below("correct_by_source.chain", -1.0))
    run(stages(steps=2, until=(Above("rewrad", 5.0, 1),), guards=guards), tmp_path, watcher)
    told = [note for note in watcher.notes if "by which a trigger goes" in note]
    assert [note.partition(",")[0] for note in told] == [
        "rl: step 1 has no 'rewrad'",
        "rl: step 1 has no 'entrpy'",
    ]
    assert "Did you mean reward" in told[0]


@dataclass(frozen=True)
class Seen:
    """Whatever came is out, as if it had been solved."""

    def __call__(self, problem: Problem, visit: Visit | None) -> str | None:
        return None if visit is None else "seen"


def test_a_stage_with_nothing_left_to_draw_ends_and_says_so(tmp_path):
    """Everything is solved after an epoch; the step that found out is not lost, refill or not."""
    all_of_them = replace(SHORTER, curriculum=Epochs(each=(Seen(),)), steps=50, prompts=10, train_groups=50)
    source = Generated(family=Guards((2, 2)), train=20, held_out=4, demonstrations=30)
    for refill, steps in ((0, 2), (1, 1)):
        recipe_ = recipe(
            stages=(Curate(sources=(source,)), replace(WARM_UP, steps=1), replace(all_of_them, refill=refill))
        )
        done = run(recipe_, tmp_path / str(refill), Watcher())
        assert len(rl_rows(done)) == steps
        assert rl_rows(done)[-1]["epoch"] == 1
        assert "epoch 2 has no problem left" in done.finished()["rl"].reason
        assert done.checkpoint("rl").is_dir()


def test_the_last_weights_that_no_guard_doubts_are_kept(tmp_path):
    """The guard fires at step 6 by the mean of steps 4 to 6. The snapshots of steps 1 and 4 were set aside:
    of these, step 4 is one of those that it looked at."""
    guard = Above("step", 5.0, 3)
    with pytest.raises(TrainingError, match=r"good/rl/1\. All rows") as caught:
        run(stages(steps=9, guards=(guard,)), tmp_path, Watcher(), snapshot_seconds=0.0)
    assert "stopped at step 6" in str(caught.value)
    good = read_run(tmp_path).good("rl")
    assert sorted(entry.name for entry in good.iterdir()) == ["1", "4"]
    assert TrainerState.load(good / "1").step == 1
    assert load(str(good / "1"), 0, "cpu").model is not None
    with pytest.raises(TrainingError, match=r"checkpoints/warm-up\. All rows"):
        run(stages(steps=9, guards=(Above("step", 0.0, 1),)), tmp_path / "soon", Watcher())


def test_a_gradient_that_is_no_number_names_the_step(tmp_path, monkeypatch):
    monkeypatch.setattr(Policy, "step", broken_step)
    with pytest.raises(TrainingError, match=r"stage 'warm-up', step 1: the gradient norm is nan"):
        run(stages(), tmp_path, Watcher())
    assert read_run(tmp_path).stopped().startswith("stage 'warm-up', step 1")


def broken_step(policy, rate):
    raise TrainingError("the gradient norm is nan")


def test_a_stage_that_a_trigger_ended_stays_ended_when_it_is_resumed(tmp_path, monkeypatch):
    finish = RunDir.finish

    def killed_before(directory: RunDir, done: Finished) -> None:
        if done.stage == "rl":
            raise KeyboardInterrupt
        finish(directory, done)

    ends = stages(until=(AfterSteps(2),))
    monkeypatch.setattr(RunDir, "finish", killed_before)
    with pytest.raises(KeyboardInterrupt):
        run(ends, tmp_path, Watcher(), snapshot_seconds=0.0)
    assert read_run(tmp_path).snapshot("rl") is not None  # until it is told that the stage is done
    monkeypatch.setattr(RunDir, "finish", finish)
    done = run(ends, tmp_path, Watcher())
    assert len(rl_rows(done)) == 2
    assert done.finished()["rl"].steps == 2
    assert done.snapshot("rl") is None
