"""What every verifier file must hold, found by walking the package: no list to edit."""

import asyncio
import dataclasses
import importlib
import pkgutil

import pytest

import parnassus.verifiers
from parnassus.sandbox.forkserver import ForkServer
from parnassus.types import Outcome

NAMES = [
    f"parnassus.verifiers.{module.name}" for module in pkgutil.iter_modules(parnassus.verifiers.__path__)
]
MODULES = [module for module in map(importlib.import_module, NAMES) if hasattr(module, "VERIFIER")]
each = pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rpartition(".")[2])


def judge(verifier, cases):
    """The verdicts of all cases, judged at the same time."""

    async def main():
        async with ForkServer() as sandbox:
            return await asyncio.gather(*(verifier(problem, text, sandbox) for problem, text, _ in cases))

    return asyncio.run(main())


def test_some_are_found():
    assert {"math", "code_calls", "by_reference"} <= {
        module.__name__.rpartition(".")[2] for module in MODULES
    }


@each
def test_verdicts_are_those_of_its_cases(module):
    verdicts = judge(module.VERIFIER, module.CASES)
    for (problem, text, outcome), verdict in zip(module.CASES, verdicts, strict=True):
        assert verdict.outcome is outcome, (problem.reference, text, verdict)
        assert 0.0 <= verdict.score <= 1.0
        assert (verdict.score == 1.0) == (outcome is Outcome.CORRECT)


@each
def test_cases_show_right_wrong_and_unreadable(module):
    shown = {outcome for _, _, outcome in module.CASES}
    assert shown >= {Outcome.CORRECT, Outcome.WRONG}, (
        "a verifier's cases show at least a right and a wrong answer"
    )
    assert Outcome.BROKEN not in shown, "a judge that fails is no case"


@each
def test_an_empty_response_has_no_answer(module):
    problem = module.CASES[0][0]
    (verdict,) = judge(module.VERIFIER, [(problem, "", Outcome.UNPARSED)])
    assert (verdict.outcome, verdict.score) == (Outcome.UNPARSED, 0.0)


@each
def test_is_a_value(module):
    """A frozen dataclass of plain fields: it prints, compares and is written to a run's manifest."""
    verifier = module.VERIFIER
    assert dataclasses.is_dataclass(verifier)
    assert dataclasses.replace(verifier) == verifier
    for field in dataclasses.fields(verifier):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(verifier, field.name, None)
    dataclasses.asdict(verifier)
