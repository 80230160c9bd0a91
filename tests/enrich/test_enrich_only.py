"""A step for the problems of one domain: the others pass untouched, and nobody is asked about them."""

import asyncio
from dataclasses import replace

import pytest
from scripted import Scripted

from parnassus.algorithms.preferences import Pairs
from parnassus.data.filters.bounds import Bounds
from parnassus.data.filters.of_domain import OfDomain
from parnassus.data.similarity.sweep import name_of
from parnassus.enrich.distill import Distill
from parnassus.enrich.made import Means, Sample
from parnassus.enrich.only import Only
from parnassus.enrich.pass_rate import PassRate
from parnassus.sandbox.make import make_sandbox
from parnassus.types import Answer, AssertTests, Message, Outcome, Problem, Sampling, Stop, Verdict

VERDICTS = {"good": Verdict(Outcome.CORRECT, 1.0, ""), "bad": Verdict(Outcome.WRONG, 0.5, "")}
STEP = Only("math", PassRate(2, Sampling(max_tokens=9)))


def asked(domain: str) -> Problem:
    return Problem("t/1", (Message("user", "1+1="),), Answer("2"), domain, "t")


async def made(problem: Problem, model: Scripted):
    async with make_sandbox(1) as sandbox:
        return await STEP(problem, Means({"model": model}, sandbox))


def test_its_own_domain_is_measured():
    model = Scripted(lambda text, seed: r"\boxed{2}")
    assert asyncio.run(made(asked("math"), model)).problem.stats["pass_rate"] == 1
    assert len(model.asked) == len(STEP.requests(asked("math"))) == 2


@pytest.mark.parametrize("domain", ["code", "logic"])
def test_another_passes_and_nobody_is_asked(domain: str):
    model = Scripted(lambda text, seed: r"\boxed{2}")
    assert asyncio.run(made(asked(domain), model)).problem == asked(domain)
    assert not model.asked
    assert not STEP.requests(asked(domain))


def test_what_it_teaches_and_prefers_is_what_the_step_within_does():
    samples = [Sample("a", text, Stop.FINISHED, 1, verdict) for text, verdict in VERDICTS.items()]
    step, pairs = Distill(2, Sampling(max_tokens=9)), PassRate(2, Sampling(max_tokens=9), pairs=Pairs())
    code = replace(asked("code"), reference=AssertTests(("assert f()",)))
    assert Only("math", step).taught(asked("math"), samples) == step.taught(asked("math"), samples) != []
    assert Only("code", pairs).preferred(code, samples) == pairs.preferred(code, samples) != []
    assert not Only("math", pairs).taught(asked("math"), samples)
    assert not Only("math", step).preferred(asked("math"), samples)
    assert not Only("math", step).taught(asked("code"), ())


def test_files_and_cards_name_what_is_within():
    assert name_of(STEP) == "PassRate of math"
    assert name_of(OfDomain("code", Bounds("pass_rate", above=0))) == "Bounds of code"
