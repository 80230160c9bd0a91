"""Numbers in their order with operations and brackets between them that make a target. SymBench's
`combinatorial_calculation` (arXiv:2502.04350); any expression that is worth the target is right.

    [6, /, 2, +, 7]     6/2+7     ["(", "6", "-", "2", ")", "*", "7"]

Nothing is evaluated but the numbers that are given, and those as fractions: no answer can make a larger one.
"""

import operator
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from parnassus.verifiers.puzzles.reading import Unread

_LONGEST = 1_000  # characters
_TOKEN = re.compile(r"[0-9]+|[-+*/()]")
_NOTHING = re.compile(r"[\s,\"'`]*")
_SPELLED = str.maketrans({"\N{MULTIPLICATION SIGN}": "*", "\N{DIVISION SIGN}": "/", "\N{MINUS SIGN}": "-"})
_OPERATORS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}
_BINDS = {"(": 0, "+": 1, "-": 1, "*": 2, "/": 2}


@dataclass(frozen=True)
class Expression:
    """The numbers, each once and in this order, worth the target."""

    numbers: tuple[int, ...]
    target: int

    def __call__(self, answer: str) -> bool:
        tokens = _tokens(answer)
        value = [token for token in tokens if token.isdigit()]
        if value != [str(number) for number in self.numbers]:
            return False
        try:
            return _worth(tokens) == self.target
        except ZeroDivisionError:
            return False


def _tokens(answer: str) -> list[str]:
    text = answer.strip().translate(_SPELLED)
    if len(text) > _LONGEST:
        raise Unread(f"more than {_LONGEST} characters")
    if text.startswith("[") and text.endswith("]"):
        text = text[1:-1]
    if not _NOTHING.fullmatch(_TOKEN.sub("", text)):
        raise Unread("more than numbers, operations and brackets")
    tokens = _TOKEN.findall(text)
    if not tokens:
        raise Unread("nothing is said")
    return tokens


def _worth(tokens: Sequence[str]) -> Fraction:
    """By precedence, from the left, without recursion. Raises Unread where it is no expression."""
    values: list[Fraction] = []
    pending: list[str] = []
    wanted = True  # a number is, or a bracket that opens
    for token in tokens:
        if token.isdigit() and wanted:
            values.append(Fraction(int(token)))
            wanted = False
        elif token == "(" and wanted:
            pending.append(token)
        elif token == ")" and not wanted:
            _reduce(values, pending, 1)
            if not pending:
                raise Unread("a bracket closes that is not open")
            pending.pop()
        elif token in _OPERATORS and not wanted:
            _reduce(values, pending, _BINDS[token])
            pending.append(token)
            wanted = True
        else:
            raise Unread(f"{token} stands where it cannot")
    if wanted:
        raise Unread("it ends too early")
    _reduce(values, pending, 1)
    if pending:
        raise Unread("a bracket is never closed")
    return values[0]


def _reduce(values: list[Fraction], pending: list[str], least: int) -> None:
    """Works off what binds at least so much, down to an open bracket."""
    while pending and _BINDS[pending[-1]] >= least:
        right, left = values.pop(), values.pop()
        values.append(_OPERATORS[pending.pop()](left, right))


_TEN = Expression((6, 2, 7), 10)
CASES = (
    (_TEN, "[6, /, 2, +, 7]", True),
    (_TEN, "(6/2)+7", True),
    (_TEN, '["6", "\N{DIVISION SIGN}", "2", "+", "7"]', True),
    (_TEN, "((((6))/2))+(7)", True),
    (_TEN, "[6, +, 2, +, 7]", False),
    (_TEN, "[7, +, 6, /, 2]", False),
    (_TEN, "3 + 7", False),
    (_TEN, "6/2+7+0", False),
    (_TEN, "6/(2+7-9)", False),
    (Expression((6, 2, 2), 1), "6/(2-2)", False),
    (Expression((8, 1, 3), 10), "8-1+3", True),
    (Expression((8, 1, 3), 10), "8-(1+3)", False),
    (Expression((8, 4, 2), 4), "8/4*2", True),
    (Expression((8, 4, 2), 1), "8/(4*2)", True),
    (Expression((1, 3), 2), "-1+3", None),
    (_TEN, "[]", None),
    (_TEN, "6/2+7 = 10", None),
    (_TEN, "[6, , 2, +, 7]", None),
    (_TEN, "6 / 2 + 7)", None),
    (_TEN, "(6 / 2 + 7", None),
    (_TEN, "6 / 2 + 7 *", None),
    (_TEN, "6 ** 2 + 7", None),
    (_TEN, "__import__('os')", None),
    (_TEN, "(" * 400 + "6/2+7" + ")" * 400, True),
    (_TEN, "(" * 10_000, None),
    (_TEN, "9" * 900, False),
)
