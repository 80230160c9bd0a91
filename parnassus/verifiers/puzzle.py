"""Judges an answer to a puzzle by the rules of its kind: another right answer than the data set's is right.

    response -> what stands last between <<< and >>>, or in a \\boxed{}, after the thinking
             -> the kind of the reference's task: right, wrong, or not readable as what is asked for

R1-Code-Interpreter (arXiv:2505.21668) marks answers with <<<>>>, and so do the questions of SymBench. In this
process: no answer is run, none is longer than its kind reads. A score is 1 or 0.
"""

from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from parnassus.errors import DataError
from parnassus.rundir.records import adapter
from parnassus.text.answers import after_thinking, final_answer
from parnassus.types import Message, Outcome, Problem, Puzzle, Sandbox, Verdict
from parnassus.verifiers.outputs import short
from parnassus.verifiers.puzzles.assignments import Equations, Shelf
from parnassus.verifiers.puzzles.expression import Expression
from parnassus.verifiers.puzzles.games import Hand, Opponent, Reversi
from parnassus.verifiers.puzzles.grids import LetterDiagram, Sudoku
from parnassus.verifiers.puzzles.placements import Queens, Selection
from parnassus.verifiers.puzzles.reading import Unread
from parnassus.verifiers.puzzles.values import Choice, Numbers, Signs, Text

_KINDS: dict[str, type[Any]] = {
    "choice": Choice,
    "equations": Equations,
    "expression": Expression,
    "hand": Hand,
    "letter diagram": LetterDiagram,
    "numbers": Numbers,
    "opponent": Opponent,
    "queens": Queens,
    "reversi": Reversi,
    "selection": Selection,
    "shelf": Shelf,
    "signs": Signs,
    "sudoku": Sudoku,
    "text": Text,
}


@dataclass(frozen=True)
class Puzzles:
    """Raises DataError for a problem of another kind, and for a puzzle that is none."""

    async def __call__(self, problem: Problem, response: str, sandbox: Sandbox) -> Verdict:
        rules = _rules(problem)
        answer = final_answer(after_thinking(response))
        if answer is None:
            return Verdict(Outcome.UNPARSED, 0.0, "no answer between <<< and >>>, nor in a box")
        read = f"read {short(answer.strip())}"
        try:
            right = rules(answer)
        except Unread as error:
            return Verdict(Outcome.UNPARSED, 0.0, f"{read}: {error}")
        return Verdict(Outcome.CORRECT if right else Outcome.WRONG, float(right), read)


def _rules(problem: Problem) -> Any:
    """The puzzle of the reference: see `parnassus.verifiers.puzzles`."""
    reference = problem.reference
    if not isinstance(reference, Puzzle):
        raise DataError(f"{problem.id}: a puzzle is needed, the reference is {type(reference).__name__}")
    if reference.task not in _KINDS:
        raise DataError(f"{problem.id}: no puzzle is called {reference.task}. Known: {', '.join(_KINDS)}")
    try:
        return adapter(_KINDS[reference.task]).validate_python(dict(reference.data))
    except ValidationError as error:
        first = error.errors()[0]
        at = ".".join(map(str, first["loc"]))
        raise DataError(f"{problem.id}: reference.data.{at}: no {reference.task}: {first['msg']}") from error


def _problem(task: str, **data: object) -> Problem:
    return Problem(f"cases/{task}", (Message("user", "?"),), Puzzle(task, data), "reasoning", "cases")


VERIFIER = Puzzles()
_TEN = _problem("expression", numbers=[6, 2, 7], target=10)
_PICK = _problem("choice", answer="B", options={"A": "one", "B": "two"})
_FOUR = _problem("queens", board=["0000", "0000", "0000", "0000"])
CASES = [
    (_TEN, "<think><<<[6, +, 2]>>></think> It is <<<[6, /, 2, +, 7]>>>.", Outcome.CORRECT),
    (_TEN, "<<<[6, +, 2, +, 7]>>>", Outcome.WRONG),
    (_TEN, "<<<6/2+7>>> or rather <<<6/2-7>>>", Outcome.WRONG),
    (_TEN, "6/2+7", Outcome.UNPARSED),
    (_TEN, "<<<6/2+7", Outcome.UNPARSED),
    (_TEN, "<think><<<6/2+7>>>", Outcome.UNPARSED),
    (_TEN, "<<<six>>>", Outcome.UNPARSED),
    (_TEN, "<<<>>>", Outcome.UNPARSED),
    (_PICK, "<<<(B)>>>", Outcome.CORRECT),
    (_PICK, r"So \boxed{B}", Outcome.CORRECT),
    (_PICK, r"So \boxed{A}", Outcome.WRONG),
    (_FOUR, "<<<0 1, 1 3, 2 0, 3 2>>>", Outcome.CORRECT),
    (_FOUR, "<<<0 2, 1 0, 2 3, 3 1>>>", Outcome.CORRECT),
    (_FOUR, "<<<0 2, 1 0, 2 3, 3 2>>>", Outcome.WRONG),
]
