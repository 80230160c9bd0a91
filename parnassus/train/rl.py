"""The RL loop: draw, roll out, admit, learn. One screen, top to bottom.

    curriculum -> problems -> Rollout.groups -> admit ──> Learner.learn -> engine.load -> controls
        ^                     (judged while       │ too few: draw                           │
        └─ visits             others generate)    v again, a few times                      v row of metrics

It never names an algorithm or an engine, and cannot tell a local one from one on a cluster. What
could not be judged is stored and counted, but not learnt from; too much of it ends the run. Whether another
step follows, runner/switch.py decides by the rows.
"""

from collections import Counter, deque
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from math import ceil

from transformers import PreTrainedModel

from parnassus.algorithms.admission import BROKEN_LIMIT, WINDOW, check_limit
from parnassus.algorithms.core import Algorithm
from parnassus.algorithms.rewards.pay import check_terms
from parnassus.curriculum.changes import Change, Setting, in_force
from parnassus.envs.single_turn import SingleTurn
from parnassus.errors import ConfigError, positive
from parnassus.rollout import Rollout, check_turns
from parnassus.rundir.directory import RunDir
from parnassus.train.assemble import Admitted, admit
from parnassus.train.clock import Clock
from parnassus.train.diagnostics import describe_groups, describe_learning
from parnassus.train.draws import Draws
from parnassus.train.learner import Learner
from parnassus.train.optimizer import AdamW
from parnassus.train.policy import Policy
from parnassus.train.state import TrainerState
from parnassus.types import Curriculum, Env, Group, Problem, Row, Sampling, Trigger, Verifier
from parnassus.verifiers.by_reference import ByReference

BASE = "base"  # as a reference: the recipe's model, before any training


@dataclass(frozen=True, kw_only=True)
class RL:
    """Everything that may differ between two RL stages of a recipe, and nothing else."""

    name: str
    steps: int  # at most: see `until`
    prompts: int = 32  # problems a draw
    group_size: int = 8  # samples a problem
    train_groups: int | None = None  # at most so many groups of a step train; None: all that are admitted
    refill: int = 0  # further draws of a step while fewer than train_groups are admitted (DAPO)
    curriculum: Curriculum
    env: Env = field(default_factory=SingleTurn)
    verifier: Verifier = ByReference()
    algorithm: Algorithm
    sampling: Sampling
    changes: tuple[Change, ...] = ()  # of sampling and group size, while the stage goes on
    until: tuple[Trigger, ...] = ()  # the first that fires ends the stage before its steps are done
    guards: tuple[Trigger, ...] = ()  # the first that fires ends the run: triggers.COLLAPSE, for instance
    optimizer: AdamW
    keep_optimizer: bool = False  # go on with the moments that the training stage before left
    reference: str | None = None  # whose weights: a training stage's, or BASE; None: as this stage begins
    updates: int = 1  # parts of a batch, an update each (D_R / D_T); where verl fixes their size
    epochs: int = 1  # times that a batch is gone over (N_reuse)
    prompt_limit: int = 1024  # tokens a prompt may have
    tokens_per_batch: int = 4096  # tokens a micro-batch may hold
    max_turns: int = 1
    broken_limit: float = BROKEN_LIMIT  # share of the last responses that may stay unjudged: check_judged

    def __post_init__(self) -> None:
        positive(self, steps=self.steps, prompts=self.prompts, group_size=self.group_size)
        positive(self, max_turns=self.max_turns, tokens_per_batch=self.tokens_per_batch)
        positive(self, max_tokens=self.sampling.max_tokens, temperature=self.sampling.temperature)
        positive(self, updates=self.updates, epochs=self.epochs, train_groups=self.train_groups or 1)
        if self.refill < 0:
            raise ConfigError(f"RL: refill={self.refill} must be 0 or more draws")
        if self.refill and self.train_groups is None:
            raise ConfigError(f"RL: refill={self.refill} needs train_groups: how many groups are enough?")
        check_limit(self, self.broken_limit)
        check_turns(self, self.env, self.max_turns)
        check_terms(self.algorithm.rewards)

    @property
    def longest_answer(self) -> int:
        """The most tokens that a turn may ever have."""
        return max(self.sampling.max_tokens, *(change.max_tokens or 0 for change in self.changes), 0)

    @property
    def largest_group(self) -> int:
        """The most samples of a problem that there may ever be."""
        return max(self.group_size, *(change.group_size or 0 for change in self.changes), 0)


