"""Every kind of puzzle against its own cases and against texts of any sort; found by walking the package."""

import asyncio
import importlib
import pkgutil
from dataclasses import asdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parnassus.data.plain import decode_problem
from parnassus.errors import DataError
from parnassus.rundir.records import from_json, to_json
from parnassus.types import Answer, Message, Outcome, Problem, Puzzle
from parnassus.verifiers import puzzle, puzzles
from parnassus.verifiers.puzzles.reading import Unread

MODULES = [
    importlib.import_module(f"{puzzles.__name__}.{found.name}")
    for found in pkgutil.iter_modules(puzzles.__path__)
]
CASES = [case for module in MODULES for case in getattr(module, "CASES", ())]
KINDS = {kind: name for name, kind in puzzle._KINDS.items()}
HOSTILE = [
    "9" * 1_000_000,
    "(" * 1_000_000,
    "[" * 500_000 + "]" * 500_000,
    "1," * 500_000,
    "9**9**9**9",
    "1/" * 100_000,
    "-" * 100_000,
    "\\text{" * 100_000,
    "٣, ٤",  # digits, but not ours
    "\ud800",
    "\x00",
    "1e999999999",
    "__import__('os').getpid()",
]


def judged(rules, answer):
    try:
        return rules(answer)
    except Unread:
        return None


@pytest.mark.parametrize("number", range(len(CASES)))
def test_a_kind_says_what_its_cases_say(number):
    rules, answer, expected = CASES[number]
    assert judged(rules, answer) is expected


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_the_cases_show_right_wrong_and_unreadable(kind):
    shown = {expected for rules, _, expected in CASES if type(rules) is kind}
    assert shown == {True, False, None}


def test_every_kind_with_cases_has_a_name():
    assert {type(rules) for rules, _, _ in CASES} == set(KINDS)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_several_right_answers_are_shown_where_there_are_some(kind):
    """Or several spellings, where the answer is settled; a single digit has one."""
    right: dict[str, set[str]] = {}
    for rules, answer, expected in CASES:
        if expected and type(rules) is kind:
            right.setdefault(repr(rules), set()).add(answer)
    assert kind.__name__ == "Hand" or max(map(len, right.values())) > 1


@given(
    st.integers(0, len(CASES) - 1), st.text(max_size=60) | st.text("0123456789,.-/[]() \n*+ABCx", max_size=60)
)
@settings(max_examples=400, deadline=None)
def test_any_text_is_right_wrong_or_unreadable(number, answer):
    assert judged(CASES[number][0], answer) in (True, False, None)


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_nothing_that_is_said_is_run_or_long_looked_at(number):
    """The suite's own limit of time would end what does not come back."""
    for rules, _, _ in CASES:
        assert judged(rules, HOSTILE[number]) in (False, None)


def problem(reference, solution=""):
    return Problem("test/1", (Message("user", "?"),), reference, "reasoning", "test", solution=solution)


def verdict(reference, response):
    return asyncio.run(puzzle.VERIFIER(problem(reference), response, None))  # no sandbox is asked


@pytest.mark.parametrize("number", range(0, len(CASES), 3))
def test_a_puzzle_is_judged_alike_after_it_was_written_and_read(number):
    rules, answer, expected = CASES[number]
    if "<" in answer or "boxed" in answer or len(answer) > 1_000:
        pytest.skip("the marks around it would be misread, or it is long")
    kept = from_json(Problem, to_json(problem(Puzzle(KINDS[type(rules)], asdict(rules)))), "here")
    outcome = {True: Outcome.CORRECT, False: Outcome.WRONG, None: Outcome.UNPARSED}[expected]
    assert verdict(kept.reference, f"<<<{answer}>>>").outcome is outcome


def test_a_puzzle_is_read_strictly():
    reference = {"task": "expression", "data": {"numbers": [6, 2, 7], "target": 10}}
    row = {"id": "x", "prompt": "?", "domain": "reasoning", "reference": reference}
    assert decode_problem(row, "here", "test").reference == Puzzle(**reference)
    for change, said in (
        ({"data": {}}, "reference.data is empty"),
        ({"task": " "}, "reference.task is empty"),
        ({"data": [1]}, "reference.data: wanted an object"),
        ({"seed": 1}, "unknown field reference.seed"),
        ({"value": "1"}, "value, task, data belong to different kinds"),
        ({"dat": {}}, "unknown field reference.dat. Did you mean data"),
    ):
        with pytest.raises(DataError, match=said):
            decode_problem(row | {"reference": reference | change}, "here", "test")
    with pytest.raises(DataError, match=r"the field reference\.seed is missing"):
        decode_problem(row | {"reference": {"task": "expression"}}, "here", "test")


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        (Puzzle("riddle", {"a": 1}), "no puzzle is called riddle"),
        (Puzzle("expression", {"numbers": ["six"]}), "reference.data.numbers.0: no expression"),
        (Puzzle("expression", {"numbers": [6]}), "reference.data.target: no expression"),
        (Answer("6"), "a puzzle is needed, the reference is Answer"),
    ],
)
def test_what_is_no_puzzle_is_named(reference, said):
    with pytest.raises(DataError, match=said):
        verdict(reference, "<<<6>>>")


def test_the_answer_that_comes_last_counts():
    ten = puzzle.CASES[0][0].reference
    right, wrong = "6/2+7", "6/2-7"
    said = [
        f"<<<{wrong}>>> <<<{right}>>>",
        rf"<<<{wrong}>>> or \boxed{{{right}}}",
        rf"\boxed{{{wrong}}} or <<<{right}>>>",
    ]
    assert {verdict(ten, response).outcome for response in said} == {Outcome.CORRECT}
    swapped = [response.replace(right, "?").replace(wrong, right).replace("?", wrong) for response in said]
    assert {verdict(ten, response).outcome for response in swapped} == {Outcome.WRONG}
