"""Answers in mathematics: what the exact layer settles, what math-verify does, what neither may suffer."""

import asyncio
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parnassus.errors import DataError
from parnassus.sandbox.forkserver import ForkServer
from parnassus.types import Answer, FunctionTests, Outcome, Problem
from parnassus.verifiers.math import Math
from parnassus.verifiers.math_exact import equal, exact_number, names_its_value, normalise, unbroken


def settled(wanted, read):
    return equal(normalise(wanted), normalise(read))


def judge(wanted, *read, seconds=5.0):
    problem = Problem("test/1", (), Answer(wanted), "math", "test")

    async def main():
        calls = [Math(seconds)(problem, f"\\boxed{{{answer}}}", ForkServer()) for answer in read]
        return [verdict.outcome for verdict in await asyncio.gather(*calls)]

    return asyncio.run(main())


EQUAL = {
    "7425000": ["7,425,000", "7{,}425{,}000", r"7\,425\,000", "7425000.0", " $7425000$ .", "+7425000"],
    "1000": ["1 000", "1000.", r"\$1,000", "**1000**", "01000", "1000.00"],
    "-5": ["\N{MINUS SIGN}5", r"\boxed{-5}", r"\text{-5}"],
    r"\frac{1}{2}": [
        "0.5",
        ".5",
        "1/2",
        r"\frac12",
        r"\dfrac{1}{2}",
        r"\frac{-1}{-2}",
        "\N{VULGAR FRACTION ONE HALF}",
    ],
    r"-\frac{1}{2}": [r"\frac{-1}{2}", r"\frac{1}{-2}", "-0.5", "-1/2", "1/-2"],
    r"\frac{3}{2}": [r"1\frac{1}{2}", "1 1/2", "1   1/2", r"$\displaystyle\frac{3}{2}$"],
    r"\frac{1}{3}": ["0.333333", "0.33333333"],
    r"\frac{2}{3}": ["0.666667", "0.666666"],
    r"\frac{1}{12}": ["0.0833333333333333"],
    "(1,2)": [r"\left( 1, 2 \right)"],
    r"\text{Evelyn}": ["Evelyn", "evelyn"],
    r"\sqrt{3}": ["\N{SQUARE ROOT}3"],
    "1" * 3000: ["1" * 3000],
}
DIFFERENT = {
    r"\frac{1}{2}": [r"1\frac{1}{2}", "2/1", "-0.5"],
    r"\frac{1}{3}": ["0.33", "0.33333", "0.333334", "0.333332"],
    r"\frac{100}{3}": ["33.3"],
    r"\frac{1}{8}": ["0.1250000001"],
    r"\frac{1}{1024}": ["0.000976563"],
    "0": ["0.0000001", "1"],
    "2024": ["2024.0001", "-2024", "20240"],
    "50000000000000000": ["50000000000000001"],
    "11/2": ["1 1/2"],
    "1": ["1" * 3000],
}
NO_NUMBERS = ["1/0", r"\frac{1}{0}", "0/0", "1e5", "nan", "1,2", "12:00", "9**9", "", "1..2", "--5"]


def pairs(table):
    return [(wanted, read) for wanted, answers in table.items() for read in answers]


@pytest.mark.parametrize(("wanted", "read"), pairs(EQUAL))
def test_notation_and_exact_numbers_are_settled_here(wanted, read):
    assert settled(wanted, read) is True


@pytest.mark.parametrize(("wanted", "read"), pairs(DIFFERENT))
def test_unequal_numbers_are_told_apart_here(wanted, read):
    assert settled(wanted, read) is False


@pytest.mark.parametrize("read", NO_NUMBERS)
def test_what_is_no_number_is_not_read_as_one(read):
    assert exact_number(normalise(read)) is None


def test_a_list_is_not_a_number_with_thousands():
    assert settled("1,234", "1, 234") is None


@given(st.integers(-(10**30), 10**30), st.integers(1, 10**6))
def test_all_notations_of_a_fraction_are_equal_and_no_other_is(above, below):
    value = Fraction(above, below)
    forms = [f"{above}/{below}", f"\\frac{{{above}}}{{{below}}}", f" $\\dfrac{{{above}}}{{{below}}}$ ."]
    forms += [f"{value.numerator:,}"] if value.denominator == 1 else [str(value)]
    for form in forms:
        assert exact_number(normalise(form)) == (value, 0)
        assert settled(str(value), form) is True
        assert settled(f"{above + 1}/{below}", form) is False


@given(st.text(max_size=60) | st.text("0123456789 ,./-+{}\\frac$%", max_size=60))
def test_any_text_can_be_normalised_and_equals_itself(text):
    assert settled(text, text) is True
    assert normalise(f"  {text}  ") == normalise(text)