class Trainer:
    """One RL stage under way. `rows` does it; between two rows `state` is all that a resumed run needs."""

    def __init__(
        self,
        stage: RL,
        model: PreTrainedModel,
        reference: PreTrainedModel | None,
        rollout: Rollout,
        pool: Sequence[Problem],
        run: RunDir,
        seed: int,
    ):
        self.stage, self.rollout, self.run = stage, rollout, run
        self.learner = Learner(
            Policy(model, stage.optimizer),
            stage.algorithm,
            reference,
            updates=stage.updates,
            epochs=stage.epochs,
            tokens_per_batch=stage.tokens_per_batch,
        )
        self.draws = Draws(stage.name, stage.curriculum, stage.prompts, pool, run, f"{seed}/{stage.name}")
        self.step = 0  # done so far
        self._clock = Clock()
        self._recent = deque[list[Group]](maxlen=ceil(WINDOW / (stage.prompts * stage.group_size)))

    def state(self) -> TrainerState:
        return self.learner.state(self.step, self.draws.done, self._clock.elapsed)

    def take_over(self, state: TrainerState) -> None:
        """Go on with the optimiser of the stage before, and its count of updates; its weights are here."""
        self.learner.policy.load(state.optimizer, state.version)
        self.rollout.engine.load(self.learner.policy.model.state_dict(), state.version)

    def resume(self, state: TrainerState) -> None:
        """Go on where `state` was taken; the model has its weights."""
        self.step, self.draws.done, self._clock.elapsed = state.step, state.draws, state.elapsed
        self.learner.load(state)
        self.rollout.engine.load(self.learner.policy.model.state_dict(), state.version)

    async def rows(self) -> AsyncIterator[Row]:
        """Train in place: a row of metrics a step; rollouts and visits go to the run."""
        stage, rows = self.stage, self.run.metrics(self.stage.name)
        while self.step < stage.steps:
            setting = in_force(stage.changes, rows, Setting(stage.sampling, stage.group_size))
            groups, admitted = await self._sample(setting)
            row = {"step": self.step + 1, "epoch": self.draws.epochs(), "draws": self.draws.done}
            row |= describe_groups(groups, admitted) | setting.told()
            if nothing_left := self.draws.nothing_left:
                row["nothing_left"] = nothing_left
            if admitted.groups:
                row |= self._learn(admitted.groups, setting.sampling.temperature)
            self.step += 1
            self.learner.adjust({n: float(v) for n, v in row.items() if isinstance(v, int | float)})
            rows.append(row | self._clock.rows())
            self._recent.append(groups)
            yield rows[-1]

    @property
    def recent(self) -> list[Group]:
        """Of the last steps, as many as have WINDOW responses. An interruption forgets them: what broke may
        be mended."""
        return list(chain(*self._recent))

    async def _sample(self, setting: Setting) -> tuple[list[Group], Admitted]:
        """All groups of a step, and those of them that train."""
        stage, everything = self.stage, list[Group]()
        admitted = Admitted([], Counter(), Counter())
        enough = stage.train_groups or 1
        rollout = replace(self.rollout, sampling=setting.sampling)
        for _ in range(1 + stage.refill):
            with self._clock("rollout"):
                problems, seed = self.draws.coming(), self.draws.seed
                groups = await rollout.groups(problems, setting.group_size, seed)
            with self._clock("record"):
                self.draws.record(groups)
            everything += groups
            admitted += admit(groups, stage.algorithm)
            if len(admitted.groups) >= enough or self.draws.nothing_left:
                break
        with self._clock("record"):
            self.run.write_rollouts(stage.name, self.step + 1, everything)
        return everything, admitted.at_most(stage.train_groups)

    def _learn(self, groups: Sequence[Group], temperature: float) -> dict[str, object]:
        with self._clock("update"):
            rate = self.stage.optimizer.rate(self.step, self.stage.steps)
            learnt = self.learner.learn(groups, rate, temperature)
            policy = self.learner.policy
            self.rollout.engine.load(policy.model.state_dict(), policy.version)
        return describe_learning(learnt) | {"learning_rate": rate}
