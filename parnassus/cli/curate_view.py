"""What `curate` shows: a bar or lines while it works, then the funnel."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from parnassus.curation.directory import REFUSED, CurationDir
from parnassus.curation.funnel import EXAMPLES, Funnel, funnel
from parnassus.curation.visit import told
from parnassus.report.words import plural

if TYPE_CHECKING:
    from parnassus.curation.foresee import Foreseen


@contextmanager
def watching(quiet: bool) -> Iterator["Quiet | _Bars | _Lines"]:
    """The observer that fits where standard output goes."""
    console = Console(highlight=False)
    if quiet:
        yield Quiet()
    elif console.is_terminal:
        columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
        with Progress(*columns, console=console) as progress:
            yield _Bars(progress)
    else:
        yield _Lines()


class Quiet:
    """Shows nothing."""

    def begin(self, what: str, total: int | None) -> None: ...
    def advance(self, done: int) -> None: ...
    def end(self, kept: int, reasons: Counter[str]) -> None: ...
    def tell(self, line: str) -> None: ...


class _Bars:
    """A bar a pass; it stays, with what the pass left."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def begin(self, what: str, total: int | None) -> None:
        self._what, self._task = what, self._progress.add_task(_short(what), total=total)

    def advance(self, done: int) -> None:
        self._progress.update(self._task, completed=done)

    def end(self, kept: int, reasons: Counter[str]) -> None:
        done = kept + reasons.total()
        told = f"{_short(self._what)}: {kept:,} left"
        self._progress.update(self._task, description=told, total=done, completed=done)

    def tell(self, line: str) -> None:
        self._progress.console.print(f"  {line}", markup=False)


class _Lines:
    """For logs: two lines a pass."""

    def begin(self, what: str, total: int | None) -> None:
        print(what + (f", {total:,} problems" if total is not None else ""), flush=True)

    def advance(self, done: int) -> None: ...

    def end(self, kept: int, reasons: Counter[str]) -> None:
        told = "".join(f", {reason} {count:,}" for reason, count in reasons.most_common())
        print(f"  left {kept:,}{told}", flush=True)

    def tell(self, line: str) -> None:
        print(f"  {line}", flush=True)


def _short(what: str) -> str:
    return what if len(what) <= 40 else f"{what[:37]}..."


def print_estimate(foreseen: Iterable["Foreseen"], out: Path) -> None:
    """Pass by pass as it is known."""
    asks = False
    for one in foreseen:
        asks = True
        most = "at most " if one.bound else ""
        print(f"{one.name}, {most}{plural(one.problems, 'problem')}", flush=True)
        for name, cost in one.costs.items():
            print(f"  {name}: {cost}", flush=True)
    if not asks:
        print("no step asks a model")
    print(
        "\nEvery answer as long as it may be; what was answered before is not taken off. Where a step before "
        f"may leave fewer problems, it says at most.\nNobody was asked; {out} is as it was."
    )


def print_funnel(directory: CurationDir) -> int:
    """By step and reason, then where everything is. How many problems are left."""
    counted = funnel(directory)
    table = Table(
        box=box.SIMPLE_HEAD, title=f"{directory.begun().name} in {directory.path}", title_justify="left"
    )
    for heading in ("step", "reason", "problems"):
        table.add_column(heading, justify="right" if heading == "problems" else "left")
    for reason, count in counted.refused.items():
        table.add_row("read", Text(f"refused: {reason}"), f"-{count:,}")
    for loss, counts in counted.dropped.items():
        table.add_row(loss.step, Text(loss.reason), f"-{counts.total():,}")
    table.add_section()
    table.add_row("kept", "", f"{counted.kept.total():,}", style="bold")
    console = Console(highlight=False)
    (console if console.is_terminal else Console(highlight=False, width=200)).print(table)
    _print_refusals(directory, counted)
    for one in counted.asked:
        print(f"{one.step} {told(one.asked)}")
    for name, learnt in counted.learnt.items():
        print(f"{plural(learnt.rows, 'row')} in {directory.file(name)}")
    print(f"card: {directory.path / 'card.html'}")
    return counted.kept.total()


def _print_refusals(directory: CurationDir, counted: Funnel) -> None:
    """The first of them: which row, and what is wrong with it."""
    for where, reason in counted.refusals[:EXAMPLES]:
        print(f"refused {where}: {reason}")
    if counted.refused.total() > EXAMPLES:
        print(f"all {counted.refused.total():,} that were refused: {directory.file(REFUSED)}")
