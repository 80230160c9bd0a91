"""How much was asked of models, and with what trouble: counted while a pass asks, kept through a kill.

    enrichment ── question ──> Counting ──> the model            counts-0001.json   of the first start
                                  └── now and then, rewritten -> counts-0002.json   of the next, and so on

A start has a file of its own, so that what it counts needs nothing of the starts before: read_counts adds
them up. Answers themselves are `Cached`'s matter.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from parnassus.enrich.answerer import Answerer, Reply
from parnassus.rundir.atomic import explained
from parnassus.rundir.records import from_json, read_bytes, to_json
from parnassus.types import Message, Sampling

EVERY = 20  # questions: so many at most are not counted when a process is killed
_NO_TROUBLE = ("questions", "from the cache", "requests", "answers", "prompt tokens", "tokens", "given up")


@dataclass(frozen=True, slots=True)
class Asked:
    """Of one model. `names`: what the steps call it."""

    model: str
    names: tuple[str, ...]
    counts: Mapping[str, int]  # as Answerer.counted

    @property
    def trouble(self) -> dict[str, int]:
        """Tries without an answer, by kind."""
        return {kind: count for kind, count in self.counts.items() if kind not in _NO_TROUBLE and count}


@dataclass(frozen=True, slots=True)
class _Start:
    asked: tuple[Asked, ...]


class Ledger:
    """Of one start of a pass, in the directory in which it keeps what was said."""

    def __init__(self, directory: Path, models: Mapping[str, Answerer]) -> None:
        self._directory = directory
        self._file: Path | None = None  # once something was asked
        self._ended = 0  # questions
        by_model: dict[str, list[str]] = {}
        for name, answerer in models.items():
            by_model.setdefault(answerer.model, []).append(name)
        self._names = by_model
        self._models = {answerer.model: answerer for answerer in models.values()}
        self._before = {model: Counter(answerer.counted) for model, answerer in self._models.items()}
        self.models = {name: _Counting(answerer, self) for name, answerer in models.items()}

    def asked(self) -> list[Asked]:
        """By this start, so far."""
        now = {model: answerer.counted - self._before[model] for model, answerer in self._models.items()}
        return [Asked(model, tuple(self._names[model]), counts) for model, counts in now.items() if counts]

    def ended(self) -> None:
        """A question was: after some of them, `keep`."""
        self._ended += 1
        if self._ended % EVERY == 0:
            self.keep()

    def keep(self) -> None:
        """Raises RunDirError where it cannot be written."""
        if not self._ended:
            return
        with explained(self._directory):
            if self._file is None:
                number = len(_files(self._directory)) + 1
                self._file = self._directory / f"counts-{number:04}.json"
            aside = self._file.with_suffix(".partial")
            aside.write_bytes(to_json(_Start(tuple(self.asked()))))
            aside.replace(self._file)


class _Counting:
    """An Answerer of which the ledger takes note."""

    def __init__(self, answerer: Answerer, ledger: Ledger) -> None:
        self._answerer, self._ledger = answerer, ledger

    @property
    def model(self) -> str:
        return self._answerer.model

    @property
    def counted(self) -> Counter[str]:
        return self._answerer.counted

    async def __call__(self, messages: Sequence[Message], sampling: Sampling, seed: int) -> Reply:
        try:
            return await self._answerer(messages, sampling, seed)
        finally:
            self._ledger.ended()


def read_counts(directory: Path) -> list[Asked]:
    """By all starts of a pass together. Raises DataError for a file that is not ours."""
    return added(
        asked for file in _files(directory) for asked in from_json(_Start, read_bytes(file), str(file)).asked
    )


def added(asked: Iterable[Asked]) -> list[Asked]:
    """One for each model, in the order in which they first come."""
    counts, names = dict[str, Counter[str]](), dict[str, dict[str, None]]()
    for one in asked:
        counts.setdefault(one.model, Counter()).update(one.counts)
        names.setdefault(one.model, {}).update(dict.fromkeys(one.names))
    return [Asked(model, tuple(names[model]), counts[model]) for model in counts]


def _files(directory: Path) -> list[Path]:
    return sorted(directory.glob("counts-*.json"))
