"""The curation stage of a recipe: what `parnassus curate` does, with a split and demonstrations to imitate.

    families --draw--+
    files -----------+--> steps, with a card --> train, without what is held out
    what there is ---+                       --> demonstrations of a teacher among the steps --+
    benchmarks ---------> held out                                                             |
    sets of demonstrations --> chosen --------> demonstrations <-------------------------------+

A first stage has sources; a later one without any goes on with the problems that there are, and asks the
policy as it has become: Skywork-OR1 screens so before every stage.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from parnassus.curation.directory import DEMONSTRATIONS, DROPPED, PROBLEMS, CurationDir
from parnassus.curation.funnel import Funnel, funnel
from parnassus.curation.pipeline import Pipeline, Source, Step, Sweep, passes
from parnassus.curation.walk import Observer, curate
from parnassus.data.demonstrations import Demonstrations
from parnassus.data.drawing import Drawn, Generated, draw
from parnassus.data.pipeline import Dropped
from parnassus.data.plain import decode_problem
from parnassus.data.reading.files import Files
from parnassus.data.reading.layout import Plain, problems
from parnassus.data.reading.row import Refused
from parnassus.data.similarity.duplicates import SetFilter
from parnassus.enrich.made import Means
from parnassus.errors import ConfigError
from parnassus.rundir.atomic import write_bytes
from parnassus.rundir.records import to_json
from parnassus.types import Demonstration, Filter, Problem

Counts = Mapping[str, Mapping[str, int]]  # source -> "drawn", reasons to drop, "train", "held_out", "surplus"
_FEW = 20_000  # problems: below it a second process takes longer to start than it saves
_HELD_OUT = "is held out"
_REFUSED = "rows that are no problems"


@dataclass(frozen=True, kw_only=True)
class Curate:
    """`sources`: none goes on with the problems that there are. `steps`: as of a pipeline; the filters that
    stand first are asked while families draw, who draw on until they have what is wanted. `held_out`: read
    whole, no step sees them; what they ask is not trained on. `taught`: sets of responses to imitate."""

    name: str = "curate"
    sources: tuple[Generated | Source, ...] = ()
    steps: tuple[Step, ...] = ()
    held_out: tuple[Source, ...] = ()
    taught: tuple[Demonstrations, ...] = ()

    @property
    def generated(self) -> tuple[Generated, ...]:
        return tuple(source for source in self.sources if isinstance(source, Generated))

    @property
    def files(self) -> tuple[Source, ...]:
        return tuple(source for source in self.sources if isinstance(source, Source))

    @property
    def drawing(self) -> tuple[Filter, ...]:
        """The filters that are asked while families draw: those that stand first and remember nothing."""
        first = passes(self.steps)[:1]
        filters = first[0].filters if first and isinstance(first[0], Sweep) else ()
        return tuple(takewhile(lambda one: not isinstance(one, SetFilter), filters))


@dataclass(frozen=True, kw_only=True)
class Pool:
    """What the stages of a run work with."""

    train: Sequence[Problem] = ()
    held_out: Sequence[Problem] = ()
    demonstrations: Sequence[Demonstration] = ()


@dataclass(frozen=True, kw_only=True)
class Curated:
    pool: Pool
    dropped: Sequence[Dropped]  # while families drew, and what is held out; the rest lies in the directory
    counts: Counts
    taught: Mapping[str, int]  # rows of sets of demonstrations: reason -> those refused, "" -> those taken


async def curate_stage(
    stage: Curate, seed: int, before: Pool, out: Path, means: Means, workers: int, observer: Observer
) -> Curated:
    """Do the stage into `out`, or what is left of it to do; `before`: what an earlier stage left. Raises the
    errors of parnassus.errors."""
    drawn = draw(stage.generated, stage.drawing, seed)
    begun = drawn.train if stage.sources else before.train
    held_out, refused = _read(stage.held_out)
    held_out = [*(drawn.held_out if stage.sources else before.held_out), *held_out]
    workers = workers if len(begun) > _FEW or stage.files else 1
    directory = await curate(_pipeline(stage, begun, out), out, means, workers, observer)
    found = funnel(directory)
    train, dropped = _apart([decode_problem(row, out.name, "") for row in directory.rows(PROBLEMS)], held_out)
    if not train:
        raise ConfigError(f"stage {stage.name!r} leaves no problem to train on: {out}/card.html says why")
    told = drawn.demonstrations if stage.sources else before.demonstrations
    demonstrations, taught = _demonstrations(told, directory, stage.taught)
    return Curated(
        pool=Pool(train=train, held_out=held_out, demonstrations=demonstrations),
        dropped=[*drawn.dropped, *dropped],
        counts=_counts(drawn, found, refused, train, held_out, dropped),
        taught=taught,
    )


def as_pipeline(stage: Curate, seed: int, out: Path) -> Pipeline:
    """The stage's steps over its own sources, as `curate_stage` does them: what families draw is written to
    `out`. Raises ConfigError for a stage without sources."""
    return _pipeline(stage, draw(stage.generated, stage.drawing, seed).train, out)


def _pipeline(stage: Curate, begun: Sequence[Problem], out: Path) -> Pipeline:
    """The stage's steps over its files and what families drew."""
    sources = list(stage.files)
    if begun:
        file = out / "begun.jsonl"
        write_bytes(file, b"".join(to_json(problem) + b"\n" for problem in begun))
        sources.insert(0, Source(rows=Files(str(file)), format=Plain()))
    if not sources:
        raise ConfigError(f"stage {stage.name!r} has no sources and nothing was left to it: give it some")
    summary = f"what stage {stage.name} of a recipe leaves"
    return Pipeline(name=stage.name, summary=summary, sources=tuple(sources), steps=stage.steps)


