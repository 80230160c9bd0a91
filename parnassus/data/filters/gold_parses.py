"""Drops problems whose reference cannot judge anything: no answer, too few tests, values that JSON cannot
carry.

It does not ask whether the reference is right; that takes a solver.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from parnassus.types import Answer, Call, FunctionTests, Message, Problem, Reference


@dataclass(frozen=True)
class GoldParses:
    """`least_tests`: with fewer, a wrong program passes by luck too often."""

    least_tests: int = 5

    def __call__(self, problem: Problem) -> str | None:
        match problem.reference:
            case Answer(value):
                return None if value.strip() else "empty answer"
            case FunctionTests(function, calls):
                if not function.isidentifier():
                    return "tests name no function"
                if len(calls) < self.least_tests:
                    return "too few tests"
                return None if all(_is_json(call) for call in calls) else "tests are not JSON"


def _is_json(call: Call) -> bool:
    """Not only serialisable: what comes back must be equal, or the expected result would change on its
    way."""
    sent = [list(call.arguments), call.result]
    try:
        return json.loads(json.dumps(sent, allow_nan=False)) == sent
    except (TypeError, ValueError, RecursionError):
        return False


def _problem(reference: Reference) -> Problem:
    return Problem("case/gold", (Message("user", "?"),), reference, "math", "case")


def _tests(*calls: Call, function: str = "f") -> Problem:
    return _problem(FunctionTests(function, calls))


FILTER = GoldParses(least_tests=2)
CASES = (
    (_problem(Answer("7")), None),
    (_problem(Answer("  ")), "empty answer"),
    (_tests(Call((1,), 2), Call((2,), 3)), None),
    (_tests(Call((1,), 2)), "too few tests"),
    (_tests(Call((1,), 2), Call((2,), 3), function="not a name"), "tests name no function"),
    (_tests(Call(([1, 2], "a", None), {"k": 1.5}), Call((), True)), None),
    (_tests(Call((1,), {1, 2}), Call((2,), 3)), "tests are not JSON"),
    (_tests(Call((1,), (1, 2)), Call((2,), 3)), "tests are not JSON"),
    (_tests(Call((float("nan"),), 1), Call((2,), 3)), "tests are not JSON"),
    (_tests(Call((1,), float("inf")), Call((2,), 3)), "tests are not JSON"),
    (_tests(Call((1,), {1: 2}), Call((2,), 3)), "tests are not JSON"),
)
