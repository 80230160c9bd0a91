"""The RL loop: sample, learn, publish. One screen, top to bottom.

    Batches.sample ──> Learner.learn -> engine.load -> controls -> row of metrics
          ^                                 │
          └──────────── weights ────────────┘

    one_step_off:   sample 1   sample 2   sample 3   ...    batch k + 1 is drawn while batch k is learnt
                               learn 1    learn 2    ...    from, by the weights from before it

It never names an algorithm or an engine, and cannot tell a local one from one on a cluster. What
could not be judged is stored and counted, but not learnt from; too much of it ends the run. Whether another
step follows, runner/switch.py decides by the rows.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from math import ceil

from transformers import PreTrainedModel

from parnassus.algorithms.admission import BROKEN_LIMIT, WINDOW, check_limit
from parnassus.algorithms.core import Algorithm
from parnassus.algorithms.rewards.pay import check_terms
from parnassus.curriculum.changes import Change
from parnassus.envs.single_turn import SingleTurn
from parnassus.errors import ConfigError, positive
from parnassus.rollout import Rollout, check_turns
from parnassus.rundir.directory import RunDir
from parnassus.train.batches import Batches, Sampled
from parnassus.train.clock import Clock
from parnassus.train.diagnostics import describe_learning
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
    one_step_off: bool = False  # draw a batch while the one before is learnt from, by the weights before it

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
        self.stage, self.engine, self.run = stage, rollout.engine, run
        self.learner = Learner(
            Policy(model, stage.optimizer),
            stage.algorithm,
            reference,
            updates=stage.updates,
            epochs=stage.epochs,
            tokens_per_batch=stage.tokens_per_batch,
            stale=stage.one_step_off,
        )
        self.batches = Batches(stage, rollout, pool, run, f"{seed}/{stage.name}")
        self.step = 0  # done so far
        self._ahead: Sampled | None = None  # the batch of the coming step, where it is there already
        self._clock = Clock()
        self._recent = deque[list[Group]](maxlen=ceil(WINDOW / (stage.prompts * stage.group_size)))

    def state(self) -> TrainerState:
        return self.learner.state(self.step, self.batches.draws.done, self._clock.elapsed)

    def take_over(self, state: TrainerState) -> None:
        """Go on with the optimiser of the stage before, and its count of updates; its weights are here."""
        self.learner.policy.load(state.optimizer, state.version)
        self._publish()

    def resume(self, state: TrainerState) -> None:
        """Go on where `state` was taken; the model has its weights."""
        self.step, self.batches.draws.done, self._clock.elapsed = state.step, state.draws, state.elapsed
        self.learner.load(state)
        self._publish()
        if self.stage.one_step_off and 0 < self.step < self.stage.steps:
            rows = self.run.metrics(self.stage.name)
            self._ahead = self.batches.sampled_before(self.step, rows[: self.step - 1])

    async def rows(self) -> AsyncIterator[Row]:
        """Train in place: a row of metrics a step; rollouts and visits go to the run."""
        stage, rows = self.stage, self.run.metrics(self.stage.name)
        while self.step < stage.steps:
            sampled = self._ahead or await self.batches.sample(self.step, rows, self._clock)
            self._ahead = None
            row = {"step": self.step + 1, **sampled.told}
            if stage.one_step_off and self.step + 1 < stage.steps and not sampled.last:
                row |= await self._learn_and_sample(sampled, rows)
            else:
                row |= self._learn(sampled, self._clock)
            with self._clock("publish"):
                self._publish()
            self.step += 1
            self.learner.adjust({n: float(v) for n, v in row.items() if isinstance(v, int | float)})
            rows.append(row | self._clock.rows())
            self._recent.append(sampled.groups)
            yield rows[-1]

    @property
    def recent(self) -> list[Group]:
        """Of the last steps, as many as have WINDOW responses. An interruption forgets them: what broke may
        be mended."""
        return list(chain(*self._recent))

    def _learn(self, sampled: Sampled, clock: Clock) -> dict[str, object]:
        """Nothing where every group was refused."""
        groups, policy = sampled.admitted.groups, self.learner.policy
        if not groups:
            return {}
        drawn_by = min(m.trajectory.policy_version for group in groups for m in group.members)
        staleness = policy.version - drawn_by
        with clock("update"):
            rate = self.stage.optimizer.rate(self.step, self.stage.steps)
            learnt = self.learner.learn(groups, rate, sampled.temperature)
        return describe_learning(learnt) | {"learning_rate": rate, "staleness": staleness}

    async def _learn_and_sample(self, sampled: Sampled, rows: Sequence[Row]) -> dict[str, object]:
        """Learn in a thread while the engine, whose weights are its own, draws the coming batch. Neither
        looks at what the other does: how they interleave changes no number."""
        with self._clock("update and rollout"):
            ahead = asyncio.create_task(self.batches.sample(self.step + 1, rows, Clock()))
            try:
                row = await asyncio.to_thread(self._learn, sampled, Clock())
                self._ahead = await ahead
            finally:
                ahead.cancel()
        return row

    def _publish(self) -> None:
        policy = self.learner.policy
        self.engine.load(policy.model.state_dict(), policy.version)
