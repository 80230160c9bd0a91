"""What each step of an RL stage learns from: problems drawn, played, and of their groups those that train.

curriculum -> problems -> Rollout.groups -> admit ──> Sampled
    ^                     (judged while       │ too few: draw
    └─ visits             others generate)    v again, a few times
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from parnassus.curriculum.changes import Setting, in_force
from parnassus.rollout import Rollout
from parnassus.rundir.directory import RunDir
from parnassus.train.assemble import Admitted, admit
from parnassus.train.clock import Clock
from parnassus.train.diagnostics import describe_groups
from parnassus.train.draws import Draws
from parnassus.types import Group, Problem, Row

if TYPE_CHECKING:
    from parnassus.train.rl import RL


@dataclass(frozen=True)
class Sampled:
    """The batch of a step."""

    groups: list[Group]  # all that were drawn
    admitted: Admitted  # those that train
    temperature: float
    told: Row  # for the step's row of metrics
    last: bool  # the curriculum has no further problem


class Batches:
    """Those of a stage, in order. `draws` is all that a resumed run needs."""

    def __init__(self, stage: RL, rollout: Rollout, pool: Sequence[Problem], run: RunDir, seed: str):
        self.draws = Draws(stage.name, stage.curriculum, stage.prompts, pool, run, seed)
        self._stage, self._rollout, self._run = stage, rollout, run

    async def sample(self, step: int, rows: Sequence[Row], clock: Clock) -> Sampled:
        """The batch of `step`, counted from 0, by the engine's weights. `rows`: the metrics that may change
        how it is sampled."""
        stage, everything = self._stage, list[Group]()
        setting, admitted = self._setting(rows), Admitted([], Counter(), Counter())
        rollout = replace(self._rollout, sampling=setting.sampling)
        for _ in range(1 + stage.refill):
            with clock("rollout"):
                problems, seed = self.draws.coming(), self.draws.seed
                groups = await rollout.groups(problems, setting.group_size, seed)
            with clock("record"):
                self.draws.record(groups)
            everything += groups
            admitted += admit(groups, stage.algorithm)
            if len(admitted.groups) >= (stage.train_groups or 1) or self.draws.nothing_left:
                break
        with clock("record"):
            self._run.write_rollouts(stage.name, step + 1, everything)
        return self._sampled(everything, admitted, setting)

    def sampled_before(self, step: int, rows: Sequence[Row]) -> Sampled:
        """The batch of `step` that an earlier process drew last, as it lies in the run."""
        groups = self._run.rollouts(self._stage.name, step + 1)
        return self._sampled(groups, admit(groups, self._stage.algorithm), self._setting(rows))

    def _sampled(self, groups: list[Group], admitted: Admitted, setting: Setting) -> Sampled:
        admitted, nothing_left = admitted.at_most(self._stage.train_groups), self.draws.nothing_left
        told = {"epoch": self.draws.epochs(), "draws": self.draws.done}
        told |= describe_groups(groups, admitted) | setting.told()
        told |= {"nothing_left": nothing_left} if nothing_left else {}
        return Sampled(groups, admitted, setting.sampling.temperature, told, bool(nothing_left))

    def _setting(self, rows: Sequence[Row]) -> Setting:
        stage = self._stage
        return in_force(stage.changes, rows, Setting(stage.sampling, stage.group_size))
