r"""The cheap layer of math judging: what two answers mean where notation or exact arithmetic can tell.

Pure, bounded in time, and never evaluates anything: a number is read digit by digit into a fraction. What it
cannot tell (\sqrt{12} against 2\sqrt{3}, intervals, equations, units) is left to `math_symbolic`.
"""

import re
from fractions import Fraction

MAX_DIGITS = 4000  # beyond this Python refuses to read an integer
SIGNIFICANT_DIGITS = 6  # a decimal may stand for a fraction that never ends when it is at least this precise

_CHARACTERS = str.maketrans(
    {
        "\N{MINUS SIGN}": "-",
        "\N{EN DASH}": "-",
        "\N{MULTIPLICATION SIGN}": r"\times ",
        "\N{MIDDLE DOT}": r"\cdot ",
        "\N{GREEK SMALL LETTER PI}": r"\pi ",
        "\N{INFINITY}": r"\infty ",
        "\N{LESS-THAN OR EQUAL TO}": r"\le ",
        "\N{GREATER-THAN OR EQUAL TO}": r"\ge ",
        "\N{SUPERSCRIPT TWO}": "^2",
        "\N{SUPERSCRIPT THREE}": "^3",
        "\N{VULGAR FRACTION ONE HALF}": r"\frac{1}{2}",
        "\N{NO-BREAK SPACE}": " ",
    }
)
_ROOT = re.compile("\N{SQUARE ROOT}\\s*(\\d+|[A-Za-z])?")
_WRAPPERS = re.compile(r"\\(?:text|textbf|textit|mathrm|mathbf|mbox|boxed)\s*\{([^{}]*)\}")
_LAYOUT = re.compile(r"\\(?:left|right|displaystyle|textstyle|[,;:!> ]|quad|qquad)(?![a-zA-Z])|\\\$|[$~]")
_SHORT_FRACTION = re.compile(r"\\frac\s*(\d)\s*(\d)(?!\d)")
_GROUPED = re.compile(r"(?<![\d.,])\d{1,3}(?:(?:,\d{3})+(?![\d,])|(?: \d{3})+(?! ?\d))")
_SPACE = re.compile(r"(?<!\d)\s+|\s+(?!\d)")  # between digits it may separate: 1 1/2

_DECIMAL = r"\d+(?:\.\d*)?|\.\d+"
_NUMBER = re.compile(rf"([+-]?)({_DECIMAL})(?:/([+-]?)({_DECIMAL}))?")
_FRACTION = re.compile(rf"([+-]?)\\frac\{{([+-]?)({_DECIMAL})\}}\{{([+-]?)({_DECIMAL})\}}")
_MIXED = re.compile(r"([+-]?)(\d+)(?: (\d+)/(\d+)|\\frac\{(\d+)\}\{(\d+)\})")

_UNBROKEN = re.compile(r"\s*(\${0,2})(?:\\.|[^\\$])*\1[\s.]*", re.DOTALL)
_GREEK = (
    "alpha|beta|gamma|delta|epsilon|varepsilon|zeta|eta|theta|iota|kappa|lambda|mu|nu|xi|pi|rho|sigma|tau|"
    "upsilon|phi|varphi|chi|psi|omega|Gamma|Delta|Theta|Lambda|Xi|Pi|Sigma|Phi|Psi|Omega|ell"
)
_LETTERS = rf"(?:\\(?:{_GREEK})(?![a-zA-Z])|\\(?:angle|triangle)\s*[A-Za-z]+|[A-Za-z]+)"
_SYMBOL = rf"{_LETTERS}(?:\s*_\s*(?:\{{[^{{}}=]*\}}|\w)|\^\{{-1\}}|')*"
_NAME = rf"(?:{_SYMBOL}\s*(?:\([^()=]*\))?|\(\s*{_SYMBOL}(?:\s*,\s*{_SYMBOL})*\s*\))"
_NAMED = re.compile(rf"(?:[\s({{\[]|\\\{{)*(?:{_NAME}|[A-Za-z]+(?:\s+[A-Za-z]+)*)\s*")
_INDEX = re.compile(rf"_\s*\{{\s*{_SYMBOL}\s*=")
_EQUALS = re.compile(r"(?<![<>!:])=|\\equiv(?![a-zA-Z])")
_VARIABLE = re.compile(rf"\\(?:{_GREEK})(?![a-zA-Z])|(?<![\\a-zA-Z])[a-zA-Z]")


