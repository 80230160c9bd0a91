"""Grids to be filled in so that each line holds each sign once: SymBench's `letter_logic_diagram` and
`standard_sudoku` (arXiv:2502.04350). Any filling that keeps to the rules and to what is given is right.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from parnassus.verifiers.puzzles.reading import Unread, signs


@dataclass(frozen=True)
class LetterDiagram:
    """Each row and each column holds each of the first letters once; from the top right corner to the bottom
    left one all cells are the same letter."""

    grid: tuple[tuple[str | None, ...], ...]  # None: to be filled in

    def __call__(self, answer: str) -> bool:
        size = len(self.grid)
        rows = _rows(signs(answer).lower(), size)
        return (
            _fits(self.grid, rows, None)
            and _latin(rows, "abcdefghijklmnopqrstuvwxyz"[:size])
            and len({row[size - 1 - place] for place, row in enumerate(rows)}) == 1
        )


@dataclass(frozen=True)
class Sudoku:
    """Each row, each column and each box holds each digit once."""

    grid: tuple[tuple[int, ...], ...]  # 0: to be filled in

    def __call__(self, answer: str) -> bool:
        size, side = len(self.grid), math.isqrt(len(self.grid))
        rows = _rows(signs(answer), size)
        boxes = [
            "".join(row[left : left + side] for row in rows[top : top + side])
            for top in range(0, size, side)
            for left in range(0, size, side)
        ]
        digits = "123456789"[:size]
        given = [[str(cell) for cell in row] for row in self.grid]
        return _fits(given, rows, "0") and _latin(rows, digits) and _each(boxes, digits)


def _rows(cells: str, size: int) -> list[str]:
    if len(cells) != size * size:
        raise Unread(f"{len(cells)} cells, not {size} rows of {size}")
    return [cells[start : start + size] for start in range(0, len(cells), size)]


def _fits(given: Sequence[Sequence[str | None]], rows: Sequence[str], empty: str | None) -> bool:
    return all(
        cell in (empty, filled)
        for row, said in zip(given, rows, strict=True)
        for cell, filled in zip(row, said, strict=True)
    )


def _latin(rows: Sequence[str], each: str) -> bool:
    return _each(rows, each) and _each(["".join(column) for column in zip(*rows, strict=True)], each)


def _each(lines: Sequence[str], each: str) -> bool:
    wanted = sorted(each)
    return all(sorted(line) == wanted for line in lines)


_LETTERS = LetterDiagram(((None, "b", None), (None, None, None), (None, None, None)))
_DIGITS = Sudoku(((1, 0, 0, 0), (0, 0, 0, 0), (0, 0, 0, 0), (0, 0, 0, 1)))
CASES = (
    (_LETTERS, "c,b,a\nb,a,c\na,c,b", True),
    (_LETTERS, "a,b,c\nb,c,a\nc,a,b", True),
    (_LETTERS, "A B C B C A C A B", True),
    (_LETTERS, "[['a','b','c'],['b','c','a'],['c','a','b']]", True),
    (_LETTERS, "b,c,a\nc,a,b\na,b,c", False),
    (_LETTERS, "a,b,c\nc,a,b\nb,c,a", False),
    (_LETTERS, "a,b,c\nb,a,c\nc,a,b", False),
    (_LETTERS, "a,b,c\nb,c,a", None),
    (_LETTERS, "abc" * 3_000, None),
    (_DIGITS, "1 2 3 4\n3 4 1 2\n2 1 4 3\n4 3 2 1", True),
    (_DIGITS, "1,3,2,4,2,4,1,3,3,1,4,2,4,2,3,1", True),
    (_DIGITS, "1234 3412 2143 4321", True),
    (_DIGITS, "2 1 3 4\n3 4 1 2\n1 2 4 3\n4 3 2 1", False),
    (_DIGITS, "1 2 3 4\n2 1 4 3\n4 3 1 2\n3 4 2 1", False),
    (_DIGITS, "1 2 3 4\n3 4 1 2\n2 1 4 3\n4 3 2 2", False),
    (_DIGITS, "1 2 3 4\n3 4 1 2\n2 1 4 3\n4 3 2 x", False),
    (_DIGITS, "1 2 3 4", None),
)
