"""Stand-ins in the place of models: each enrichment does its real work with them, at the rates that follow
from their settings. Bounds are four standard errors of the number of draws; seeds are fixed."""

import json
import random
from collections.abc import Sequence
from math import comb, prod, sqrt
from pathlib import Path
from statistics import fmean

import pytest
from scripted import wait

from parnassus.data.families.chain import Chain
from parnassus.data.families.clauses import CONDITIONS, EXPRESSIONS
from parnassus.data.families.guards import Guards
from parnassus.data.families.sort import Sort
from parnassus.data.families.spoiled import Spoiled
from parnassus.enrich.answerer import Answerer
from parnassus.enrich.asking import Agent
from parnassus.enrich.distill import Distill, Keep
from parnassus.enrich.job import Item, enrich
from parnassus.enrich.made import Enrichment, Means
from parnassus.enrich.pass_rate import PassRate
from parnassus.enrich.stand_ins import Judge, Teacher, TestWriter
from parnassus.enrich.synthesize_tests import SynthesizeTests
from parnassus.enrich.votes import Votes
from parnassus.sandbox.make import make_sandbox
from parnassus.types import AssertTests, FunctionTests, Outcome, Problem, Sampling

SAMPLING = Sampling(64)
CODE = {phrase.words: phrase.code for phrase in (*CONDITIONS, *EXPRESSIONS)}
JUDGES = (Agent("llama", "llama"), Agent("qwen", "qwen"))
SKYWORK = Votes(JUDGES, votes=16, keep=9, sampling=SAMPLING)
GUARDS = Guards((1, 1), noise=0)


def problems(family, count: int, seed: int = 0) -> list[Problem]:
    """Of different prompts."""
    rng, found = random.Random(seed), dict[str, Problem]()
    while len(found) < count:
        one = family(rng).problem
        found.setdefault(one.id, one)
    return list(found.values())


def spoiled(family, count: int) -> list[Problem]:
    drawn = problems(Spoiled(family, 1.0), 2 * count)
    return [p for p in drawn if family.respond(p.prompt[0].content, random.Random(0)) is None][:count]


def enriched(
    asked: Sequence[Problem], step: Enrichment, directory: Path, **models: Answerer
) -> dict[str, Item]:
    async def do() -> dict[str, Item]:
        async with make_sandbox(2) as sandbox:
            items = list(await enrich(asked, step, Means(models, sandbox), directory))
        return {problem.id: item for problem, item in zip(asked, items, strict=True)}

    return wait(do())


def off(share: float, draws: int) -> float:
    return 4 * sqrt(share * (1 - share) / draws)


def spread(chances: Sequence[float], samples: int) -> float:
    return 4 * sqrt(sum(p * (1 - p) / samples for p in chances)) / len(chances)


def asks_for(task: str, x: int, y: int) -> int:
    """What the function should give, by the words of the task and Python's own arithmetic."""
    *clauses, last = task.removeprefix("code: ").split("; ")
    for clause in clauses:
        when, give = clause.removeprefix("if ").split(" give ")
        if eval(CODE[when], {"x": x, "y": y}):
            return eval(CODE[give], {"x": x, "y": y})
    return eval(CODE[last.removeprefix("else ")], {"x": x, "y": y})


def test_the_pass_rate_is_what_the_noise_implies(tmp_path: Path):
    noisy = Teacher((Sort(noise=0.5, direct=0), Chain((1, 1), noise=0.4, direct=0)))
    found = enriched(problems(Chain((1, 1)), 60), PassRate(16, SAMPLING), tmp_path, model=noisy)
    rates = [item.problem.stats["pass_rate"] for item in found.values()]
    assert fmean(rates) == pytest.approx(0.64, abs=off(0.64, 960))  # a digit redrawn is right 1 time in 10
    assert min(rates) < 0.64 < max(rates)
    assert all(item.problem.stats["parsable"] == 1 for item in found.values())
    assert all(item.problem.stats["response_tokens"] > 5 for item in found.values())


def test_the_pass_rate_of_programs_is_what_the_noise_implies(tmp_path: Path):
    noise, asked = 0.3, problems(GUARDS, 20)
    found = enriched(asked, PassRate(16, SAMPLING), tmp_path, model=Teacher((Guards(noise=noise),)))
    chances = [chance(problem, noise) for problem in asked]
    rates = [found[problem.id].problem.stats["pass_rate"] for problem in asked]
    assert fmean(rates) == pytest.approx(fmean(chances), abs=spread(chances, 16))
    assert 0.3 < fmean(chances) < 0.9


def chance(problem: Problem, noise: float) -> float:
    """That a program with noise passes the tests: over all programs that may come of it."""
    assert isinstance(problem.reference, FunctionTests)
    condition, rest = problem.prompt[0].content.removeprefix("code: if ").split(" give ")
    phrases = (condition, *rest.split("; else "))
    choices = [[p.words for p in CONDITIONS]] + 2 * [[p.words for p in EXPRESSIONS]]
    total, (conditions, gives, others) = 0.0, choices
    for when, give, other in ((c, g, o) for c in conditions for g in gives for o in others):
        task = f"code: if {when} give {give}; else {other}"
        if all(asks_for(task, *call.arguments) == call.result for call in problem.reference.calls):
            total += prod(
                noise / len(known) + (1 - noise) * (now == was)
                for known, now, was in zip(choices, (when, give, other), phrases, strict=True)
            )
    return total


