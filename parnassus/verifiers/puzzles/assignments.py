"""Who stands where, and which letter is which number: answers are lists in an order, judged by conditions.

The puzzles are SymBench's (arXiv:2502.04350): `permutations_and_combinations` and `logical_equation`. Any
arrangement that meets all conditions is right.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from parnassus.verifiers.puzzles.reading import numbers, words


class Where(StrEnum):
    """What is demanded of a book."""

    LEFT = "left of"
    RIGHT = "right of"
    BESIDE = "beside"
    AT = "at"
    NOT_AT = "not at"


@dataclass(frozen=True)
class Demand:
    """That a book stands somewhere, or does not."""

    book: str
    where: Where
    other: str | int  # a book, or a position, counted from 1

    def met(self, position: Mapping[str, int]) -> bool:
        here = position[self.book]
        there = position[self.other] if isinstance(self.other, str) else self.other
        match self.where:
            case Where.LEFT:
                return here < there
            case Where.RIGHT:
                return here > there
            case Where.BESIDE:
                return abs(here - there) == 1
            case Where.AT:
                return here == there
            case Where.NOT_AT:
                return here != there


@dataclass(frozen=True)
class Shelf:
    """The books from left to right."""

    books: tuple[str, ...]
    demands: tuple[Demand, ...]

    def __call__(self, answer: str) -> bool:
        said = [word.upper() for word in words(answer)]
        if sorted(said) != sorted(self.books):
            return False
        position = {book: place for place, book in enumerate(said, 1)}
        return all(demand.met(position) for demand in self.demands)


@dataclass(frozen=True)
class Equation:
    """The weighted sum of some letters is `value`, or above it."""

    weights: Mapping[str, float]
    value: float = 0.0
    above: bool = False

    def holds(self, values: Mapping[str, float]) -> bool:
        found = sum(weight * values[letter] for letter, weight in self.weights.items()) - self.value
        return found > _NEARLY if self.above else abs(found) <= _NEARLY


_NEARLY = 1e-6  # 1.4 x 5 is not 7 in floats


@dataclass(frozen=True)
class Equations:
    """Which of the numbers, each taken once, each letter stands for, in the order of the letters."""

    letters: tuple[str, ...]
    numbers: tuple[float, ...]
    equations: tuple[Equation, ...]

    def __call__(self, answer: str) -> bool:
        said = [float(number) for number in numbers(answer)]
        if sorted(said) != sorted(self.numbers):
            return False
        values = dict(zip(self.letters, said, strict=True))
        return all(equation.holds(values) for equation in self.equations)


_SHELF = Shelf(
    ("A", "B", "C"),
    (Demand("A", Where.LEFT, "B"), Demand("C", Where.NOT_AT, 3), Demand("C", Where.BESIDE, "A")),
)
_ENDS = Shelf(("A", "B", "C"), (Demand("A", Where.RIGHT, "B"), Demand("C", Where.AT, 1)))
_SUMS = Equations(
    ("A", "B", "C"),
    (2, 4, 6),
    (Equation({"A": 1, "B": 1}, 6), Equation({"C": 1, "A": -1}, above=True)),
)
_TIMES = Equations(("A", "B"), (5, 7), (Equation({"B": 1, "A": -1.4}),))
CASES = (
    (_SHELF, '["C", "A", "B"]', True),
    (_SHELF, "A C B", True),
    (_SHELF, "a, c, b", True),
    (_SHELF, "A, B, C", False),
    (_SHELF, "C, B, A", False),
    (_SHELF, "C, A", False),
    (_SHELF, "C, A, B, B", False),
    (_SHELF, "[]", None),
    (_SHELF, "A" * 20_000, None),
    (_ENDS, "C, B, A", True),
    (_ENDS, "C, A, B", False),
    (_ENDS, "B, A, C", False),
    (_SUMS, "[2, 4, 6]", True),
    (_SUMS, "4, 2, 6.0", True),
    (_SUMS, "2, 6, 4", False),
    (_SUMS, "2, 4, 4", False),
    (_SUMS, "2, 4", False),
    (_SUMS, "2, 4, 6, 8", False),
    (_SUMS, "A = 2, B = 4, C = 6", None),
    (_TIMES, "5 7", True),
    (_TIMES, "7 5", False),
)
