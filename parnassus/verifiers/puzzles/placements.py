"""Queens on a board, and numbers chosen from a grid: answers are lists of rows and columns, counted from 0.

The puzzles are SymBench's (arXiv:2502.04350): `eight_queens` and `logic_puzzle`. Any placement that keeps to
the rules is right.
"""

import math
from collections import defaultdict
from dataclasses import dataclass

from parnassus.verifiers.puzzles.reading import places


@dataclass(frozen=True)
class Queens:
    """As many queens as there are rows, none of which attacks another. Those that stand already need not be
    listed again."""

    board: tuple[str, ...]  # rows: "1" a queen, "X" where none may stand, "0" an empty cell

    def __call__(self, answer: str) -> bool:
        listed, size = places(answer), len(self.board)
        if len(set(listed)) < len(listed) or not all(0 <= r < size and 0 <= c < size for r, c in listed):
            return False
        standing = {(r, c) for r, row in enumerate(self.board) for c, cell in enumerate(row) if cell == "1"}
        queens = standing.union(listed)
        lines = ([r for r, _ in queens], [c for _, c in queens])
        diagonals = ([r - c for r, c in queens], [r + c for r, c in queens])
        free = all(self.board[r][c] != "X" for r, c in listed)
        apart = all(len(set(line)) == len(queens) for line in (*lines, *diagonals))
        return free and len(queens) == size and apart


@dataclass(frozen=True)
class Selection:
    """`count` cells with numbers that all differ, `first` among them. Of those in a row or a column the sum
    is at most `most`; where there is no `most`, the product is above 0."""

    grid: tuple[tuple[int, ...], ...]
    first: tuple[int, int]
    count: int
    most: int | None = None

    def __call__(self, answer: str) -> bool:
        chosen = places(answer)
        if len(chosen) != self.count or self.first not in chosen:
            return False
        if not all(0 <= r < len(self.grid) and 0 <= c < len(self.grid[r]) for r, c in chosen):
            return False
        lines: dict[tuple[str, int], list[int]] = defaultdict(list)
        for r, c in chosen:
            lines["row", r].append(self.grid[r][c])
            lines["column", c].append(self.grid[r][c])
        if len({self.grid[r][c] for r, c in chosen}) < len(chosen):
            return False
        return all(self._holds(line) for line in lines.values())

    def _holds(self, line: list[int]) -> bool:
        return math.prod(line) > 0 if self.most is None else sum(line) <= self.most


_FOUR = Queens(("0000", "0000", "0000", "0000"))
_GIVEN = Queens(("0100", "0000", "0000", "X000"))
_SUMS = Selection(((1, 2), (3, 1)), first=(0, 1), count=3, most=4)
_SIGNS = Selection(((-1, 5, 2), (-3, 4, 6), (7, 8, -9)), first=(0, 2), count=3)
CASES = (
    (_FOUR, "0 1, 1 3, 2 0, 3 2", True),
    (_FOUR, "[(0, 2), (1, 0), (2, 3), (3, 1)]", True),
    (_FOUR, "0 1, 1 3, 2 0, 3 3", False),
    (_FOUR, "0 1, 1 3, 2 0", False),
    (_FOUR, "0 1, 0 1, 1 3, 2 0, 3 2", False),
    (_FOUR, "0 1, 1 3, 2 0, 3 99999999999", False),
    (_FOUR, "-4 1, 1 3, 2 0, 3 2", False),
    (_FOUR, "0 1, 1 3, 2 0, 3", None),
    (_FOUR, "0 1.5, 1 3, 2 0, 3 2", None),
    (_FOUR, "(" * 10_000, None),
    (_GIVEN, "0 1, 1 3, 2 0, 3 2", True),
    (_GIVEN, "1 3, 2 0, 3 2", True),
    (_GIVEN, "0 2, 1 0, 2 3, 3 1", False),
    (Queens(("0000", "000X", "0000", "0000")), "0 1, 1 3, 2 0, 3 2", False),
    (_SUMS, "0 1, 1 0, 0 0", True),
    (_SUMS, "0 0, 0 1, 1 0", True),
    (_SUMS, "0 1, 1 0, 1 1", True),
    (_SUMS, "0 1, 0 0, 1 1", False),
    (_SUMS, "0 0, 1 0, 1 1", False),
    (_SUMS, "0 1, 1 0", False),
    (_SUMS, "0 1, 1 0, 2 0", False),
    (_SIGNS, "0 2, 0 1, 1 1", True),
    (_SIGNS, "0 2, 1 1, 2 1", True),
    (_SIGNS, "0 2, 0 0, 1 0", False),
    (Selection(((0, 1), (2, 3)), first=(0, 1), count=2), "0 1, 0 0", False),
    (Selection(((0, 1), (2, 3)), first=(0, 1), count=2), "0 1, 1 0", True),
    (_SIGNS, "0 2, 1 1, one", None),
)
