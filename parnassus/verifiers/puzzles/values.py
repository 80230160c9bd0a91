"""Answers that are settled: numbers, signs, a text, one of several choices. Likeness is all that is judged.

Where a question leaves open how numbers are rounded, a tolerance allows for two decimals. The tasks of
BIG-Bench Hard (arXiv:2210.09261) are all choices or words: case, brackets and full stops are nobody's
reasoning, so they do not count.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from parnassus.verifiers.puzzles.reading import Unread, numbers, signs

_LONGEST = 10_000  # characters
_ROUNDING = Fraction(1, 10**9)  # of the floats that are wanted
_WORDS_IN_MATHS = re.compile(r"\\(?:text|textbf|mathrm)\s*\{([^{}]*)\}")
_THOUSANDS = re.compile(r"-?[0-9]{1,3}(?:,[0-9]{3})+")
_CHOICE = re.compile(r"\(?([a-z])(?:\)|\b)[.:)]?(?:\s+(.*))?", re.DOTALL | re.IGNORECASE)
_ONLY_BRACKETS = re.compile(r"[\s()\[\]{}<>]+")


@dataclass(frozen=True)
class Numbers:
    """These numbers in this order, however they are bracketed."""

    values: tuple[int | float, ...]
    tolerance: float = 0.0

    def __call__(self, answer: str) -> bool:
        read = numbers(answer)
        room = Fraction(self.tolerance) + _ROUNDING
        return len(read) == len(self.values) and all(
            abs(got - Fraction(wanted)) <= room for got, wanted in zip(read, self.values, strict=True)
        )


@dataclass(frozen=True)
class Signs:
    """These single signs in this order: a grid, row by row, or a list of letters."""

    values: str

    def __call__(self, answer: str) -> bool:
        return signs(answer) == self.values


@dataclass(frozen=True)
class Text:
    """This text, in quotes or not; upper and lower case differ."""

    value: str

    def __call__(self, answer: str) -> bool:
        said = answer.strip()
        if not said:
            raise Unread("nothing is said")
        quoted = len(said) > 1 and said[0] == said[-1] and said[0] in "\"'`"
        return (said[1:-1] if quoted else said) == self.value


@dataclass(frozen=True)
class Choice:
    """A letter of `options`, or what stands beside it; without options, these words."""

    answer: str
    options: Mapping[str, str] = field(default_factory=dict[str, str])  # "A": what it says

    def __call__(self, answer: str) -> bool:
        if len(answer) > _LONGEST:
            raise Unread(f"more than {_LONGEST} characters")
        said = _WORDS_IN_MATHS.sub(r"\1", answer).strip()
        if not said:
            raise Unread("nothing is said")
        if not self.options:
            return _plain(said) == _plain(self.answer)
        return self._letter(said) == self.answer

    def _letter(self, said: str) -> str:
        found = _CHOICE.fullmatch(said)
        if found and (letter := found[1].upper()) in self.options:
            beside = found[2]
            if beside is None or _plain(beside) == _plain(self.options[letter]):
                return letter
        meant = [letter for letter, text in self.options.items() if _plain(text) == _plain(said)]
        if len(meant) != 1:
            raise Unread("it is none of the options")
        return meant[0]


def _plain(said: str) -> str:
    """The words alone; brackets, where there is nothing else, without the space between them."""
    if _ONLY_BRACKETS.fullmatch(said):
        return "".join(said.split())
    bare = said.strip().strip("\"'`").rstrip(".").casefold()
    if _THOUSANDS.fullmatch(bare):
        return bare.replace(",", "")
    return " ".join(bare.replace(",", " ").split())


_OPTIONS = {"A": "12/11/1937", "B": "A Fish Called Wanda", "C": "zero"}
CASES = (
    (Numbers((1, 2, -3)), "[1, 2, -3]", True),
    (Numbers((1, 2, -3)), "1 2\n-3.0", True),
    (Numbers((1, 2, -3)), '["1", "2", "-3"]', True),
    (Numbers((1, 2, -3)), "1, -3, 2", False),
    (Numbers((1, 2, -3)), "1, 2", False),
    (Numbers((1, 2, -3)), "1, 2, three", None),
    (Numbers((1, 2, -3)), "", None),
    (Numbers((7,)), "9" * 10_000, None),
    (Numbers((7,)), "7" + " " * 20_000, None),
    (Numbers((7,)), "7.001", False),
    (Numbers((7,)), "14/2", True),
    (Numbers((7,)), "7/0", None),
    (Numbers((13 / 9,), tolerance=0.005), "1.44", True),
    (Numbers((13 / 9,), tolerance=0.005), "13/9", True),
    (Numbers((13 / 9,), tolerance=0.005), "1.45", False),
    (Numbers((13 / 9,), tolerance=0.005), "1.4", False),
    (Signs("*10*"), "*,1,0,*", True),
    (Signs("*10*"), "*1\n0*", True),
    (Signs("*10*"), "[['*', '1'], ['0', '*']]", True),
    (Signs("*10*"), "*,0,1,*", False),
    (Signs("*10*"), "*,1,0", False),
    (Signs("*10*"), "[] , []", None),
    (Text("abca"), ' "abca" ', True),
    (Text("abca"), "abca", True),
    (Text("abca"), "ABCA", False),
    (Text("abca"), "abc a", False),
    (Text("abca"), " ", None),
    (Text(""), '""', True),
    (Choice("B", _OPTIONS), "(B)", True),
    (Choice("B", _OPTIONS), "b", True),
    (Choice("B", _OPTIONS), r"\text{(B)}", True),
    (Choice("B", _OPTIONS), "(B) a fish called Wanda.", True),
    (Choice("B", _OPTIONS), "A Fish Called Wanda", True),
    (Choice("B", _OPTIONS), "(A)", False),
    (Choice("B", _OPTIONS), "(B) zero", None),
    (Choice("B", _OPTIONS), "(A) or (B)", None),
    (Choice("B", _OPTIONS), "(D)", None),
    (Choice("B", _OPTIONS), "(" * 10_000, None),
    (Choice("Yes"), "yes.", True),
    (Choice("Yes"), "no", False),
    (Choice("Yes"), "yes or no", False),
    (Choice("] ) }"), "])}", True),
    (Choice("] ) }"), "] } )", False),
    (Choice("apple pear"), "apple, pear", True),
    (Choice("apple pear"), "pear apple", False),
    (Choice("-1234"), "-1,234", True),
    (Choice("-1234"), "1234", False),
)
