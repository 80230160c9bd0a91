"""What tests of enrichments share: a model that a function stands in for, problems, a job run to its end."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from parnassus.enrich.answerer import Answerer, Reply
from parnassus.enrich.job import Item, Results, enrich
from parnassus.enrich.made import Enrichment, Made, Means
from parnassus.errors import AnsweringError
from parnassus.sandbox.forkserver import ForkServer
from parnassus.types import Answer, Message, Problem, Sampling, Stop


class Scripted:
    """An Answerer that answers what `script` says of the last message and the seed: a text, None for an
    answer that does not come, or a whole Reply. Keeps what it was asked."""

    def __init__(self, script: Callable[[str, int], str | Reply | None], model: str = "scripted") -> None:
        self._script, self.model = script, model
        self.asked: list[tuple[tuple[Message, ...], Sampling, int]] = []
        self.now = self.most = 0
        self.counted = Counter[str]()

    async def __call__(self, messages: Sequence[Message], sampling: Sampling, seed: int) -> Reply:
        self.asked.append((tuple(messages), sampling, seed))
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0.001)
        self.now -= 1
        said = self._script(messages[-1].content, seed)
        if said is None:
            raise AnsweringError("the server is gone: again")
        return said if isinstance(said, Reply) else Reply(said, Stop.FINISHED, None, len(said.split()))


def problem(question: str = "1+1=?", answer: str = "2", **more: Any) -> Problem:
    return Problem(f"t/{question}", (Message("user", question),), Answer(answer), "math", "t", **more)


class NoSandbox:
    async def run(self, program, limits, partner=None):
        raise AssertionError("no program should run")


def made(enrichment: Enrichment, problem: Problem, **models: Answerer) -> Made:
    """What the enrichment makes, without a file, with a sandbox of this machine."""

    async def main() -> Made:
        async with ForkServer(2) as sandbox:
            return await enrichment(problem, Means(models, sandbox))

    return asyncio.run(main())


def job(
    problems: Sequence[Problem],
    enrichment: Enrichment,
    directory: Path,
    model: Answerer,
    at_once: int = 4,
    on_item: Callable[[Item], None] = lambda item: None,
) -> Results:
    means = Means({"model": model}, NoSandbox())
    return wait(enrich(problems, enrichment, means, directory, at_once=at_once, on_item=on_item))


def wait(work: Awaitable[Any]) -> Any:
    async def limited() -> Any:
        async with asyncio.timeout(60):
            return await work

    return asyncio.run(limited())
