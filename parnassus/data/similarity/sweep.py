"""A file of problems through filters, on all cores: in one pass to what is kept and what is dropped.

    file --pieces of whole lines--> workers: read, decode, what each filter makes of each problem --+
                                                                                                    | in order
    kept:    the lines as they are, in order             <--+                                       v
    dropped: {"step", "reason", "row": the line}, in order <+-- here: what filters remember, the first reason

The same files whatever the number of workers. Memory: some pieces a worker, and what the filters remember. It
does not resume: one pass over a million problems takes about a minute.
"""

import inspect
import json
import traceback
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from io import SEEK_END
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, Protocol, runtime_checkable

from parnassus.data.parallel import in_order
from parnassus.data.plain import decode_problem
from parnassus.data.reading.lines import UNREADABLE, Line, refuse_compressed, unreadable
from parnassus.data.similarity.duplicates import SetFilter
from parnassus.errors import DataError, ParnassusError
from parnassus.types import Filter, Problem

_PIECE = 1 << 20  # bytes: a thousand problems or two
Decode = Callable[
    [Mapping[str, object], str], Problem
]  # a row and its place; raises DataError; not a closure
Span = tuple[int, int]  # of bytes
_work: tuple[str, tuple[Filter, ...], Decode]  # of this process
UNUSABLE = "unusable row"


@runtime_checkable
class Many(Protocol):
    """A filter that is faster with many problems at once."""

    def many(self, problems: Sequence[Problem]) -> list[str | None]: ...


@dataclass(frozen=True, slots=True)
class Examined:
    """A piece of the file, N lines: all that can be said without the lines before."""

    lines: list[bytes]  # N, blank ones too
    faults: dict[int, str]  # line -> why it is no problem; "" for a blank one
    names: list[str]  # P ids: of the lines without a fault
    said: list[list[Any]]  # for each filter [P]: the key of a SetFilter, the reason of another


class Decided(NamedTuple):
    line: bytes
    step: str  # which filter, by name
    reason: str  # why it is dropped; "" for what is kept


def plain(row: Mapping[str, object], where: str) -> Problem:
    """A row of docs/data-format.md."""
    return decode_problem(row, where, where.split(", ")[0])


def sweep(
    source: Path,
    kept: Path,
    dropped: Path,
    filters: Sequence[Filter],
    workers: int,
    advance: Callable[[int], object] = lambda done: None,
    decode: Decode = plain,
) -> Counter[str]:
    """How many rows were dropped under which reason, and under "" those kept. Filters that remember begin
    with nothing: only this file counts, and the ones given stay as they are. `advance` is told after each
    piece how many lines are done. A row that is no problem is dropped with its place and what is wrong with
    it. Raises DataError when the file cannot be read or a worker is killed."""
    counts: Counter[str] = Counter()
    filters = tuple(one.fresh() if isinstance(one, SetFilter) else one for one in filters)
    with ExitStack() as stack:
        spans = _spans(source)
        outputs = stack.enter_context(kept.open("wb")), stack.enter_context(dropped.open("wb"))
        done = 0
        for examined in in_order(_examine, spans, workers, partial(_start, str(source), filters, decode)):
            decided = _decided(examined, filters, f"{source}, line", done)
            _write(*outputs, decided)
            counts.update(one.reason.split(": ")[0] for one in decided)
            done += len(examined.lines)
            advance(done)
    return counts


def _spans(source: Path) -> list[Span]:
    """Pieces of the file that end with a line."""
    spans: list[Span] = []
    try:
        with source.open("rb") as file:
            refuse_compressed(str(source), file.read(8))
            start, size = 0, file.seek(0, SEEK_END)
            while start < size:
                file.seek(min(start + _PIECE, size) - 1)
                file.readline()
                spans.append((start, file.tell()))
                start = file.tell()
    except UNREADABLE as error:
        raise unreadable(str(source), error) from error
    return spans


