"""Supervised warm-up: demonstrations become batches whose every weight is `imitate`; then the same road as
RL."""

from collections import deque
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from random import Random

import torch
from torch import Tensor
from transformers import PreTrainedModel

from parnassus.envs.single_turn import SingleTurn
from parnassus.errors import DataError, positive
from parnassus.text.chat import Chat
from parnassus.train.assemble import Stream, imitation
from parnassus.train.clock import Clock
from parnassus.train.optimizer import AdamW
from parnassus.train.policy import Policy
from parnassus.train.state import TrainerState
from parnassus.types import Demonstration, Env, Row, Stats, TokenView, Trigger


@dataclass(frozen=True, kw_only=True)
class SFT:
    """A supervised stage over the run's demonstrations, in shuffled epochs; loss on responses only."""

    name: str
    steps: int  # at most: see `until`
    batch: int = 64  # demonstrations a step
    env: Env = field(default_factory=SingleTurn)  # how problems are asked: as in the stages that follow
    until: tuple[Trigger, ...] = ()  # the first that fires ends the stage before its steps are done
    optimizer: AdamW
    tokens_per_batch: int = 4096  # tokens a micro-batch may hold

    def __post_init__(self) -> None:
        positive(self, steps=self.steps, batch=self.batch, tokens_per_batch=self.tokens_per_batch)


class Imitator:
    """One supervised stage under way. `rows` does it; between two rows `state` is all that a resumed run
    needs. Raises DataError without demonstrations."""

    def __init__(
        self,
        stage: SFT,
        model: PreTrainedModel,
        chat: Chat,
        demonstrations: Sequence[Demonstration],
        seed: int,
    ):
        if not demonstrations:
            raise DataError(
                f"stage {stage.name!r} has no demonstrations: give a source of the curate stage some"
            )
        self.stage, self.policy = stage, Policy(model, stage.optimizer)
        self.step = 0  # done so far
        self._clock = Clock()
        self._streams = [demonstrated(d, chat, stage.env) for d in demonstrations]
        self._order = _epochs(len(self._streams), f"{seed}/{stage.name}")

    def state(self) -> TrainerState:
        return TrainerState(
            step=self.step,
            version=self.policy.version,
            optimizer=self.policy.optimizer.state_dict(),
            elapsed=self._clock.elapsed,
        )

    def resume(self, state: TrainerState) -> None:
        """Go on where `state` was taken; the model has its weights."""
        self.step, self._clock.elapsed = state.step, state.elapsed
        self.policy.load(state.optimizer, state.version)
        deque(islice(self._order, self.step * self.stage.batch), maxlen=0)  # what was drawn before

    async def rows(self) -> AsyncIterator[Row]:
        """Train in place: a row of metrics a step. Its "epoch": how often all demonstrations were drawn."""
        stage, clock = self.stage, self._clock
        while self.step < stage.steps:
            with clock("draw"):
                drawn = [self._streams[next(self._order)] for _ in range(stage.batch)]
                batches = list(imitation(drawn, stage.tokens_per_batch))
            with clock("update"):
                rate = stage.optimizer.rate(self.step, stage.steps)
                update = self.policy.gradient(batches, no_policy_loss)
                norm = self.policy.step(rate)
            self.step += 1
            yield {
                "step": self.step,
                "epoch": self.step * stage.batch // len(self._streams),
                "loss": update.loss,
                "entropy": update.means["entropy"],
                "grad_norm": norm,
                "learning_rate": rate,
                "tokens": update.tokens,
                "demonstrations": stage.batch,
            } | clock.rows()


def demonstrated(demonstration: Demonstration, chat: Chat, env: Env) -> Stream:
    """The conversation as a rollout lays it out. Responses and the token that ends each are to be learnt, not
    what is said to the policy."""
    tokens = list(chat.prompt(env.prompt(demonstration.problem)))
    chosen = list[int]()

    def learn(response: str) -> None:
        start = len(tokens)
        tokens.extend((*chat.encode(response), chat.end))
        chosen.extend(range(start, len(tokens)))

    learn(demonstration.response)
    for turn in demonstration.more:
        tokens += chat.reply(turn.reply, tokens)
        learn(turn.response)
    return Stream(tuple(tokens), tuple(chosen))


def no_policy_loss(view: TokenView) -> tuple[Tensor, Stats]:
    return torch.zeros_like(view.logp), {}


def _epochs(length: int, key: str) -> Iterator[int]:
    random = Random(key)
    while True:
        order = list(range(length))
        random.shuffle(order)
        yield from order