def test_a_teacher_leaves_what_to_imitate(tmp_path: Path):
    teacher = Teacher((Chain(noise=0.2, direct=0.3),))
    asked = problems(Spoiled(Chain((2, 2)), 0.5), 60)
    step = Distill(8, SAMPLING, Keep.CORRECT)
    found = enriched(asked, step, tmp_path, teacher=teacher)
    good = [problem for problem in asked if Chain().respond(problem.prompt[0].content, random.Random(0))]
    assert 15 < len(good) < 45
    for problem in asked:
        item = found[problem.id]
        taught = step.taught(item.problem, item.samples)
        assert all(one.correct for one in taught)
        assert bool(taught) == (item.reason == "")
        if problem not in good:
            assert item.reason == "no response to imitate: of 8"
            assert {sample.verdict.outcome for sample in item.samples} == {Outcome.UNPARSED}
    chances = [0.3 * 0.55 + 0.7 * chance_of_two_steps(problem, 0.2) for problem in good]
    rates = [found[problem.id].problem.stats["teacher_pass_rate"] for problem in good]
    assert fmean(rates) == pytest.approx(fmean(chances), abs=spread(chances, 8))


def chance_of_two_steps(problem: Problem, noise: float) -> float:
    """That two steps, each of which is redrawn with probability `noise`, end at the right digit."""
    a, first, b, second, c = problem.prompt[0].content.removeprefix("calc: ").removesuffix("=")
    middle = eval(a + first + b) % 10
    right = eval(f"{middle}{second}{c}") % 10

    def ends_right(middle: int) -> float:
        return noise / 10 + (1 - noise) * (eval(f"{middle}{second}{c}") % 10 == right)

    return (1 - noise) * ends_right(middle) + sum(noise / 10 * ends_right(digit) for digit in range(10))


@pytest.mark.parametrize("accuracy", [0.7, 0.8, 1.0])
def test_votes_tell_the_spoiled_from_the_good_at_the_rate_implied(accuracy: float, tmp_path: Path):
    families = (Chain(), GUARDS)
    asked = [problem for family in families for problem in spoiled(family, 40) + problems(family, 40)]
    good = {p.id for p in asked if any(f.respond(p.prompt[0].content, random.Random(0)) for f in families)}
    assert len(good) == 80
    judge = Judge(families, accuracy)
    found = enriched(asked, SKYWORK, tmp_path, llama=judge, qwen=judge)
    for group, share in ((good, accuracy), ({p.id for p in asked} - good, 1 - accuracy)):
        items = [found[name] for name in sorted(group)]
        votes = [item.problem.stats["votes"] for item in items]
        assert sum(votes) / (32 * len(votes)) == pytest.approx(share, abs=off(share, 32 * len(votes)))
        keeps = sum(comb(32, k) * share**k * (1 - share) ** (32 - k) for k in range(9, 33))
        kept = [not item.reason for item in items]
        assert fmean(kept) == pytest.approx(keeps, abs=off(keeps, len(kept)) + 1e-9)
        assert kept == [count >= 9 for count in votes]
        assert {item.problem.stats["unreadable_votes"] for item in items} == {0.0}
        said = [[vote.verdict.outcome for vote in item.samples] for item in items]
        alike = [own[:16] == own[16:] for own in said]
        assert all(alike) if accuracy == 1 else not any(alike), "each vote is by itself"


def test_the_oracle_drops_the_asserts_that_are_wrong(tmp_path: Path):
    asked = problems(Guards((1, 3)), 15)
    models = {"writer": TestWriter(tests=20, wrong=0.3), "oracle": Teacher((Guards(noise=0),))}
    found = enriched(asked, SynthesizeTests(), tmp_path, **models)
    left = 0
    for problem in asked:
        task, item = problem.prompt[0].content, found[problem.id]
        written = json.loads(item.samples[0].text)
        assert written["question"] == task
        assert len(set(written["tests"])) == 20
        right = [test for test in written["tests"] if true_of(task, test)]
        assert isinstance(item.problem.reference, AssertTests)
        assert list(item.problem.reference.tests) == right
        assert item.problem.stats == {"tests_written": 20, "tests_kept": len(right)}
        assert item.problem.prompt[0].content.startswith(f"{task}\n\n")
        left += len(right)
    assert left / 300 == pytest.approx(0.7, abs=off(0.7, 300))


def true_of(task: str, test: str) -> bool:
    call, wanted = test.removeprefix("assert f(").split(")==")
    return asks_for(task, *map(int, call.split(","))) == int(wanted)


def test_questions_with_fewer_than_five_tests_left_are_dropped(tmp_path: Path):
    models = {"writer": TestWriter(tests=8, wrong=0.5), "oracle": Teacher((Guards(noise=0),))}
    found = enriched(problems(Guards((1, 3)), 40), SynthesizeTests(), tmp_path, **models)
    few = sum(comb(8, k) for k in range(5)) / 2**8
    dropped = [item.reason for item in found.values() if item.reason]
    assert len(dropped) / 40 == pytest.approx(few, abs=off(few, 40))
    assert set(dropped) <= {f"too few tests left: {left} of 8" for left in range(5)}
    kept = [item.problem.stats["tests_kept"] for item in found.values() if not item.reason]
    assert min(kept) >= 5


def test_an_oracle_that_is_wrong_costs_good_tests(tmp_path: Path):
    asked = problems(Guards((1, 3)), 20)
    models = {"writer": TestWriter(8, wrong=0), "oracle": Teacher((Guards(noise=0.3),))}
    found = enriched(asked, SynthesizeTests(), tmp_path, **models)
    kept = [item.problem.stats.get("tests_kept", 0) for item in found.values()]
    assert 8 in kept
    assert min(kept) < 8


def test_a_task_that_is_none_gives_no_question(tmp_path: Path):
    asked = spoiled(Guards(), 5) + problems(Chain(), 5)
    models = {"writer": TestWriter(), "oracle": Teacher((Guards(),))}
    found = enriched(asked, SynthesizeTests(), tmp_path, **models)
    assert {item.reason for item in found.values()} == {"unreadable rewrite: no JSON"}
