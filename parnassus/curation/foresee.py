"""What a pipeline will ask of models, before it asks anyone: `parnassus curate --estimate`.

    sources ── read, filtered, in a folder that goes away ──> what the first pass is given that must run
                                                              something ──> an estimate for each that asks

What a pass that asks will leave nobody knows before: those after it are estimated with all that it is given,
an upper bound. No model is asked, no program run, nothing is left behind.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from parnassus.curation.directory import DROPPED, KEPT, CurationDir
from parnassus.curation.gather import gather
from parnassus.curation.pipeline import Pipeline, Sweep, Visit, passes
from parnassus.curation.visit import problems_of
from parnassus.data.similarity.sweep import sweep
from parnassus.enrich.cost import Cost, estimate


@dataclass(frozen=True)
class Foreseen:
    """Of a pass that asks."""

    name: str
    problems: int  # that it asks about
    bound: bool  # whether a pass before it may leave fewer
    costs: Mapping[str, Cost]  # by the model's name


def foresee(pipeline: Pipeline, directory: CurationDir, workers: int) -> Iterator[Foreseen]:
    """For each pass that is still to come and asks models. Raises the errors of reading and filtering."""
    todo, bound = passes(pipeline.steps), False
    if directory.done():
        return
    with TemporaryDirectory() as folder:
        scratch = CurationDir(Path(folder))
        done = [number for number in range(len(todo) + 1) if directory.passed(number).exists()]
        source = directory.passed(done[-1]) if done else _gathered(pipeline, scratch, workers)
        for number, work in enumerate(todo[done[-1] if done else 0 :], 1):
            if isinstance(work, Visit):
                if costs := estimate(problems_of(source / KEPT), work.enrichment):
                    about = sum(bool(work.enrichment.requests(p)) for p in problems_of(source / KEPT))
                    yield Foreseen(work.names[0], about, bound, costs)
                bound = True
            elif not bound:
                source = _swept(work, source, scratch.passed(number), workers)


def _gathered(pipeline: Pipeline, scratch: CurationDir, workers: int) -> Path:
    into = scratch.passed(0)
    into.mkdir(parents=True)
    gather(pipeline.sources, into, workers, lambda rows: None)
    return into


def _swept(work: Sweep, source: Path, into: Path, workers: int) -> Path:
    into.mkdir(parents=True)
    sweep(source / KEPT, into / KEPT, into / DROPPED, work.filters, workers)
    return into