def _start(source: str, filters: tuple[Filter, ...], decode: Decode) -> None:
    """Once a worker: what filters have loaded, or remember, does not travel with every piece."""
    global _work
    _work = source, filters, decode


def _examine(span: Span) -> Examined:
    source, filters, decode = _work
    name = Path(source).name
    with open(source, "rb") as file:
        file.seek(span[0])
        lines = file.read(span[1] - span[0]).removesuffix(b"\n").split(b"\n")
    faults: dict[int, str] = {}
    problems: list[Problem] = []
    for number, line in enumerate(lines):
        if not line.strip():
            faults[number] = ""
            continue
        try:
            problems.append(decode(Line(line, name).mapping(), name))
        except DataError as error:
            faults[number] = str(error).removeprefix(f"{name}: ")
    return Examined(lines, faults, [one.id for one in problems], [_said(one, problems) for one in filters])


def _said(of: Filter, problems: Sequence[Problem]) -> list[Any]:
    problem = None
    try:
        match of:
            case SetFilter():
                return of.keys(problems)
            case Many():
                return of.many(problems)
            case _:
                said = list[str | None]()
                for problem in problems:
                    said.append(of(problem))
                return said
    except ParnassusError:
        raise
    except Exception as error:  # a mistake in a step of the user's own, whatever it is
        raise step_failed(of, problem, error) from error


def step_failed(step: object, problem: Problem | None, error: Exception) -> DataError:
    """What to tell of a step that raised: which, at which problem, and where in its file."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    at = f" at {problem.id}" if problem else ""
    place = f"{Path(frame.filename).name}, line {frame.lineno}"
    return DataError(f"step {name_of(step)} failed{at}: {type(error).__name__}: {error} ({place})")


def _decided(examined: Examined, filters: Sequence[Filter], where: str, before: int) -> list[Decided]:
    """Each line that is not blank, and the first reason against it: what the filters would say if they were
    asked one problem after the other."""
    said = zip(*examined.said, strict=True) if filters else [()] * len(examined.names)
    answers = zip(examined.names, said, strict=True)
    decided: list[Decided] = []
    for number, line in enumerate(examined.lines):
        fault = examined.faults.get(number)
        if fault is None:
            decided.append(Decided(line, *_first_reason(filters, *next(answers))))
        elif fault:
            decided.append(Decided(line, "read", f"{UNUSABLE}: {where} {before + number + 1}: {fault}"))
    return decided


def _first_reason(filters: Sequence[Filter], name: str, said: Sequence[Any]) -> tuple[str, str]:
    for one, answer in zip(filters, said, strict=True):
        reason = one.remember(answer, name) if isinstance(one, SetFilter) else answer
        if reason is not None:
            return name_of(one), reason
    return "", ""


def _write(kept: BinaryIO, dropped: BinaryIO, decided: Sequence[Decided]) -> None:
    for line, step, reason in decided:
        if not reason:
            kept.write(line + b"\n")
        elif reason.startswith(UNUSABLE):  # perhaps no JSON: as text
            dropped.write(dropped_row(step, reason, json.dumps(line.decode(errors="replace")).encode()))
        else:
            dropped.write(dropped_row(step, reason, line.strip()))


def dropped_row(step: str, reason: str, row: bytes) -> bytes:
    """A line for what was dropped; `row`: JSON."""
    said = json.dumps(step).encode(), json.dumps(reason).encode(), row
    return b'{"step": %b, "reason": %b, "row": %b}\n' % said


@runtime_checkable
class Within(Protocol):
    """A step that is another one, for some problems only."""

    @property
    def domain(self) -> str: ...
    @property
    def step(self) -> object: ...


def name_of(step: object) -> str:
    """What a step is called in files and on cards: its class, or a function's own name."""
    if isinstance(step, Within):
        return f"{name_of(step.step)} of {step.domain}"
    return step.__name__ if inspect.isfunction(step) else type(step).__name__
