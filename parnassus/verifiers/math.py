r"""Judges a final answer in mathematics: the last \boxed{} or <<< >>> after the thinking, against the
reference.

    answer -> what it is: a value, a list, an interval, ... -> same, different, or it cannot tell
                                                                -> math-verify (math_symbolic)

The first step (`mathematics`) settles nearly all answers in well under a millisecond. It is pure and bounded
in time: a power tower costs it no more than a number, and what is provably different is WRONG whatever its
size. Only what it cannot tell goes to math-verify, in processes that are killed when they take too long: that
is WRONG, unless the reference takes as long beside a plain number, or the process was given no time: BROKEN.
No box is UNPARSED. What units, percent signs and order count for is a Policy. An equation is an answer only
if it names its value (x = 3, not 10 - 3 = 3) or an equation is wanted; a list is wrong where one value is
wanted. Answer text is never evaluated as code.
"""

from dataclasses import dataclass, field

from parnassus.errors import DataError
from parnassus.text.answers import after_thinking, final_answer
from parnassus.types import Answer, Message, Outcome, Problem, Sandbox, Verdict
from parnassus.verifiers import math_symbolic
from parnassus.verifiers.mathematics import settled
from parnassus.verifiers.mathematics.notation import clean
from parnassus.verifiers.mathematics.policy import Policy

_A_NUMBER = "1"


@dataclass(frozen=True)
class Math:
    """Raises DataError for a problem without a reference answer, or with one that no answer could be."""

    policy: Policy = field(default_factory=Policy)
    seconds: float = 5.0  # processor time for one answer in the last layer

    async def __call__(self, problem: Problem, response: str, sandbox: Sandbox) -> Verdict:
        wanted = _wanted(problem)
        read = final_answer(after_thinking(response))
        if read is None or not read.strip():
            return Verdict(Outcome.UNPARSED, 0.0, "no boxed answer")
        detail = f"read {_short(read)}, wanted {_short(wanted)}"
        same = settled.same(wanted, read, self.policy)
        if same is None:
            try:
                same = await self._compare(wanted, read)
            except math_symbolic.JudgeError as error:
                return Verdict(Outcome.BROKEN, 0.0, f"{detail}: {error}", error.breakage)
        return Verdict(Outcome.CORRECT, 1.0, detail) if same else Verdict(Outcome.WRONG, 0.0, detail)

    async def _compare(self, wanted: str, read: str) -> bool:
        """By math-verify. Raises JudgeError."""
        try:
            return await math_symbolic.compare(clean(wanted), clean(read), self.seconds)
        except math_symbolic.Unable:
            # If it can tell what is wanted from a number, the answer is too much for it. Were that no
            # verdict, a policy could choose not to be judged.
            await math_symbolic.compare(clean(wanted), _A_NUMBER, self.seconds)
            return False


def _wanted(problem: Problem) -> str:
    if not isinstance(problem.reference, Answer) or not problem.reference.value.strip():
        raise DataError(f"{problem.id}: a reference answer is needed, got {problem.reference}")
    wanted = problem.reference.value
    flaw = settled.flaw(wanted)
    if flaw:
        raise DataError(
            f"{problem.id}: no answer could be the reference {_short(wanted)!r}: {flaw}. Wanted a number, a "
            "formula or words, as LaTeX without the box. Mend the reference or leave the problem out."
        )
    return wanted


def _short(text: str, length: int = 80) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


VERIFIER = Math()


def _problem(answer: str) -> Problem:
    return Problem(f"cases/{answer}", (Message("user", "?"),), Answer(answer), "math", "cases")


CASES = [
    (_problem("42"), r"<think>\boxed{41}</think>So \boxed{42}.", Outcome.CORRECT),
    (_problem("42"), r"\boxed{42} or rather \boxed{24}", Outcome.WRONG),
    (_problem("42"), "The answer is 42.", Outcome.UNPARSED),
    (_problem("42"), r"<think>\boxed{42}", Outcome.UNPARSED),
    (_problem("42"), r"\boxed{}", Outcome.UNPARSED),
    (_problem(r"\frac{1}{2}"), r"\boxed{0.5}", Outcome.CORRECT),
    (_problem("1234"), r"\boxed{1{,}234}", Outcome.CORRECT),
    (_problem("42"), "So <<<42>>>", Outcome.CORRECT),
    (_problem("42"), r"\boxed{42}, no: <<<41>>>", Outcome.WRONG),
    (_problem(r"\frac{1}{3}"), r"\boxed{0.33}", Outcome.WRONG),
    (_problem("123456789012345678901"), r"\boxed{123456789012345678902}", Outcome.WRONG),
    (_problem(r"2\sqrt{3}"), r"\boxed{\sqrt{12}}", Outcome.CORRECT),
    (_problem("(x+1)^2"), r"\boxed{x^2 + 2x + 1}", Outcome.CORRECT),
    (_problem("[0,1)"), r"\boxed{[0,1]}", Outcome.WRONG),
    (_problem("3"), r"\boxed{x = 3}", Outcome.CORRECT),
    (_problem("3"), r"\boxed{10-3=3}", Outcome.WRONG),
    (_problem("42"), r"\boxed{41=42}", Outcome.WRONG),
    (_problem("42"), r"\boxed{41$ $42}", Outcome.WRONG),
    (_problem("42"), r"\boxed{$42$}", Outcome.CORRECT),
    (_problem("(1,2)"), r"\boxed{(x, y) = (1, 2)}", Outcome.CORRECT),
    (_problem("x^2+y^2=1"), r"\boxed{y^2+x^2=1}", Outcome.CORRECT),
]
