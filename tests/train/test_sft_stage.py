"""A supervised stage: what an epoch is, where it ends, and that a resumed one is the same."""

import asyncio
from dataclasses import replace

import pytest
import torch

from parnassus.curation.stage import Curate
from parnassus.curriculum.triggers import AfterEpochs, AfterSteps, Below
from parnassus.data.drawing import Generated
from parnassus.data.families.chain import Chain
from parnassus.models.load import load
from parnassus.recipes.recipe import Recipe
from parnassus.rundir.directory import Finished, RunDir, read_run
from parnassus.runner import run
from parnassus.train.optimizer import AdamW
from parnassus.train.sft import SFT, Imitator
from parnassus.types import Answer, Demonstration, Message, Problem, Row

PROBLEM = Problem("p", (Message("user", "1+1="),), Answer("2"), "math", "test")
DEMONSTRATIONS = [Demonstration(PROBLEM, str(n)) for n in range(7)]
STAGE = SFT(name="warm-up", steps=6, batch=3, optimizer=AdamW(learning_rate=1e-3))
TIMES = ("seconds", "cpu_seconds", "elapsed")


def imitator(stage: SFT = STAGE, demonstrations=DEMONSTRATIONS) -> Imitator:
    loaded = load("builtin:tiny", 0, "cpu")
    return Imitator(stage, loaded.model, loaded.chat, demonstrations, seed=0)


def rows(of: Imitator, count: int | None = None) -> list[Row]:
    """The first `count` rows, or all."""

    async def collect() -> list[Row]:
        told, coming = list[Row](), of.rows()
        async for row in coming:
            told.append(row)
            if len(told) == count:
                break
        return told

    return asyncio.run(collect())


def measured(told: list[Row]) -> list[dict]:
    return [{name: value for name, value in row.items() if name not in TIMES} for row in told]


@pytest.mark.parametrize(
    ("batch", "epochs"),
    [(3, [0, 0, 1, 1, 2, 2]), (7, [1, 2, 3, 4, 5, 6]), (20, [2, 5, 8, 11, 14, 17]), (1, [0] * 6)],
)
def test_an_epoch_is_over_when_every_demonstration_was_drawn(batch: int, epochs: list[int]):
    told = rows(imitator(replace(STAGE, batch=batch)))
    assert [row["step"] for row in told] == [1, 2, 3, 4, 5, 6]
    assert [row["epoch"] for row in told] == epochs


def test_a_resumed_stage_has_the_same_rows_and_goes_on_counting_its_time():
    whole = imitator()
    told = rows(whole)
    first = imitator()
    begun = rows(first, 2)
    second = imitator()
    second.policy.model.load_state_dict(first.policy.model.state_dict())
    state = first.state()
    assert state.elapsed == pytest.approx(begun[-1]["elapsed"], abs=1e-4)
    second.resume(replace(state, elapsed=100.0))
    rest = rows(second)
    assert measured(begun + rest) == measured(told)
    assert rest[0]["elapsed"] > 100
    pairs = zip(whole.policy.model.parameters(), second.policy.model.parameters(), strict=True)
    assert all(torch.equal(one, other) for one, other in pairs)


# ---- in a run


class Nobody:
    def begin_stage(self, name, kind, steps): ...
    def skip_stage(self, done): ...
    def row(self, row): ...
    def end_stage(self, done): ...
    def note(self, text): ...


def recipe(*until, steps: int = 40) -> Recipe:
    """30 demonstrations, 8 a step: epochs end with steps 4, 8, 12, 15."""
    curate = Curate(sources=(Generated(family=Chain((1, 1)), train=20, held_out=2, demonstrations=30),))
    stage = replace(STAGE, steps=steps, batch=8, until=until, optimizer=AdamW(learning_rate=6e-3))
    return Recipe(name="x", summary="", model="builtin:tiny", seed=0, stages=(curate, stage))


def warm_up(done: RunDir) -> list[Row]:
    return [row for row in done.metrics() if row["stage"] == "warm-up"]


@pytest.mark.parametrize(
    ("until", "steps"),
    [
        ((), 6),
        ((AfterEpochs(1),), 4),
        ((AfterSteps(2), AfterEpochs(1)), 2),
        ((AfterEpochs(2),), 6),
        ((Below("loss", 1e9, 3),), 3),
    ],
)
def test_a_trigger_ends_it(tmp_path, until, steps):
    done = run(recipe(*until, steps=6), tmp_path, Nobody())
    assert [row["step"] for row in warm_up(done)] == list(range(1, steps + 1))
    finished = done.finished()["warm-up"]
    assert finished.steps == steps
    assert ("all 6 steps done" in finished.reason) == (steps == 6)
    assert done.checkpoint("warm-up").is_dir()


def test_one_that_a_trigger_ended_stays_ended_when_it_is_resumed(tmp_path, monkeypatch):
    finish = RunDir.finish

    def killed_before(directory: RunDir, done: Finished) -> None:
        if done.stage == "warm-up":
            raise KeyboardInterrupt
        finish(directory, done)

    ends = recipe(AfterEpochs(1))
    monkeypatch.setattr(RunDir, "finish", killed_before)
    with pytest.raises(KeyboardInterrupt):
        run(ends, tmp_path / "killed", Nobody(), snapshot_seconds=0.0)
    assert read_run(tmp_path / "killed").snapshot("warm-up") is not None
    monkeypatch.setattr(RunDir, "finish", finish)
    done = run(ends, tmp_path / "killed", Nobody())
    assert measured(warm_up(done)) == measured(warm_up(run(ends, tmp_path / "whole", Nobody())))
    assert [row["epoch"] for row in warm_up(done)] == [0, 0, 0, 1]
    weights = [
        tmp_path / name / "checkpoints" / "warm-up" / "model.safetensors" for name in ("killed", "whole")
    ]
    assert weights[0].read_bytes() == weights[1].read_bytes()
