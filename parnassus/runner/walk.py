"""Walks a recipe's stages in order, each once, and keeps what they make on disk.

    for stage in recipe.stages:    finished before? -> skip it
                                   begun before?    -> go on at its last snapshot
                                   else             -> from its beginning
                                   rows -> metrics.jsonl, weights -> checkpoints/, then finished.json

Stages hand each other nothing that is not on disk. So a run that was stopped goes on where it was, with the
same numbers. When a stage that trains is over, and whether it is sound, switch.py decides.
"""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from parnassus.curation.means import DEFAULT, Asking, open_means
from parnassus.curation.stage import Curate
from parnassus.curriculum.mixture import Mixture
from parnassus.enrich.made import Means
from parnassus.errors import ParnassusError, TrainingError
from parnassus.evaluation.run import Evaluate
from parnassus.models.load import load
from parnassus.preflight.fitting import check_room
from parnassus.preflight.needs import check_sources
from parnassus.recipes.check import check, check_models
from parnassus.recipes.recipe import Recipe, Stage
from parnassus.recipes.settings import describe
from parnassus.report.page import write_report
from parnassus.rundir import manifest
from parnassus.rundir.directory import Finished, RunDir, is_run, open_run
from parnassus.runner.switch import check_sound, over, unheard
from parnassus.runner.weights import Weights
from parnassus.runner.work import Work
from parnassus.sandbox.make import THIS_MACHINE, SandboxChoice
from parnassus.text.nearest import nearest
from parnassus.train.clock import spent
from parnassus.train.reward_model import RewardModel
from parnassus.train.rl import RL, Trainer
from parnassus.train.sft import SFT
from parnassus.types import Row

SNAPSHOT_SECONDS = 300.0  # at most so much training is lost when a process is killed


class Observer(Protocol):
    """Whoever watches a run: a progress display, or nobody."""

    def begin_stage(self, name: str, kind: str, steps: int) -> None: ...
    def skip_stage(self, done: Finished) -> None: ...
    def row(self, row: Row) -> None: ...
    def end_stage(self, done: Finished) -> None: ...
    def note(self, text: str) -> None: ...


def run(
    recipe: Recipe,
    out: Path,
    observer: Observer,
    device: str = "cpu",
    sandbox: SandboxChoice = THIS_MACHINE,
    models: Sequence[str] = (),
    asking: Asking = DEFAULT,
    snapshot_seconds: float = SNAPSHOT_SECONDS,
) -> RunDir:
    """Run `recipe` in the directory `out`, or finish what was begun there.

    Raises the errors of parnassus.errors; whatever was written before stays, the report says what happened,
    and the same call continues.
    `sandbox`: where programs are run that models wrote. `models`: those that curation asks, NAME=MODEL@URL or
    NAME=DIRECTORY; they go before the recipe's stand-ins. `asking`: how. `snapshot_seconds`: how long a
    training stage works between two snapshots that a stopped run goes on from; its numbers do not depend on
    them.
    """
    _check(recipe, models, begun=is_run(out))
    # A model that cannot be loaded should not leave the beginnings of a run behind.
    observer.note(f"model {recipe.model} on {device}")
    loaded = None if is_run(out) else load(recipe.model, recipe.seed, device)
    if loaded is not None:
        check_room(recipe, loaded.context)
    with open_run(out, manifest.describe(recipe.name, describe(recipe), device)) as directory:
        weights = Weights(recipe, directory, device, loaded)
        try:
            asyncio.run(
                _walk(recipe, directory, observer, weights, sandbox, models, asking, snapshot_seconds)
            )
        except ParnassusError as error:
            directory.stop(str(error))
            with suppress(Exception):  # what ended the run is to be told, whatever the report makes of it
                write_report(directory)
            raise
        write_report(directory)
    return directory


def _check(recipe: Recipe, models: Sequence[str], begun: bool) -> None:
    """What can be said before anything is loaded. The files of a run that has begun may be gone since."""
    check(recipe)
    named = [said.partition("=")[0] for said in models]
    check_models(recipe, [*named, *(stand_in.name for stand_in in recipe.stand_ins)])
    if not begun:
        check_sources(recipe)


async def _walk(
    recipe: Recipe,
    directory: RunDir,
    observer: Observer,
    weights: Weights,
    choice: SandboxChoice,
    models: Sequence[str],
    asking: Asking,
    snapshot_seconds: float,
) -> None:
    finished = directory.finished()
    cores, answers = os.cpu_count() or 1, directory.path / "asked"
    async with open_means(models, choice, cores, answers, asking) as means:
        stand_ins = {stand_in.name: stand_in.answerer for stand_in in recipe.stand_ins}
        work = Work(recipe, directory, weights, Means({**stand_ins, **means.models}, means.sandbox))
        for stage in recipe.stages:
            if stage.name in finished:
                observer.skip_stage(finished[stage.name])
                if isinstance(stage, SFT | RL):
                    weights.finished(stage)
            else:
                await _Visit(work, observer, stage, snapshot_seconds).do()


