"""The models that a pipeline's steps ask, as the command line names them: NAME=MODEL@URL, NAME=DIRECTORY."""

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from parnassus.engines.make import make_engine
from parnassus.enrich.answerer import Answerer
from parnassus.enrich.cache import Cached
from parnassus.enrich.engine import EngineAnswerer
from parnassus.enrich.made import Means
from parnassus.enrich.server import ServerAnswerer
from parnassus.errors import ConfigError, positive
from parnassus.models.load import load
from parnassus.sandbox.make import SandboxChoice, make_sandbox

_WANTED = "--ask wants NAME=MODEL@URL, a server of chat completions, or NAME=DIRECTORY, weights to load here"


@dataclass(frozen=True)
class Asking:
    """How models are asked."""

    at_once: int = 64  # questions with a server
    seconds: float = 600.0  # that a server has for an answer
    retries: int = 8  # of a question that it did not answer
    device: str = "cpu"  # of weights that are loaded here

    def __post_init__(self) -> None:
        positive(self, at_once=self.at_once, seconds=self.seconds, retries=self.retries + 1)


DEFAULT = Asking()


@asynccontextmanager
async def open_means(
    models: Sequence[str], choice: SandboxChoice, workers: int, cache: Path, asking: Asking = DEFAULT
) -> AsyncIterator[Means]:
    """Raises ConfigError for a model that is not named so, or that nobody answers for. What models say is
    kept in `cache`."""
    named = dict[str, str]()
    for said in models:
        name, equals, place = said.partition("=")
        if not (name and equals and place) or name in named:
            raise ConfigError(f"{_WANTED}, each name once; got {said!r}")
        named[name] = place
    async with AsyncExitStack() as stack:
        known = dict[str, Cached]()  # place -> who answers there, under all its names
        for place in dict.fromkeys(named.values()):
            answerer = await _answerer(place, stack, asking)
            if answerer.model in [other.model for other in known.values()]:
                raise ConfigError(
                    f"--ask: {answerer.model} is named at two addresses, and answers are kept by the "
                    "model's name: give all its names one address"
                )
            known[place] = stack.enter_context(Cached(answerer, cache))
        sandbox = await stack.enter_async_context(make_sandbox(workers, choice))
        yield Means({name: known[place] for name, place in named.items()}, sandbox)


async def _answerer(place: str, stack: AsyncExitStack, asking: Asking) -> Answerer:
    model, at, url = place.partition("@")
    if at:
        server = ServerAnswerer(
            url, model, concurrency=asking.at_once, seconds=asking.seconds, retries=asking.retries
        )
        return await stack.enter_async_context(server)
    loaded = load(place, 0, asking.device)
    engine = make_engine(loaded.model, loaded.chat.stop_ids, loaded.context, loaded.chat.decode)
    return EngineAnswerer(engine, loaded.chat, os.path.abspath(place))
