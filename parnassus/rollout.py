"""Problems in, judged groups out: the only place where tokens meet text.

    env.prompt --chat--> ids --engine--> completion --text--> env.reply --chat--> ids ... until it ends
                                                     └─ then at once: verifier -> Verdict -> rewards -> Scored

Every episode is its own coroutine, so that judging one overlaps generating the others. Not here: which
problems (curriculum), which groups train (admission), any tensor.
"""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

from parnassus.errors import DataError
from parnassus.text.chat import Chat
from parnassus.types import (
    Engine,
    Group,
    MakeEnv,
    Problem,
    RewardTerm,
    Sampling,
    Sandbox,
    Scored,
    Stop,
    Trajectory,
    Verifier,
)


@dataclass(frozen=True, kw_only=True)
class Rollout:
    """How to play and judge one episode: the means (engine, chat, sandbox) and the rules (env, verifier,
    rewards)."""

    engine: Engine
    chat: Chat
    sandbox: Sandbox
    env: MakeEnv
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
        trajectory = await self._play(problem, seed)
        verdict = await self.verifier(problem, trajectory.response, self.sandbox)
        parts = {name_of(term): term(trajectory, verdict) for term in self.rewards}
        return Scored(trajectory, verdict, sum(parts.values()), parts)

    async def _play(self, problem: Problem, seed: str) -> Trajectory:
        env = self.env(problem)
        tokens = list(self.chat.prompt(env.prompt()))
        mask, logprobs = [False] * len(tokens), [0.0] * len(tokens)
        response, turn = "", 0
        while True:
            turn += 1
            said = await self.engine.generate(tokens, self.sampling, _number(f"{seed}/{turn}"))
            tokens += said.tokens
            mask += [True] * len(said.tokens)
            logprobs += said.logprobs
            text = self.chat.decode(said.tokens)
            response += text
            if said.stop is not Stop.FINISHED or turn == self.max_turns:
                break
            reply = await env.reply(text)
            if reply is None:
                break
            words = self.chat.encode(reply)
            tokens += words
            mask += [False] * len(words)
            logprobs += [0.0] * len(words)
        stream = tuple(tokens), tuple(mask), tuple(logprobs)
        return Trajectory(problem, *stream, response, turn, said.stop, said.policy_version)


def check_prompts(problems: Sequence[Problem], env: MakeEnv, chat: Chat, limit: int) -> None:
    """Raises DataError naming the first problem whose prompt has more than `limit` tokens, before anything
    runs."""
    for problem in problems:
        length = len(chat.prompt(env(problem).prompt()))
        if length > limit:
            raise DataError(
                f"the prompt of {problem.id} has {length} tokens, the stage's prompt_limit is {limit}. "
                "Raise prompt_limit, or filter such problems out in the curate stage."
            )


def name_of(term: RewardTerm) -> str:
    """What a reward term is recorded under: its class in snake case."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(term).__name__).lower()


def _number(key: str) -> int:
    return int.from_bytes(blake2b(key.encode(), digest_size=7).digest())