class _Visit:
    """One stage, from wherever it is to its end."""

    def __init__(self, work: Work, observer: Observer, stage: Stage, snapshot_seconds: float):
        self.work, self.observer, self.stage = work, observer, stage
        self.snapshot_seconds = snapshot_seconds
        self.kind = type(stage).__name__.lower()
        self.steps = 1 if isinstance(stage, Curate | Evaluate) else stage.steps
        self.before: Sequence[Row] = ()  # of an earlier process
        self.rows: list[Row] = []  # with those
        self.reason = "done"

    async def do(self) -> None:
        wall, cpu = time.perf_counter(), time.process_time()
        self.observer.begin_stage(self.stage.name, self.kind, self.steps)
        async for measured in self._measured():
            row: Row = {"stage": self.stage.name, "kind": self.kind, "steps": self.steps, **measured}
            self.rows.append(row)
            self.work.run.log(row)
            self.observer.row(row)
            await asyncio.sleep(0)  # where an interruption gets in: warm-up waits for nothing else
        done = Finished(
            stage=self.stage.name,
            kind=self.kind,
            reason=self.reason,
            steps=len(self.rows),
            wall_seconds=round(time.perf_counter() - wall + spent(self.before, "seconds"), 3),
            cpu_seconds=round(time.process_time() - cpu + spent(self.before, "cpu_seconds"), 3),
        )
        self.work.run.finish(done)
        self.work.run.drop_snapshots(self.stage.name)
        self.observer.end_stage(done)

    def _measured(self) -> AsyncIterator[Row]:
        match self.stage:
            case Curate() | Evaluate():
                return self._once(self.stage)
            case RewardModel():
                return self._ranked(self.stage)
            case SFT() | RL():
                return self._trained(self.stage)

    async def _once(self, stage: Curate | Evaluate) -> AsyncIterator[Row]:
        self.work.run.restart(stage.name)
        if isinstance(stage, Curate):
            yield await self.work.curate(stage, self.observer.note)
        else:
            self._tell_slow()
            yield await self.work.evaluate(stage)

    async def _ranked(self, stage: RewardModel) -> AsyncIterator[Row]:
        self.work.run.restart(stage.name)
        self._tell_slow()
        ranker = await self.work.ranker(stage)
        rows = ranker.rows()
        while not (reason := over(stage, self.rows)):
            yield next(rows)
        self.work.keep_scorer(stage, ranker)
        self.reason = reason

    async def _trained(self, stage: SFT | RL) -> AsyncIterator[Row]:
        work, state = self.work, self.work.weights.begin(stage)
        work.run.restart(stage.name, *((state.step, state.draws) if state else ()))
        self.before = work.run.metrics(stage.name)
        self.rows = [*self.before]
        if isinstance(stage, RL):
            self._tell_slow()
            self._tell_never_drawn(stage)
        trainer = work.trainer(stage)
        if state is not None:
            trainer.resume(state)
            self.observer.note(f"{stage.name} goes on after step {state.step}")
        rows, kept, told = trainer.rows(), time.monotonic(), False
        while not (reason := over(stage, self.rows)):
            with self._naming_the_step():
                row = await anext(rows)
            yield row
            if not told and "grad_norm" in row:
                told = self._tell_unheard(stage, row)
            if isinstance(trainer, Trainer):
                good = work.weights.last_good(trainer.stage, trainer.step)
                check_sound(trainer.stage, self.rows, trainer.recent, good)
            if time.monotonic() - kept >= self.snapshot_seconds:
                work.weights.keep(stage, trainer.state())
                kept = time.monotonic()
        work.weights.end(stage, trainer.state())
        self.reason = reason
        if not any("grad_norm" in row for row in self.rows):
            self.reason += ", no update: every group was refused"
            self.observer.note(f"{stage.name} changed nothing: no group could teach the policy anything")

    @contextmanager
    def _naming_the_step(self) -> Iterator[None]:
        try:
            yield
        except TrainingError as error:
            raise TrainingError(f"stage {self.stage.name!r}, step {len(self.rows) + 1}: {error}") from error

    def _tell_never_drawn(self, stage: RL) -> None:
        mixture = stage.curriculum
        if isinstance(mixture, Mixture) and (never := mixture.never_drawn(stage.prompts)):
            told = f"{stage.name} never draws {', '.join(never)}: of {stage.prompts} prompts their share is 0"
            self.observer.note(told)

    def _tell_unheard(self, stage: SFT | RL, row: Row) -> bool:
        for metric in unheard(stage, row):
            hint = nearest(metric, row)
            self.observer.note(
                f"{stage.name}: step {row['step']} has no {metric!r}, by which a trigger goes. {hint}"
            )
        return True

    def _tell_slow(self) -> None:
        if (model := self.work.slow_engine()) is not None:
            self.observer.note(f"{model} models are sampled by transformers' own forward, which is slower")
