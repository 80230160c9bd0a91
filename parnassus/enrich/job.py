"""Many problems through one enrichment: so many at once, each result on disk the moment it is there.

    problems ── result there already? ── yes ──────────────────────────┐
                       └── no, or it failed: enrichment ── a line ──> Results, in the order of the problems

Every problem ends as enriched, dropped with a reason, or failed with a reason. What failed is tried again by
the next start, and what was dropped because a model refused it; nothing else is. A result belongs to the
problem's content, the enrichment's settings and the names of its models: where one of them has changed, it is
made anew. Not here: what is asked, and answers that are kept (Cached), by which a problem that a kill caught
half done goes on where it was.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from pydantic_core import PydanticSerializationError

from parnassus.enrich.log import KeyedLog, Place, key_of
from parnassus.enrich.made import Enrichment, Means, Sample
from parnassus.errors import AnsweringError, ConfigError, DataError, RefusedError
from parnassus.rundir.records import from_json, to_json
from parnassus.types import Problem

FILE = "enriched.jsonl"
REFUSED = "no usable answer"
FAILURES_IN_A_ROW = 50  # and refusals, after which the server is to blame: the rest would only fail as well


class Ended(StrEnum):
    ENRICHED = "enriched"
    DROPPED = "dropped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Item:
    """What became of one problem; a line of the file."""

    key: str
    id: str  # of the problem that went in
    ended: Ended
    reason: str  # of what was dropped or failed
    problem: Problem  # that came out; of what failed, that went in
    samples: tuple[Sample, ...]


@dataclass
class Tally:
    """Reasons are counted by what stands before their first ": "."""

    enriched: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)

    def add(self, item: Item) -> None:
        reason = item.reason.partition(": ")[0]
        match item.ended:
            case Ended.ENRICHED:
                self.enriched += 1
            case Ended.DROPPED:
                self.dropped[reason] += 1
            case Ended.FAILED:
                self.failed[reason] += 1


class Results:
    """An item for each problem, in the order of the problems; read from the disk anew for every loop."""

    def __init__(self, path: Path, places: list[Place], tally: Tally) -> None:
        self._path, self._places, self.tally = path, places, tally

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[Item]:
        with self._path.open("rb") as file:
            for start, length in self._places:
                file.seek(start)
                yield from_json(Item, file.read(length), str(self._path))


async def enrich(
    problems: Iterable[Problem],
    enrichment: Enrichment,
    means: Means,
    directory: Path,
    *,
    at_once: int = 64,
    on_item: Callable[[Item], None] = lambda item: None,
) -> Results:
    """`on_item` is called with every item as it ends, with those that stood there too. Raises AnsweringError
    when too many problems in a row failed; whatever is raised, what is finished is kept."""
    if at_once < 1:
        raise ConfigError(f"enrich: at_once={at_once} must be 1 or more")
    with KeyedLog(directory / FILE) as log:
        job = _Job(enrichment, means, log, on_item)
        feed = iter(problems)
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(at_once):
                    group.create_task(job.work(feed))
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from None
        return Results(log.path, [log.place(key) for key in job.keys], job.tally)


def waiting(
    problems: Iterable[Problem], enrichment: Enrichment, means: Means, directory: Path
) -> Iterator[Problem]:
    """Those of `problems` that `enrich` would work on: what it left there before does not answer for them."""
    with KeyedLog(directory / FILE) as log:
        job = _Job(enrichment, means, log, lambda item: None)
        yield from (problem for problem in problems if job.standing(job.key(problem)) is None)


class _Job:
    """The workers' common ground; they share one loop, so nothing happens between two awaits."""

    def __init__(
        self, enrichment: Enrichment, means: Means, log: KeyedLog, on_item: Callable[[Item], None]
    ) -> None:
        self._enrichment, self._means, self._log, self._on_item = enrichment, means, log, on_item
        self._settings = _settings(enrichment, means)
        self._under_way: set[str] = set()  # or done by this start
        self._failures = 0  # in a row
        self.keys: list[str] = []
        self.tally = Tally()

    async def work(self, feed: Iterator[Problem]) -> None:
        for problem in feed:
            key = self.key(problem)
            self.keys.append(key)
            if key in self._under_way:  # the same problem twice
                continue
            self._under_way.add(key)
            item = self.standing(key)
            if item is None:
                item = await self._made(key, problem)
                self._log.put(key, to_json(item))
            self.tally.add(item)
            self._on_item(item)
            self._check(item)

    def key(self, problem: Problem) -> str:
        return key_of(self._settings, _content(problem))

    def standing(self, key: str) -> Item | None:
        """What an earlier start left of the problem, if that is worth keeping."""
        line = self._log.get(key)
        item = None if line is None else from_json(Item, line, str(self._log.path))
        return None if item is None or _in_vain(item) else item

    async def _made(self, key: str, problem: Problem) -> Item:
        try:
            made = await self._enrichment(problem, self._means)
        except AnsweringError as error:
            refused, why = isinstance(error, RefusedError), str(error).encode("utf-8", "replace").decode()
            reason = f"{REFUSED}: {why}" if refused else why
            return Item(key, problem.id, Ended.DROPPED if refused else Ended.FAILED, reason, problem, ())
        ended = Ended.DROPPED if made.dropped else Ended.ENRICHED
        return Item(key, problem.id, ended, made.dropped, made.problem, made.samples)

    def _check(self, item: Item) -> None:
        self._failures = self._failures + 1 if _in_vain(item) else 0
        if self._failures == FAILURES_IN_A_ROW:
            raise AnsweringError(
                f"{self._failures} problems in a row failed, the last one, {item.id}: {item.reason}. What is "
                "finished is kept: run the same again when the cause is repaired."
            )


def _in_vain(item: Item) -> bool:
    """Whether a model, or what judges it, is to blame."""
    return item.ended is Ended.FAILED or item.reason.startswith(f"{REFUSED}: ")


def _settings(enrichment: Enrichment, means: Means) -> str:
    """All that results depend on beside the problem. Raises ConfigError where it is not the same tomorrow."""
    models = sorted((name, answerer.model) for name, answerer in means.models.items())
    text = f"{enrichment!r} {models!r}"
    if " at 0x" in text:
        raise ConfigError(
            f"{text:.300}: a part without a repr of its own, so no result of it could be found again: make "
            "it a frozen dataclass"
        )
    return text


def _content(problem: Problem) -> str:
    try:
        return to_json(problem).decode()
    except PydanticSerializationError as error:
        raise DataError(f"{problem.id}: its text cannot be stored: {error}. Drop it by a filter.") from error
