"""Sends each problem to the judge of its kind of reference. Judges nothing itself."""

from dataclasses import dataclass

from parnassus.types import (
    Answer,
    AssertTests,
    FunctionTests,
    GymEntry,
    Outcome,
    Problem,
    Puzzle,
    Sandbox,
    StdioTests,
    Verdict,
    Verifier,
)
from parnassus.verifiers import code_asserts, code_calls, code_stdio, math, puzzle, reasoning_gym


@dataclass(frozen=True)
class ByReference:
    """One verifier for problems of all kinds; a recipe sets the judge of each."""

    answers: Verifier = math.VERIFIER
    functions: Verifier = code_calls.VERIFIER
    programs: Verifier = code_stdio.VERIFIER
    asserts: Verifier = code_asserts.VERIFIER
    gym: Verifier = reasoning_gym.VERIFIER
    puzzles: Verifier = puzzle.VERIFIER

    async def __call__(self, problem: Problem, response: str, sandbox: Sandbox) -> Verdict:
        match problem.reference:
            case Answer():
                return await self.answers(problem, response, sandbox)
            case FunctionTests():
                return await self.functions(problem, response, sandbox)
            case StdioTests():
                return await self.programs(problem, response, sandbox)
            case AssertTests():
                return await self.asserts(problem, response, sandbox)
            case GymEntry():
                return await self.gym(problem, response, sandbox)
            case Puzzle():
                return await self.puzzles(problem, response, sandbox)


VERIFIER = ByReference()
CASES: list[tuple[Problem, str, Outcome]] = [
    case
    for judge in (math, code_calls, code_stdio, code_asserts, reasoning_gym, puzzle)
    for case in judge.CASES[:2]
]
