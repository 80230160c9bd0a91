"""What the page needs of a run, as one frozen value."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from parnassus.errors import RunDirError
from parnassus.rundir.directory import Finished, RunDir
from parnassus.rundir.manifest import Manifest
from parnassus.types import Row


@dataclass(frozen=True)
class Stage:
    """One stage of the recipe and what is known of it."""

    name: str
    kind: str  # "curate", "sft", "rl", "rewardmodel" or "evaluate"
    planned: int  # steps
    rows: tuple[Row, ...]
    done: Finished | None

    @property
    def begun(self) -> bool:
        return bool(self.rows) or self.done is not None

    @property
    def length(self) -> int:
        """Steps: those that it made once it is done, for a trigger may end it early; else those planned."""
        return len(self.rows) if self.done else max(self.planned, len(self.rows))

    @property
    def turns(self) -> tuple[str, ...]:
        """What changed while it went on, and how it ended, each with its reason."""
        changes = self.rows[-1].get("changes") if self.rows else None
        told = [str(reason) for reason in changes.values()] if isinstance(changes, Mapping) else []
        return (*told, self.done.reason if self.done else "unfinished")

    @property
    def state(self) -> str:
        if self.done is not None:
            return "done"
        return f"unfinished: {len(self.rows)} of {self.planned} steps" if self.rows else "not begun"


@dataclass(frozen=True)
class Interval:
    """A mean in [0, 1] over held-out problems, with its 95% interval."""

    mean: float
    low: float
    high: float
    problems: int
    samples: int  # a problem


@dataclass(frozen=True)
class Score:
    """What an evaluation measured on a domain, or on one source within it."""

    domain: str
    source: str | None  # None: the whole domain
    estimate: Interval
    length: float  # mean tokens of a response
    finish_rate: float
    responses: int
    breakages: Mapping[str, int]  # reason -> responses that could not be judged: the estimate leaves them out

    @property
    def unjudged(self) -> int:
        return sum(self.breakages.values())


@dataclass(frozen=True)
class Lead:
    """A difference of two shares over the same problems, with its 95% interval."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Choice:
    """What it is worth to choose among the first `count` responses to each problem: by a reward model, by
    whoever knows (the oracle), not at all (the mean), by the answer most often given."""

    domain: str
    source: str | None  # None: the whole domain
    count: int
    reward_model: Interval
    oracle: Interval
    mean: Interval
    majority: Interval | None  # None where answers cannot be compared
    lead: Lead  # of the reward model over the mean


@dataclass(frozen=True)
class Evaluation:
    stage: str
    scores: tuple[Score, ...]
    choices: tuple[Choice, ...] = ()  # the domains as in `scores`, each with its sources, by count

    def score(self, domain: str, source: str | None = None) -> Score | None:
        return next((s for s in self.scores if (s.domain, s.source) == (domain, source)), None)


S = TypeVar("S", Score, Choice)


@dataclass(frozen=True)
class View:
    """Stages and evaluations in the recipe's order, scores in that of its sources of problems."""

    manifest: Manifest
    stages: tuple[Stage, ...]
    evaluations: tuple[Evaluation, ...]
    stopped: str  # by what, before it was done; or ""

    def of_kind(self, kind: str) -> tuple[Stage, ...]:
        return tuple(stage for stage in self.stages if stage.kind == kind)

    @property
    def complete(self) -> bool:
        return all(stage.done for stage in self.stages)

    @property
    def domains(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(s.domain for e in self.evaluations for s in e.scores))

    @property
    def domain_of(self) -> Mapping[str, str]:
        """Source -> domain, for the sources that were evaluated."""
        return {s.source: s.domain for e in self.evaluations for s in e.scores if s.source is not None}


def view(run: RunDir) -> View:
    """Raises RunDirError or DataError when a file of the run is not what this version writes."""
    rows, finished = run.metrics(), run.finished()
    stages = tuple(
        Stage(name, kind, planned, tuple(r for r in rows if r["stage"] == name), finished.get(name))
        for name, kind, planned in _planned(run.manifest)
    )
    sources = names([row for row in rows if row["kind"] == "curate"], "counts")
    done = [stage.name for stage in stages if stage.kind == "evaluate" and stage.done]
    evaluations = tuple(
        Evaluation(name, _ordered(run.evaluation(name, Score), sources), _choices(run, name, sources))
        for name in done
    )
    return View(run.manifest, stages, evaluations, run.stopped())


def _planned(manifest: Manifest) -> list[tuple[str, str, int]]:
    """Name, kind and steps of the recipe's stages. A stage without a number of them is done in one."""
    stages = manifest.settings.get("stages")
    if not isinstance(stages, Sequence) or isinstance(stages, str):
        raise RunDirError(
            f"the settings of run {manifest.recipe!r} name no stages: manifest.json was edited, or the run "
            "was made by another version."
        )
    counted = ((s, s.get("steps")) for s in stages)
    return [
        (str(s["name"]), str(s["kind"]).lower(), steps if isinstance(steps, int) else 1)
        for s, steps in counted
    ]


def _choices(run: RunDir, stage: str, sources: Sequence[str]) -> tuple[Choice, ...]:
    return _ordered(run.best_of(stage, Choice), sources)


def _ordered(scores: Sequence[S], sources: Sequence[str]) -> tuple[S, ...]:
    """In the order of the sources, each domain where its first source stands."""
    place = {source: at for at, source in enumerate(sources)}

    def rank(score: S) -> int:
        within = [score] if score.source is not None else [s for s in scores if s.domain == score.domain]
        return min(place.get(s.source or "", len(place)) for s in within)

    return tuple(sorted(scores, key=rank))


def value(row: Row, *path: str) -> float:
    """The number at `path` in a row, not a number where the row lacks it: steps without an update do."""
    found: object = row
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return float(found) if isinstance(found, int | float) and math.isfinite(found) else math.nan


def names(rows: Sequence[Row], key: str) -> tuple[str, ...]:
    """The names that appear in the mapping at `key` of any row, in order of appearance."""
    maps = [row[key] for row in rows if isinstance(row.get(key), Mapping)]
    return tuple(dict.fromkeys(str(name) for mapping in maps for name in mapping))  # type: ignore[union-attr]


def total(rows: Sequence[Row], *path: str) -> float:
    """The sum of what `value` finds; absent counts as nothing."""
    found = (value(row, *path) for row in rows)
    return sum(v for v in found if not math.isnan(v))