NAMED = [
    "x=3", r"\left( x, y \right) = (1,2)", "f(x) = 3", "f(10)=3", r"f^{-1}(x)=3", r"\theta = 3", "a_1 = 3",
    "a_{10}=3", "x'=3", r"\text{the area} = 3", "AB=3", r"\angle ABC = 3", r"\{x = 3\}", "$x=3$",
    r"\sum_{i=1}^{10} i",    r"x \ne 4", "x <= 3", "x = 2+1 = 3", "x=3, y=4", "3",
]  # fmt: skip
CLAIMS = [
    "10-3=3", "41=42", "41==42", r"41 \equiv 42", "(41=42)", r"\left(41=42\right)", r"\{41=42\}", "41{=}42",
    r"41\text{=}42", r"10\%=42", "=42", "2x=3", "-x=3", "x^2=3", r"\sqrt x=3", "4, x=3", "x+y=3",
]  # fmt: skip


@pytest.mark.parametrize("read", NAMED)
def test_an_answer_may_name_its_value(read):
    assert names_its_value("3", read)


@pytest.mark.parametrize("read", CLAIMS)
def test_no_other_equation_is_an_answer(read):
    assert not names_its_value("3", read)


def test_where_an_equation_is_wanted_any_with_a_variable_may_be_it():
    assert names_its_value("y=2x+1", "2x-y+1=0")
    assert not names_its_value("x=42", "41=42")


@pytest.mark.parametrize(
    ("answer", "whole"),
    [
        ("42", True),
        ("$42$.", True),
        (r"$$\$42$$", True),
        (r"\$42", True),
        ("41$ $42", False),
        ("$41$ $42$", False),
        ("4$$2", False),
        ("$42", False),
        (r"41\\$ $42", False),
    ],
)
def test_dollars_stand_around_an_answer_or_nowhere(answer, whole):
    assert unbroken(answer) is whole


@pytest.mark.adversarial
def test_hostile_texts_are_read_in_linear_time():
    """Each of these would need minutes if anything looked back."""
    for piece in ["=", "x", "(", "a ", "_{", "$", "\\", "a_", "(a,", "{", " ", "a'", "x("]:
        for text in (piece * 200_000, f"{piece * 200_000}1="):
            names_its_value("3", text)
            unbroken(text)


def test_the_rest_is_for_math_verify():
    outcomes = judge(r"2\sqrt{3}", r"\sqrt{12}", r"\sqrt{11}", "2 and some words", "((((", "", seconds=30.0)
    assert outcomes == [Outcome.CORRECT, *[Outcome.WRONG] * 3, Outcome.UNPARSED]


@pytest.mark.adversarial
def test_an_answer_without_end_costs_only_its_own_worker():
    hostile = ["9^{9^{9}}", r"\frac{5^{(5^{(5^{(5^5)})}-4)}-5}{16}", "99999999999!"]
    outcomes = judge(r"\sqrt{2}", *hostile, seconds=1.0)
    assert Outcome.BROKEN in outcomes
    assert Outcome.CORRECT not in outcomes
    assert judge(r"\sqrt{2}", r"\frac{2}{\sqrt{2}}", seconds=30.0) == [Outcome.CORRECT]


@pytest.mark.adversarial
def test_answers_are_never_run(tmp_path):
    mark = tmp_path / "mark"
    call = f"__import__('os').system('touch {mark}')"
    answers = [
        call,
        f"[{call}]",
        f"2*{call}",
        f"\\text{{{call}}}",
        f"\\sqrt{{{call}}}",
        f"f({call})",
        "exit()",
    ]
    outcomes = judge("5", *answers, seconds=30.0)
    assert not mark.exists()
    assert Outcome.CORRECT not in outcomes


ASK = """
import asyncio
from parnassus.verifiers import math_symbolic as symbolic
try:
    asyncio.run(symbolic.compare('1', '9^{9^{9}}', 0.5))
except symbolic.JudgeError as error:
    print(error)
print(asyncio.run(symbolic.compare('x+y', 'y+x', 60.0)), symbolic._POOL._idle[0]._process.pid)
"""


def test_workers_end_with_the_interpreter():
    command = [sys.executable, "-W", "error", "-c", ASK]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert result.stderr == ""
    refusal, verdict = result.stdout.splitlines()
    same, worker = verdict.split()
    assert (refusal, same) == ("no verdict within 0.5 s", "True")
    assert not Path(f"/proc/{worker}").exists()


@pytest.mark.parametrize("reference", [Answer(" "), FunctionTests("f", ())])
def test_a_problem_without_an_answer_is_refused(reference):
    with pytest.raises(DataError, match="test/1"):
        asyncio.run(Math()(Problem("test/1", (), reference, "math", "test"), "", ForkServer()))
