r"""Drops problems whose reference answer, given as the response, is not found right, or a strange one is.

Not one paper's rule but what all of them rest on: with a reference that lost a brace no response is ever
rewarded, and with one that the judge cannot tell from a number it has never seen, any is. The same words
are always equal, so sentences pass: `parnassus.data.filters.answer_form` finds those. An answer that is
readable and wrong `answer_in_solution` may find. Programs are `program_passes`' affair. Of a puzzle, whose
reference is its rules, the solution is the answer; one without is kept.
"""

from __future__ import annotations

from dataclasses import dataclass

from parnassus.data.checks.check import judged
from parnassus.types import Answer, FunctionTests, Judge, Message, Problem, Puzzle, Reference

_STRANGE = r"\boxed{-271828182845904.52353}"  # nobody's answer
_TOLD_APART = "told apart"


@dataclass(frozen=True)
class GoldVerifies:
    """Asks the judge twice: about the reference itself, and about an answer that nobody gives."""

    async def __call__(self, problem: Problem, judge: Judge) -> str | None:
        gold = _gold(problem)
        if not gold:
            return None
        reason = await judged(problem, gold, judge, "answer does not verify itself")
        if reason is not None:
            return reason
        strange = await judged(problem, _STRANGE, judge, _TOLD_APART)
        if strange is None:
            return "answer verifies anything"
        return None if strange.startswith(_TOLD_APART) else strange


def _gold(problem: Problem) -> str:
    """The right response that is known, if one is."""
    match problem.reference:
        case Answer(value):
            return rf"\boxed{{{value}}}"
        case Puzzle():
            return problem.solution.strip()
        case _:
            return ""


def _problem(reference: Reference, solution: str = "") -> Problem:
    prompt = (Message("user", "?"),)
    return Problem("case/gold-verifies", prompt, reference, "math", "case", solution=solution)


CHECK = GoldVerifies()
_TEN = Puzzle("expression", {"numbers": [6, 2, 7], "target": 10})
CASES = (
    (_problem(Answer("42")), None),
    (_problem(Answer(r"\frac{\sqrt{3}}{2}")), None),
    (_problem(Answer(r"\begin{pmatrix} 1 \\ 2 \end{pmatrix}")), None),
    (_problem(Answer("x^2 + y^2 = 1")), None),
    (_problem(FunctionTests("f", ())), None),
    (_problem(Answer(r"\frac{1}{2")), "nothing could be right"),
    (_problem(Answer(" ")), "nothing could be right"),
    (_problem(_TEN, "<<<[6, /, 2, +, 7]>>>"), None),
    (_problem(_TEN), None),
    (_problem(_TEN, "<<<[6, +, 2, +, 7]>>>"), "answer does not verify itself"),
    (_problem(Puzzle("expression", {"numbers": [6]}), "<<<6>>>"), "nothing could be right"),
    (_problem(Puzzle("riddle", {"answer": 6}), "<<<6>>>"), "nothing could be right"),
)
