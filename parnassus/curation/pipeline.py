"""What a curation does: sources, and steps in order. A plain value, like a recipe."""

import inspect
from dataclasses import dataclass
from typing import TypeGuard, cast

from parnassus.data.reading.layout import Format
from parnassus.data.reading.row import Rows
from parnassus.data.similarity.sweep import name_of
from parnassus.enrich.checked import Checked
from parnassus.enrich.made import Enrichment
from parnassus.errors import ConfigError, positive
from parnassus.types import Check, Filter

Step = Filter | Check | Enrichment


@dataclass(frozen=True, kw_only=True)
class Source:
    """`rows`: Files(...) or HubRows(...). `format`: a LAYOUT of data/sources, or Plain(). `most`: problems to
    take, the first ones; None: all."""

    rows: Rows
    format: Format
    most: int | None = None

    def __post_init__(self) -> None:
        positive(self, most=1 if self.most is None else self.most)


@dataclass(frozen=True, kw_only=True)
class Pipeline:
    """Steps see what the steps before kept, in the order of the sources; the first that objects gives the
    reason. Filters (data/filters, data/similarity) look at the problem, checks (data/checks) run something
    of it, enrichments (enrich) ask a model. Equal pipelines over equal files end equal, as far as the models
    that they ask do."""

    name: str
    summary: str
    sources: tuple[Source, ...]
    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        if not self.sources:
            raise ConfigError(f"pipeline {self.name!r} has no sources: where should problems come from?")
        check_steps(self.steps)


@dataclass(frozen=True)
class Sweep:
    """A pass of filters: over a file, on all cores."""

    filters: tuple[Filter, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(map(name_of, self.filters))


@dataclass(frozen=True)
class Visit:
    """A pass that has something to wait for at each problem."""

    step: Check | Enrichment

    @property
    def names(self) -> tuple[str, ...]:
        return (name_of(self.step),)

    @property
    def enrichment(self) -> Enrichment:
        return self.step if _is_enrichment(self.step) else Checked(cast(Check, self.step))


def check_steps(steps: tuple[Step, ...]) -> None:
    """Raises ConfigError for a step that no other process can find, or find again tomorrow."""
    for step in steps:
        if inspect.isfunction(step) and step.__qualname__ != step.__name__:
            raise ConfigError(
                f"step {step.__qualname__} has no name of its own at the top of a file: workers could not "
                "find it. Write a frozen dataclass with __call__, or a function by `def` (docs/adding.md)."
            )


def passes(steps: tuple[Step, ...]) -> list[Sweep | Visit]:
    """Filters that follow each other are one pass, whatever must run something is one by itself."""
    found: list[Sweep | Visit] = []
    for step in steps:
        if _is_enrichment(step) or _is_check(step):
            found.append(Visit(step))
            continue
        last = found[-1] if found else None
        if isinstance(last, Sweep):
            found[-1] = Sweep((*last.filters, cast(Filter, step)))
        else:
            found.append(Sweep((cast(Filter, step),)))
    return found


def asks(steps: tuple[Step, ...]) -> bool:
    """Whether any of `steps` asks a model."""
    return any(_is_enrichment(step) for step in steps)


def _is_enrichment(step: Step) -> TypeGuard[Enrichment]:
    return hasattr(step, "requests")


def _is_check(step: Step) -> TypeGuard[Check]:
    return inspect.iscoroutinefunction(step if inspect.isfunction(step) else type(step).__call__)