def _read(sources: Iterable[Source]) -> tuple[list[Problem], Counter[str]]:
    """All problems of `sources`, and how many rows are none under which reason."""
    found, refused = list[Problem](), Counter[str]()
    for source in sources:
        taken = 0
        for one in problems(source.rows, source.format):
            if isinstance(one, Refused):
                refused[one.reason.split(": ")[0]] += 1
            elif source.most is None or taken < source.most:
                taken += 1
                found.append(one)
    return found, refused


def _apart(train: Sequence[Problem], held_out: Sequence[Problem]) -> tuple[list[Problem], list[Dropped]]:
    """`train` without what is held out."""
    asked = {problem.prompt: problem.id for problem in held_out}
    both = [problem for problem in train if problem.prompt in asked]
    dropped = [Dropped(problem, f"{_HELD_OUT}: {asked[problem.prompt]}") for problem in both]
    return [problem for problem in train if problem.prompt not in asked], dropped


def _demonstrations(
    told: Iterable[Demonstration], directory: CurationDir, sets: Sequence[Demonstrations]
) -> tuple[list[Demonstration], Counter[str]]:
    """Those `told` whose problem no step took away, those of a teacher and of `sets`; and of the rows of the
    latter two how many were refused under which reason, and under "" those taken."""
    lost = {row["row"]["id"] for row in directory.rows(DROPPED) if isinstance(row["row"], Mapping)}
    taught = Counter[str]()
    found = [one for one in told if one.problem.id not in lost]
    of_sets = [one for one in _taught([*_distilled(directory), *sets], taught) if one.problem.id not in lost]
    if gone := taught[""] - len(of_sets):
        taught[""] -= gone
        taught["its problem was dropped"] += gone
    return [*found, *of_sets], taught


def _distilled(directory: CurationDir) -> list[Demonstrations]:
    """What a teacher among the steps said."""
    file = directory.file(DEMONSTRATIONS)
    return [Demonstrations(Files(str(file)))] if file.exists() else []


def _taught(sets: Iterable[Demonstrations], counts: Counter[str]) -> list[Demonstration]:
    taken = list[Demonstration]()
    for row in (row for one in sets for row in one):
        if isinstance(row, Refused):
            counts[row.reason.split(": ")[0]] += 1
        else:
            counts[""] += 1
            taken.append(row)
    return taken


def _counts(
    drawn: Drawn,
    found: Funnel,
    refused: Counter[str],
    train: Sequence[Problem],
    held_out: Sequence[Problem],
    dropped: Sequence[Dropped],
) -> dict[str, dict[str, int]]:
    """For each source where its rows went; `drawn` is the sum of the rest."""
    counts = dict[str, Counter[str]]()
    for name, family in drawn.funnel.items():
        counts[name] = Counter(family.dropped) + Counter(surplus=family.surplus)
    for loss, by_source in found.dropped.items():
        for name, number in by_source.items():
            counts.setdefault(name, Counter())[loss.reason] += number
    for drop in dropped:
        counts.setdefault(drop.problem.source, Counter())[drop.kind] += 1
    for side, those in (("train", train), ("held_out", held_out)):
        for problem in those:
            counts.setdefault(problem.source, Counter())[side] += 1
    if rows := found.refused + refused:
        counts[_REFUSED] = rows
    ends = ("train", "held_out", "surplus")
    return {
        name: {"drawn": of.total(), **{reason: of[reason] for reason in of if reason not in ends}}
        | {end: of[end] for end in ends}
        for name, of in counts.items()
    }
