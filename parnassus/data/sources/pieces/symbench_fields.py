"""What SymBench's solutions hold, read with its type: numbers in lists of any depth or as text, grids, signs.
Raises DataError for anything else.
"""

import math
import re
from collections.abc import Iterator, Sequence
from typing import TypeVar

from parnassus.data.sources.pieces.fields import Fields, sequence, text, texts, value, wrong
from parnassus.errors import DataError
from parnassus.types import Puzzle

T = TypeVar("T")
Read = tuple[Puzzle, str]  # and the set's own answer, as a response has it
_ROUNDED = 0.005  # how far an average of two decimals may be off
_WHOLE = re.compile(r"\s*[+-]?[0-9]{1,18}\s*")


def numbers(row: Fields, name: str) -> list[int | float]:
    """All numbers of a field, in order."""
    return list(_flat(value(row, name), name))


def _flat(found: object, name: str) -> Iterator[int | float]:
    if isinstance(found, list | tuple):
        for item in found:
            yield from _flat(item, name)
    elif isinstance(found, float) and math.isfinite(found):
        yield found
    else:
        yield whole(found, name)


def whole(found: object, name: str) -> int:
    """A whole number, or the text of one."""
    if isinstance(found, int) and not isinstance(found, bool):
        return found
    if isinstance(found, str) and _WHOLE.fullmatch(found):
        return int(found)
    raise wrong(name, "a whole number", found)


def grid(row: Fields, name: str) -> list[list[int]]:
    """Rows of whole numbers, all of a length."""
    rows = [[whole(cell, name) for cell in sequence(line, name)] for line in _lines(row, name)]
    return _even(rows, name)


def letters(row: Fields, name: str) -> list[list[str | None]]:
    """Rows of texts, all of a length; None where there is none."""
    rows = [list(sequence(line, name)) for line in _lines(row, name)]
    if not all(isinstance(cell, str | None) for line in rows for cell in line):
        raise wrong(name, "letters", rows)
    return _even(rows, name)


def _lines(row: Fields, name: str) -> Sequence[object]:
    found = sequence(value(row, name), name)
    if not found:
        raise DataError(f"empty field: {name}")
    return found


def _even(rows: list[list[T]], name: str) -> list[list[T]]:
    if len({len(line) for line in rows}) != 1 or not rows[0]:
        raise wrong(name, "rows of one length", rows)
    return rows


def told(pattern: re.Pattern[str], question: str) -> re.Match[str]:
    """What the question says of it. Raises DataError where it does not."""
    found = pattern.search(question)
    if found is None:
        raise DataError(f"unknown question: nothing fits {pattern.pattern!r:.60}")
    return found


def listed(items: Sequence[object]) -> str:
    return ", ".join(map(str, items))


def rows_of(found: Sequence[Sequence[object]]) -> str:
    return "\n".join(map(listed, found))


def settled(values: list[int | float]) -> Read:
    """These numbers, with room for rounding where they are not whole."""
    if not values:
        raise DataError("no answer: a list without numbers")
    exact = all(isinstance(one, int) or one.is_integer() for one in values)
    room = {} if exact else {"tolerance": _ROUNDED}
    return Puzzle("numbers", {"values": values, **room}), listed(values)


def spelled(row: Fields, name: str) -> Read:
    """A text."""
    found = text(row, name)
    return Puzzle("text", {"value": found}), f'"{found}"'


def signs(row: Fields, name: str) -> Read:
    """Single signs, in a list or in rows of a grid."""
    found = sequence(value(row, name), name)
    flat = [cell for line in found for cell in (line if isinstance(line, list | tuple) else [line])]
    said = texts(flat, name)
    if not said or not all(len(cell) == 1 and not cell.isspace() for cell in said):
        raise wrong(name, "single signs", found)
    return Puzzle("signs", {"values": "".join(said)}), listed(said)
