"""Whether all that a pipeline needs is there: files, data sets of a hub, benchmarks, encoders, models.

Asked before anything is computed, so that what is missing is not found out hours later; all of it at once.
"""

from collections.abc import Callable, Iterator

from parnassus.curation.pipeline import Pipeline, Source, Step, Visit, passes
from parnassus.data.filters.decontaminate import Decontaminate
from parnassus.data.reading.files import Files
from parnassus.data.reading.layout import Layout, innermost, problems
from parnassus.data.reading.row import Refused
from parnassus.data.similarity.benchmarks import read_benchmarks
from parnassus.data.similarity.embedding import EmbeddingDuplicates
from parnassus.enrich.made import Means
from parnassus.errors import ConfigError, DataError, ModelError
from parnassus.types import Problem

_MISSING = (ConfigError, DataError, ModelError)


def check_ready(pipeline: Pipeline, means: Means) -> None:
    """Reads the first row of each source. Raises the kind of error that the first thing missing is, naming
    all that are."""
    found = [_missing(lambda source=source: _first(source)) for source in pipeline.sources]
    missing = [error for _, error in found if error is not None]
    for step in pipeline.steps:
        missing += [error for _, error in [_missing(lambda step=step: _load(step))] if error is not None]
    first = next((problem for problem, _ in found if problem is not None), None)
    missing += [error for _, error in [_missing(lambda: check_models(pipeline, means, first))] if error]
    if missing:
        raise type(missing[0])("\n".join(map(str, missing)))


def check_models(pipeline: Pipeline, means: Means, problem: Problem | None) -> None:
    """Raises ConfigError where a step would ask a model that nobody named. `problem`: one to ask about."""
    if problem is not None:
        for name in _asked(pipeline, problem):
            means.model(name)


def _asked(pipeline: Pipeline, problem: Problem) -> Iterator[str]:
    for work in passes(pipeline.steps):
        if isinstance(work, Visit):
            yield from dict.fromkeys(request.model for request in work.enrichment.requests(problem))


def _missing(work: Callable[[], Problem | None]) -> tuple[Problem | None, Exception | None]:
    try:
        return work(), None
    except _MISSING as error:
        return None, error


def _first(source: Source) -> Problem | None:
    """None where the first row is none."""
    if isinstance(source.rows, Files):
        try:
            source.rows.paths()
        except DataError as error:
            raise DataError(f"{error}{_where_from(source)}") from error
    for one in problems(source.rows, source.format):
        return None if isinstance(one, Refused) else one
    return None


def _where_from(source: Source) -> str:
    layout = innermost(source.format)
    if not isinstance(layout, Layout):
        return ""
    return f". {layout.name} is published at {layout.link}: fetch it, and put it there"


def _load(step: Step) -> None:
    match step:
        case Decontaminate():
            read_benchmarks(step.benchmarks, step.fields)
        case EmbeddingDuplicates():
            step.encoder(("a text",))
        case _:
            pass
