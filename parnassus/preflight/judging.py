"""References against the verifiers that will judge by them: are they of a kind that one can judge, and are
they, and the programs that come with them, found right?

A verifier is asked through `retrying.judge`, as a rollout asks it.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from random import Random

from parnassus.data.checks.gold_verifies import GoldVerifies
from parnassus.data.checks.program_passes import ProgramPasses
from parnassus.errors import ConfigError, DataError
from parnassus.evaluation.run import Evaluate
from parnassus.preflight.data import Given
from parnassus.preflight.finding import Finding, Level, counted, listed
from parnassus.preflight.stages import Sampled, pool, sampled
from parnassus.recipes.recipe import Recipe
from parnassus.types import (
    Answer,
    AssertTests,
    FunctionTests,
    Outcome,
    Problem,
    Puzzle,
    Reference,
    Sandbox,
    StdioTests,
    Verdict,
    Verifier,
)
from parnassus.verifiers.by_reference import VERIFIER
from parnassus.verifiers.retrying import judge

_TRIED = 8  # problems of a kind, before a verifier is said to judge none of it
_PIECE = 64  # problems under way at a time: a served sandbox has a queue of its own length
_UNJUDGED = "could not be judged"
_PROGRAM = "```python\npass\n```\n"


async def check_judging(
    recipe: Recipe | None, given: Given, sandbox: Sandbox, most: int | None
) -> AsyncIterator[Finding]:
    """`most`: that many problems of each verifier are judged, drawn by chance, the same ones each time."""
    for names, verifier, problems in _verifiers(recipe, given):
        judged = list[Problem]()
        async for kind, of_kind, flaw in _kinds(verifier, problems, sandbox):
            if flaw is None:
                judged += of_kind
                continue
            told = f"none of {len(of_kind):,} problems with {kind.__name__} can be judged: {flaw}"
            wanted = "Give the stage a verifier that can, or leave these problems out of what it draws."
            yield Finding(f"verifier{names}", Level.ERROR, told, wanted)
        if judged:
            yield await _gold(names, verifier, _some(judged, most), sandbox)


def _verifiers(recipe: Recipe | None, given: Given) -> Iterator[tuple[str, Verifier, Sequence[Problem]]]:
    """Each different one, with the names of its stages where it is not of all, and what these may draw."""
    if recipe is None:
        yield "", VERIFIER, given.problems
        return
    by_verifier: dict[str, list[Sampled]] = {}
    for stage in sampled(recipe):
        by_verifier.setdefault(repr(stage.verifier), []).append(stage)
    for stages in by_verifier.values():
        problems = {problem.id: problem for stage in stages for problem in _drawn(stage, given)}
        names = " of " + ", ".join(stage.name for stage in stages) if len(by_verifier) > 1 else ""
        if problems:
            yield names, stages[0].verifier, list(problems.values())


def _drawn(stage: Sampled, given: Given) -> Sequence[Problem]:
    """A mixture of what is not there draws nothing: that is told elsewhere, and here all are looked at."""
    problems = pool(stage, given) or ()
    return problems if isinstance(stage, Evaluate) else problems or given.train or ()


async def _kinds(
    verifier: Verifier, problems: Sequence[Problem], sandbox: Sandbox
) -> AsyncIterator[tuple[type[Reference], list[Problem], str | None]]:
    """The problems by the kind of their reference, and why none of it can be judged, if so."""
    kinds: dict[type[Reference], list[Problem]] = {}
    for problem in problems:
        kinds.setdefault(type(problem.reference), []).append(problem)
    for kind, of_kind in kinds.items():
        flaw = None
        for problem in of_kind[:_TRIED]:
            flaw = await _flaw(verifier, problem, sandbox)
            if flaw is None:
                break
        yield kind, of_kind, flaw


async def _flaw(verifier: Verifier, problem: Problem, sandbox: Sandbox) -> str | None:
    """Why no verdict comes on a response of the right form."""
    reference = problem.reference
    response = rf"\boxed{{{reference.value}}}" if isinstance(reference, Answer) else _PROGRAM
    try:
        verdict = await judge(verifier, problem, response, sandbox)
    except (ConfigError, DataError) as error:
        return str(error)
    return verdict.detail if verdict.outcome is Outcome.BROKEN else None


async def _gold(names: str, verifier: Verifier, chosen: Sequence[Problem], sandbox: Sandbox) -> Finding:
    async def ask(problem: Problem, response: str) -> Verdict:
        return await judge(verifier, problem, response, sandbox)

    async def one(problem: Problem) -> str | None:
        has_answer = isinstance(problem.reference, Answer | Puzzle)
        check = GoldVerifies() if has_answer else ProgramPasses()
        return await check(problem, ask)

    flaws, reasons, known = list[str](), Counter[str](), [p for p in chosen if _has_gold(p)]
    for begin in range(0, len(known), _PIECE):
        piece = known[begin : begin + _PIECE]
        for problem, reason in zip(piece, await asyncio.gather(*map(one, piece)), strict=True):
            if reason is not None:
                flaws.append(f"{problem.id}: {reason:.200}")
                reasons[reason.partition(": ")[0]] += 1
    check = f"gold{names}"
    without = len(chosen) - len(known)
    rest = f"; {without:,} others come without a program to try" if without else ""
    if not flaws:
        return Finding(check, Level.OK, f"{len(known):,} are found right{rest}")
    told = f"of {len(known):,}: {counted(reasons)}{rest}\n{listed(flaws)}"
    level = Level.WARNING if reasons.keys() == {_UNJUDGED} else Level.ERROR
    wanted = "Mend them, or let `parnassus curate` drop them: GoldVerifies(), ProgramPasses()."
    return Finding(check, level, told, wanted)


def _has_gold(problem: Problem) -> bool:
    """Whether a right response to it is known."""
    match problem.reference:
        case Answer():
            return True
        case FunctionTests() | StdioTests() | AssertTests() | Puzzle():
            return bool(problem.solution.strip())
        case _:
            return False


def _some(problems: Sequence[Problem], most: int | None) -> Sequence[Problem]:
    if most is None or most >= len(problems):
        return problems
    places = sorted(Random("doctor").sample(range(len(problems)), most))
    return [problems[place] for place in places]
