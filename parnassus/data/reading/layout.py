"""A row of a data set -> a problem, by the layout that the set was published in.

    rows -- Row --> Layout.read: Asked --> Problem with its id
                              DataError --> Refused, with the row's place

A layout says what the columns mean and nothing else: it judges no quality, which filters do.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Protocol

from parnassus.data.identity import prompt_digest
from parnassus.data.plain import check_judges, decode_problem
from parnassus.data.reading.row import Refused, Row
from parnassus.errors import DataError
from parnassus.types import Filter, Message, Problem, Reference


@dataclass(frozen=True)
class Asked:
    """What a row asks."""

    prompt: tuple[Message, ...]
    reference: Reference
    solution: str = ""
    stats: Mapping[str, float] = field(default_factory=dict[str, float])
    origin: str = ""  # where the set itself has the row from, if it says so: "olympiads"
    domain: str = ""  # only in sets of several domains


class Format(Protocol):
    """What makes problems of rows. Raises DataError, with the reason, for a row that is none."""

    def problem(self, row: Row) -> Problem: ...


@dataclass(frozen=True)
class Layout:
    """A published data set's. Another source of the same layout: `replace(LAYOUT, name="math_test")`."""

    name: str  # the source of its problems, and what ids begin with
    domain: str
    licence: str
    link: str  # where it was published
    read: Callable[[Mapping[str, object]], Asked]  # raises DataError with the reason

    def problem(self, row: Row) -> Problem:
        try:
            asked = self.read(row.value)
        except RecursionError as error:
            raise DataError("too deeply nested: a field cannot be read") from error
        if not any(message.content.strip() for message in asked.prompt):
            raise DataError("empty field: the prompt")
        check_judges(asked.reference, row.where)
        source = f"{self.name}/{asked.origin}" if asked.origin else self.name
        return Problem(
            id=f"{source}/{prompt_digest(asked.prompt)}",
            prompt=asked.prompt,
            reference=asked.reference,
            domain=asked.domain or self.domain,
            source=source,
            stats=asked.stats,
            solution=asked.solution,
        )


@dataclass(frozen=True)
class Plain:
    """The plain format, docs/data-format.md: every field is checked, and the id is the row's own. `source`:
    of the rows that name none; without one, the file's name."""

    source: str = ""

    def problem(self, row: Row) -> Problem:
        file = row.where.rpartition(", ")[0]
        return decode_problem(row.value, row.where, self.source or PurePath(file).name.partition(".")[0])


@dataclass(frozen=True)
class Chosen:
    """Of what `format` reads only what no filter objects to: the others are refused, with its reason. So one
    file may be two sources: tasks to train on, and tasks that are held out."""

    format: Format
    filters: tuple[Filter, ...]

    def problem(self, row: Row) -> Problem:
        found = self.format.problem(row)
        reason = next((said for one in self.filters if (said := one(found)) is not None), None)
        if reason is not None:
            raise DataError(reason)
        return found


def innermost(format: Format) -> Format:
    """What reads the rows, whatever is chosen of them then."""
    return innermost(format.format) if isinstance(format, Chosen) else format


def problems(rows: Iterable[Row | Refused], format: Format) -> Iterator[Problem | Refused]:
    """Each row as a problem, or why it is none, in order."""
    for row in rows:
        if isinstance(row, Refused):
            yield row
            continue
        try:
            yield format.problem(row)
        except DataError as error:
            yield Refused(row.where, str(error).removeprefix(f"{row.where}: "))
