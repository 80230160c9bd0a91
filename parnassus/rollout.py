"""Problems in, judged groups out: the only place where tokens meet text.

    env.prompt --chat--> ids --engine--> completion --text--> episode.reply --chat--> ids ... until it ends
                                                     └─ then at once: verifier -> Verdict -> rewards -> Scored

Every episode is its own coroutine, so that judging one, and judging it again where the judge broke, overlaps
generating the others. Words of the environment stand in the stream as the chat template puts a user's; the
policy does not answer for them. Not here: which problems (curriculum), which groups train (admission), any
tensor.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Protocol

from parnassus.algorithms.rewards.pay import scored
from parnassus.errors import ConfigError, DataError
from parnassus.text.answers import joined_turns
from parnassus.text.chat import Chat
from parnassus.types import (
    Engine,
    Env,
    Group,
    Problem,
    RewardTerm,
    Sampling,
    Sandbox,
    Scored,
    Stop,
    Trajectory,
    Verdict,
    Verifier,
)
from parnassus.verifiers.retrying import judge, reply


@dataclass(frozen=True, kw_only=True)
class Rollout:
    """How to play and judge one episode: the means (engine, chat, sandbox) and the rules (env, verifier,
    rewards)."""

    engine: Engine
    chat: Chat
    sandbox: Sandbox
    env: Env
    verifier: Verifier
    rewards: tuple[RewardTerm, ...]
    sampling: Sampling
    max_turns: int = 1

    async def groups(self, problems: Sequence[Problem], size: int, seed: str) -> list[Group]:
        """`size` scored episodes of each problem. Each episode draws from its own stream of random numbers,
        named by `seed`, the problem's place and its own, so the result does not depend on which episode
        finishes first."""
        return list(
            await asyncio.gather(*(self._group(p, size, f"{seed}/{i}") for i, p in enumerate(problems)))
        )

    async def _group(self, problem: Problem, size: int, seed: str) -> Group:
        members = await asyncio.gather(
            *(self._episode(problem, f"{seed}/{member}") for member in range(size))
        )
        return Group(problem, tuple(members))

    async def _episode(self, problem: Problem, seed: str) -> Scored:
        trajectory, broken = await self._play(problem, seed)
        verdict = broken or await judge(self.verifier, problem, trajectory.response, self.sandbox)
        return scored(trajectory, verdict, self.rewards)

    async def _play(self, problem: Problem, seed: str) -> tuple[Trajectory, Verdict | None]:
        """The episode, and a BROKEN verdict where the environment failed: that says nothing of the policy."""
        sampling = replace(self.sampling, stop=(*self.sampling.stop, *self.env.stop))
        episode, broken = self.env.begin(problem, self.sandbox), None
        tokens = list(self.chat.prompt(self.env.prompt(problem)))
        mask, logprobs = [False] * len(tokens), [0.0] * len(tokens)
        texts, version = list[str](), 0
        while True:
            try:
                said = await self.engine.generate(tokens, sampling, _number(f"{seed}/{len(texts) + 1}"))
            except DataError:
                if not texts:
                    raise
                stop = Stop.LENGTH  # what was said so far fills the context
                break
            stop, version = said.stop, said.policy_version
            tokens += said.tokens
            mask += [True] * len(said.tokens)
            logprobs += said.logprobs
            texts.append(self.chat.decode(said.tokens))
            if stop is not Stop.FINISHED or len(texts) == self.max_turns:
                break
            words = await reply(episode, texts[-1])
            if words is None:
                break
            if isinstance(words, Verdict):
                stop, broken = Stop.ERROR, words
                break
            context = self.chat.reply(words, said.tokens)
            tokens += context
            mask += [False] * len(context)
            logprobs += [0.0] * len(context)
        stream = tuple(tokens), tuple(mask), tuple(logprobs)
        return Trajectory(problem, *stream, joined_turns(texts), len(texts), stop, version), broken


class Bounds(Protocol):
    """What a stage says of the size of its episodes."""

    @property
    def name(self) -> str: ...
    @property
    def env(self) -> Env: ...
    @property
    def prompt_limit(self) -> int: ...
    @property
    def sampling(self) -> Sampling: ...


def check_turns(settings: object, env: Env, max_turns: int) -> None:
    """Raises ConfigError where an environment that answers would never be heard."""
    if max_turns == 1 < env.turns:
        raise ConfigError(
            f"{type(settings).__name__}: {type(env).__name__} answers the policy, but max_turns=1 ends an "
            f"episode before. Set max_turns={env.turns}, or fewer."
        )


def check_prompts(problems: Sequence[Problem], stage: Bounds, chat: Chat, context: int) -> None:
    """Raises DataError naming the first problem that is `too_long`, before anything runs."""
    for problem in problems:
        if why := too_long(problem, stage, chat, context):
            raise DataError(why)


def too_long(problem: Problem, stage: Bounds, chat: Chat, context: int) -> str:
    """Why it is: its prompt has more tokens than the stage's limit, or leaves no room for an answer of
    `max_tokens` in the model's `context`. Nothing where it fits."""
    length = len(chat.prompt(stage.env.prompt(problem)))
    if length > stage.prompt_limit:
        return (
            f"stage {stage.name!r}: the prompt of {problem.id} has {length} tokens, prompt_limit is "
            f"{stage.prompt_limit}. Raise it, or filter such problems out in the curate stage."
        )
    if length + stage.sampling.max_tokens > context:
        return (
            f"stage {stage.name!r}: the prompt of {problem.id} has {length} tokens; with the answer's "
            f"max_tokens={stage.sampling.max_tokens} more than the model's context of {context}."
        )
    return ""


def _number(key: str) -> int:
    return int.from_bytes(blake2b(key.encode(), digest_size=7).digest())