def plain(answer: str) -> str:
    """The answer in the ASCII notation of LaTeX, without the decoration of the text around it."""
    text = answer.translate(_CHARACTERS).strip().strip("*").strip()
    return _ROOT.sub(lambda root: rf"\sqrt{{{root[1]}}}" if root[1] else r"\sqrt ", text)


def normalise(answer: str) -> str:
    r"""`plain`, without what does not change the meaning: spacing, dollars, \left, a final full stop."""
    text = plain(answer).replace(r"\dfrac", r"\frac").replace(r"\tfrac", r"\frac").replace("{,}", ",")
    text = _LAYOUT.sub("", _WRAPPERS.sub(r"\1", text))
    text = _SHORT_FRACTION.sub(r"\\frac{\1}{\2}", text)
    text = _GROUPED.sub(lambda number: re.sub("[, ]", "", number[0]), text)
    text = _SPACE.sub("", " ".join(text.split()))
    return text if text.endswith("..") else text.removesuffix(".")


def exact_number(normalised: str) -> tuple[Fraction, int] | None:
    r"""The value and the decimal places of what is after all a number: -12, 0.5, 3/4, 1 1/2, \frac{3}{4}.

    There are no places in what claims to be exact: a fraction or an integer.
    """
    if len(normalised) > MAX_DIGITS:
        return None
    try:
        if match := _MIXED.fullmatch(normalised):
            whole, above, below = int(match[2]), int(match[3] or match[5]), int(match[4] or match[6])
            value = whole + Fraction(above, below)
            return (-value if match[1] == "-" else value), 0
        if match := _FRACTION.fullmatch(normalised):
            sign, sign_above, above, sign_below, below = match.groups()
        elif match := _NUMBER.fullmatch(normalised):
            sign_above = ""
            sign, above, sign_below, below = match.groups()
        else:
            return None
        value = Fraction(above) / Fraction(below or 1)
    except ZeroDivisionError:
        return None
    negative = [sign, sign_above, sign_below].count("-") % 2
    places = 0 if below else len(above.partition(".")[2])
    return (-value if negative else value), places


def equal(wanted: str, read: str) -> bool | None:
    """Whether two normalised answers mean the same; None where this layer cannot tell."""
    if wanted == read:
        return True
    first, second = exact_number(wanted), exact_number(read)
    if first and second:
        return first[0] == second[0] or _stands_for(*first, second[0]) or _stands_for(*second, first[0])
    if wanted.isalpha() and read.isalpha() and len(wanted) > 1 and wanted.casefold() == read.casefold():
        return True
    return None


def unbroken(answer: str) -> bool:
    r"""Whether dollars stand around the answer or nowhere: 41$ $42 would be two, of which one might fit."""
    return _UNBROKEN.fullmatch(answer) is not None


def names_its_value(wanted: str, read: str) -> bool:
    """Whether `read` is no equation, or one that answers: its right side alone is what is compared.

    So what stands left must be a name: x = 3, f(x) = 3, (x, y) = (1, 2). Not 10 - 3 = 3. Where an equation is
    wanted (x^2 + y^2 = 1) any is let through that holds a variable at its left: both sides are compared then.
    """
    left = _left_side(read)
    if left is None or _NAMED.fullmatch(left):
        return True
    return _left_side(wanted) is not None and _VARIABLE.search(left) is not None


def _left_side(answer: str) -> str | None:
    """What stands before the first equals sign, a sum's first index left aside; None if there is none."""
    text = " ".join(_WRAPPERS.sub(r"\1", _LAYOUT.sub("", plain(answer))).split())
    text = _INDEX.sub("_{", text)
    equals = _EQUALS.search(text)
    return text[: equals.start()] if equals else None


def _stands_for(decimal: Fraction, places: int, value: Fraction) -> bool:
    """Whether `decimal` is `value` rounded or cut to its places, where no decimal could be exact."""
    unit = Fraction(1, 10**places)
    if places == 0 or abs(decimal) < unit * 10 ** (SIGNIFICANT_DIGITS - 1) or _terminates(value):
        return False
    cut = decimal * value > 0 and 0 <= abs(value) - abs(decimal) < unit
    return cut or abs(decimal - value) <= unit / 2


def _terminates(value: Fraction) -> bool:
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1
