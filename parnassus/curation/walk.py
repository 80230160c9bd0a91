"""Does the passes of a pipeline in order, each once, and keeps what they leave on disk.

    gather ─> pass 1 ─> pass 2 ─> ... ─> problems, dropped, refused, places ─> card

A pass reads what the one before kept and leaves a folder that appears when it is done, so what was stopped
goes on with the pass it was in; a pass that asks models or judges goes on with the problem.
"""

import hashlib
import importlib.metadata
import platform
import signal
import sys
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from parnassus import __version__
from parnassus.curation.card import carded, write_card
from parnassus.curation.directory import DROPPED, KEPT, Begun, CurationDir
from parnassus.curation.gather import gather
from parnassus.curation.pipeline import Pipeline, Sweep, passes
from parnassus.curation.ready import check_models, check_ready
from parnassus.curation.visit import problems_of, visit
from parnassus.data.filters.decontaminate import Decontaminate
from parnassus.data.reading.files import Files
from parnassus.data.reading.layout import Layout, innermost
from parnassus.data.similarity.benchmarks import Benchmark, benchmark_files
from parnassus.data.similarity.sweep import Within, name_of, sweep
from parnassus.enrich.made import Means
from parnassus.rundir.atomic import new_directory
from parnassus.text.printed import printed

# What results depend on, as far as it is installed.
_PACKAGES = ("math-verify", "numpy", "rensa", "reasoning-gym", "datasets", "pyarrow", "transformers", "torch")


class Observer(Protocol):
    """Whoever watches: a progress display, or nobody."""

    def begin(self, what: str, total: int | None) -> None: ...
    def advance(self, done: int) -> None: ...
    def end(self, kept: int, reasons: Counter[str]) -> None: ...
    def tell(self, line: str) -> None: ...


async def curate(
    pipeline: Pipeline, out: Path, means: Means, workers: int, observer: Observer
) -> CurationDir:
    """Do `pipeline` into `out`, or what is left of it to do. Raises the errors of parnassus.errors; what was
    done stays, and the same call goes on. `means`: the models and the sandbox of steps that run something.
    `observer.tell` is given lines: what asking a model will cost, and what came of it."""
    directory, todo = CurationDir(out), passes(pipeline.steps)
    if not directory.done() and not directory.passed(0).exists():
        check_ready(pipeline, means)
    directory.begin(begun(pipeline))
    if directory.done():
        if not carded(directory):  # killed after the last problem was written
            write_card(directory, pipeline)
        directory.clear()
        return directory
    if not directory.passed(0).exists():
        _gather(pipeline, directory, workers, observer)
    check_models(pipeline, means, next(problems_of(directory.passed(0) / KEPT), None))
    for number, work in enumerate(todo, 1):
        if directory.passed(number).exists():
            continue
        source = directory.passed(number - 1) / KEPT
        observer.begin(", ".join(work.names), _lines(source))
        with new_directory(directory.passed(number)) as into:
            if isinstance(work, Sweep):
                with _interruptible():
                    counts = sweep(
                        source, into / KEPT, into / DROPPED, work.filters, workers, observer.advance
                    )
            else:
                asked = directory.asked(number)
                counts = await visit(work, source, into, asked, means, observer.advance, observer.tell)
        observer.end(counts.pop("", 0), counts)
    directory.finish(1 + len(todo))
    write_card(directory, pipeline)
    directory.clear()
    return directory


def _gather(pipeline: Pipeline, directory: CurationDir, workers: int, observer: Observer) -> None:
    observer.begin("read", None)
    with new_directory(directory.passed(0)) as into, _interruptible():
        counts = gather(pipeline.sources, into, workers, observer.advance)
    observer.end(counts.pop("", 0), counts)


@contextmanager
def _interruptible() -> Iterator[None]:
    """Within, an interrupt ends what never waits; asyncio would only make a note of it, for when it does."""
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield
        return
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def begun(pipeline: Pipeline) -> Begun:
    """What is noted about a curation that starts here and now."""
    files = [path for s in pipeline.sources if isinstance(s.rows, Files) for path in s.rows.paths()]
    formats = [innermost(source.format) for source in pipeline.sources]
    return Begun(
        name=pipeline.name,
        summary=pipeline.summary,
        sources=tuple(map(printed, pipeline.sources)),
        steps=tuple(map(printed, pipeline.steps)),
        names=tuple(map(name_of, pipeline.steps)),
        passes=tuple(", ".join(work.names) for work in passes(pipeline.steps)),
        files={str(path): _digest(path) for path in [*files, *_benchmarks(pipeline.steps)]},
        licences={one.name: one.licence for one in formats if isinstance(one, Layout)},
        versions={"parnassus": __version__, "python": platform.python_version()}
        | {package: version for package in _PACKAGES if (version := _version(package))},
        command=tuple(sys.argv),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def _benchmarks(steps: Iterable[object]) -> Iterator[Path]:
    """The files that decontamination looks into."""
    for step in steps:
        if isinstance(step, Within):
            yield from _benchmarks([step.step])
        elif isinstance(step, Decontaminate):
            named = (one for one in step.benchmarks if not isinstance(one, Benchmark))
            yield from (Path(file) for one in named for file in benchmark_files(one))


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


def _lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))
