"""What an answer to a puzzle lists: numbers, words, single signs. Brackets, quotes and commas say nothing.

    <<<[[1, 2], [3, 4]]>>>   <<<1,2,3,4>>>   <<<1 2\n3 4>>>      the same four numbers

People, models and programs write the same grid in different ways; the puzzle knows its own shape. Nothing is
evaluated, and the time is linear in the length, of which there is a limit.
"""

import re
from fractions import Fraction

_LONGEST = 10_000  # characters
_BETWEEN = re.compile(r"[\s,;\[\](){}\"'`]+")
# What a person writes, or a program prints: a whole number, a decimal, a fraction.
_NUMBER = re.compile(r"([+-]?[0-9]{1,18})(?:\.([0-9]{0,30})|/([0-9]{1,18}))?")


class Unread(ValueError):
    """It has not the form that is asked for."""


def words(answer: str) -> list[str]:
    """What stands between white space, commas, semicolons, brackets and quotes. Raises Unread."""
    if len(answer) > _LONGEST:
        raise Unread(f"more than {_LONGEST} characters")
    found = [word for word in _BETWEEN.split(answer) if word]
    if not found:
        raise Unread("nothing is said")
    return found


def signs(answer: str) -> str:
    """The single signs that a grid is made of, whether they stand apart or not. Raises Unread."""
    return "".join(words(answer))


def numbers(answer: str) -> list[Fraction]:
    """All that is said, as numbers: 3, -4, 2.50, 7/2. Raises Unread where something else is said too."""
    return [_number(word) for word in words(answer)]


def places(answer: str) -> list[tuple[int, int]]:
    """Pairs of a row and a column: "0 3, 1 0" or "(0, 3), (1, 0)". Raises Unread."""
    found = numbers(answer)
    if len(found) % 2 or any(number.denominator != 1 for number in found):
        raise Unread("not rows and columns")
    whole = [int(number) for number in found]
    return list(zip(whole[::2], whole[1::2], strict=True))


def _number(word: str) -> Fraction:
    found = _NUMBER.fullmatch(word.replace("\N{MINUS SIGN}", "-"))
    if found is None or (found[3] and not int(found[3])):
        raise Unread(f"{word[:20]} is no number")
    return Fraction(found[0])
