"""Asks many questions at once and judges the answers: what the enrichments share."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from statistics import fmean, pstdev
from typing import TypeVar

from parnassus.enrich.answerer import Reply, Request, seed_of
from parnassus.enrich.made import Means, Sample
from parnassus.envs.single_turn import SingleTurn
from parnassus.errors import AnsweringError, ConfigError, DataError
from parnassus.text.answers import joined_turns
from parnassus.types import (
    Breakage,
    Env,
    Exchange,
    Message,
    Outcome,
    Problem,
    Sampling,
    Stop,
    Verdict,
    Verifier,
)
from parnassus.verifiers.retrying import judge, reply

T = TypeVar("T")


@dataclass(frozen=True)
class Agent:
    """A model with a way of being asked: R1-Code-Interpreter's four agents (arXiv 2505.21668) are one model
    with four prompts: `CodeInterpreter(style=...)` as their environments."""

    name: str = "agent"
    model: str = "model"  # by its name in Means
    system: str = ""  # before the problem's own system message, if it has one
    after: str = ""  # after the problem's last message
    env: Env = field(default_factory=SingleTurn)  # how the problem is asked, and who answers the model

    def messages(self, problem: Problem) -> tuple[Message, ...]:
        messages = list(self.env.prompt(problem))
        if self.system and messages and messages[0].role == "system":
            messages[0] = Message("system", f"{self.system}\n\n{messages[0].content}")
        elif self.system:
            messages.insert(0, Message("system", self.system))
        if self.after and messages:
            messages[-1] = replace(messages[-1], content=f"{messages[-1].content}\n\n{self.after}")
        return tuple(messages)


Asked = tuple[Agent, Request]


def questions(
    problem: Problem, agents: Sequence[Agent], samples: int, sampling: Sampling, seed: int
) -> list[Asked]:
    """`samples` first questions by each agent; each with a seed named by the problem, the agent and its
    number."""

    def first(agent: Agent, number: int) -> Request:
        ended = replace(sampling, stop=(*sampling.stop, *agent.env.stop))
        own = seed_of(seed, problem.id, agent.name, number)
        return Request(agent.model, agent.messages(problem), ended, own)

    return [(agent, first(agent, number)) for agent in agents for number in range(samples)]


def expected(asked: Iterable[Asked]) -> list[Request]:
    """All that may be asked, for an estimate: the first question stands in for those after it."""
    return [request for agent, request in asked for _ in range(agent.env.turns)]


async def ask(means: Means, request: Request) -> Reply:
    return await means.model(request.model)(request.messages, request.sampling, request.seed)


async def sampled(means: Means, problem: Problem, asked: Sequence[Asked], verifier: Verifier) -> list[Sample]:
    """An answer to each question, judged as it comes. Raises AnsweringError where one did not come, once all
    the others have: those are kept by whoever keeps answers."""

    async def one(agent: Agent, request: Request) -> Sample:
        talk = await _talk(means, problem, agent, request)
        verdict = talk.broken
        try:
            said = joined_turns([said.text for said in talk.said])
            verdict = verdict or await judge(verifier, problem, said, means.sandbox)
        except DataError as error:  # no response could be judged by this problem
            verdict = Verdict(Outcome.BROKEN, 0.0, str(error), Breakage.CHECKER)
        (first, *later), stop = talk.said, Stop.ERROR if talk.broken else talk.said[-1].stop
        more = zip(talk.replies, later, strict=True)
        turns = tuple(Exchange(words, said.text) for words, said in more)
        return Sample(agent.name, first.text, stop, talk.tokens, verdict, turns)

    return await all_of(one(agent, request) for agent, request in asked)


@dataclass(frozen=True)
class _Talk:
    said: Sequence[Reply]  # by the model, at least one
    replies: Sequence[str]  # of the environment between them
    broken: Verdict | None  # where the environment failed

    @property
    def tokens(self) -> int | None:
        counts = [said.tokens for said in self.said if said.tokens is not None]
        return sum(counts) if len(counts) == len(self.said) else None


async def _talk(means: Means, problem: Problem, agent: Agent, request: Request) -> _Talk:
    """The model and its environment in turn, until it is over. Each turn has a seed of its own."""
    episode, said, replies = agent.env.begin(problem, means.sandbox), list[Reply](), list[str]()
    messages = request.messages
    while True:
        seed = request.seed if not said else seed_of(request.seed, len(said) + 1)
        answer = await ask(means, replace(request, messages=messages, seed=seed))
        if answer.stop is Stop.FINISHED:
            answer = replace(answer, text=agent.env.restored(answer.text))
        said.append(answer)
        if answer.stop is not Stop.FINISHED or len(said) == agent.env.turns:
            return _Talk(said, replies, None)
        words = await reply(episode, answer.text)
        if words is None or isinstance(words, Verdict):
            return _Talk(said, replies, words)
        replies.append(words)
        messages = (*messages, Message("assistant", answer.text), Message("user", words))


async def all_of(work: Iterable[Awaitable[T]]) -> list[T]:
    """What each of `work` gives, in order, once all have ended. Of several errors the one that decides most
    is raised: of all questions, of this one for good, of this one for now."""
    ended = await asyncio.gather(*work, return_exceptions=True)
    errors = [result for result in ended if isinstance(result, BaseException)]
    if errors:
        raise min(errors, key=lambda e: isinstance(e, AnsweringError) + (type(e) is AnsweringError))
    return [result for result in ended if not isinstance(result, BaseException)]


def judged(samples: Sequence[Sample]) -> list[Sample]:
    """Those that could be judged; none, where most could not. Raises AnsweringError where a sandbox was not
    to be had for most: another time it may be."""
    broken = [sample.verdict for sample in samples if sample.verdict.outcome is Outcome.BROKEN]
    if 2 * len(broken) <= len(samples):
        return [sample for sample in samples if sample.verdict.outcome is not Outcome.BROKEN]
    for verdict in broken:
        check_sandbox(verdict)
    return []


def check_sandbox(verdict: Verdict) -> None:
    """Raises AnsweringError for a verdict that is none because a sandbox was not to be had."""
    if verdict.breakage in (Breakage.SANDBOX, Breakage.OVERLOAD):
        raise AnsweringError(f"not judged: {verdict.detail}")


def unjudgeable(samples: Sequence[Sample]) -> str:
    """The reason to drop a problem of which `judged` gives nothing."""
    return "cannot be judged: " + next(s.verdict.detail for s in samples if s.verdict.breakage)


def rates(known: Sequence[Sample]) -> dict[str, float]:
    """What samples that could be judged, at least one, say of their problem: `score` is the mean share of
    tests passed, `score_std` by how much it spreads."""
    rate = fmean(sample.verdict.outcome is Outcome.CORRECT for sample in known)
    stats = {
        "pass_rate": rate,
        "samples": float(len(known)),
        "parsable": fmean(sample.verdict.outcome is not Outcome.UNPARSED for sample in known),
        "potential": 4 * rate * (1 - rate),
        "score": fmean(scores := [sample.verdict.score for sample in known]),
        "score_std": pstdev(scores),
    }
    lengths = [sample.tokens for sample in known if sample.tokens is not None]
    return stats | ({"response_tokens": fmean(lengths)} if lengths else {})


def check_names(settings: object, names: Sequence[str]) -> None:
    """Raises ConfigError where two have one name, and so would draw the same, or where there is none."""
    if not names or len(set(names)) < len(names):
        raise ConfigError(f"{type(settings).__name__}: wanted different names, at least one, got {names}")
