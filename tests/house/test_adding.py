"""The worked examples of docs/adding.md: each is run as the file it claims to be, and keeps its promise."""

import asyncio
import random
import re
import types
from pathlib import Path

import pytest

from parnassus.algorithms.core import Algorithm
from parnassus.evaluation.run import Evaluate
from parnassus.recipes.recipe import Recipe
from parnassus.recipes.settings import describe, override
from parnassus.sandbox.forkserver import ForkServer
from parnassus.types import Answer, Breakage, Message, Outcome, Problem, Sampling, Verdict
from parnassus.verifiers import by_reference, retrying

TEXT = (Path(__file__).parents[2] / "docs" / "adding.md").read_text()
BLOCKS = dict(
    re.findall(r"^`(parnassus/[\w/]+\.py)`\n\n```python\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
)


def example(path: str) -> types.ModuleType:
    """The block headed by `path`, as a module."""
    module = types.ModuleType(path.removesuffix(".py").replace("/", "."))
    exec(compile(BLOCKS[path], path, "exec"), module.__dict__)
    return module


def test_every_example_is_headed_by_its_file():
    assert len(BLOCKS) == TEXT.count("```python") == 8


@pytest.mark.parametrize("path", BLOCKS)
def test_an_example_is_a_new_file_in_the_house_style(path: str):
    assert not (Path(__file__).parents[2] / path).exists(), "no longer an example: it exists"
    assert example(path).__doc__
    assert max(map(len, BLOCKS[path].splitlines())) <= 110


@pytest.mark.parametrize("path", [path for path in BLOCKS if "/algorithms/" in path])
def test_algorithms(path: str):
    assert all(isinstance(algorithm, Algorithm) for algorithm in example(path).EXAMPLES)


def test_a_verifier():
    module = example("parnassus/verifiers/yes_no.py")

    async def judge() -> list[bool]:
        async with ForkServer() as sandbox:
            return [
                (await module.VERIFIER(p, text, sandbox)).outcome is want for p, text, want in module.CASES
            ]

    assert all(asyncio.run(judge()))


def test_a_filter():
    module = example("parnassus/data/filters/ascii_only.py")
    assert [module.FILTER(problem) for problem, _ in module.CASES] == [reason for _, reason in module.CASES]


def test_a_check():
    module = example("parnassus/data/checks/guessable.py")

    async def said() -> list[str | None]:
        async with ForkServer() as sandbox:

            async def judge(problem: Problem, response: str) -> Verdict:
                return await retrying.judge(by_reference.VERIFIER, problem, response, sandbox)

            return [await module.CHECK(problem, judge) for problem, _ in module.CASES]

    heads = [reason and reason.partition(": ")[0] for reason in asyncio.run(said())]
    assert heads == [expected for _, expected in module.CASES]


def test_a_check_that_could_not_be_judged_says_so():
    module = example("parnassus/data/checks/guessable.py")

    async def torn(problem: Problem, response: str) -> Verdict:
        return Verdict(Outcome.BROKEN, 0.0, "no room", Breakage.SANDBOX)

    reason = asyncio.run(module.CHECK(module.CASES[0][0], torn))
    assert reason == "could not be judged: sandbox, no room"


def test_an_environment():
    env = example("parnassus/envs/second_thought.py").SecondThought("Sure?")
    problem = Problem("p", (Message("user", "1+1="),), Answer("2"), "math", "test")
    assert env.prompt(problem) == problem.prompt

    async def talk() -> list[str | None]:
        episode = env.begin(problem, None)
        return [await episode.reply(text) for text in ("2", "2")]

    assert asyncio.run(talk()) == ["Sure?", None]
    Evaluate(name="x", sampling=Sampling(max_tokens=8), env=env, max_turns=env.turns)


def test_a_family():
    family = example("parnassus/data/families/last_digit.py").EXAMPLE
    drawn = [family(random.Random(seed)) for seed in range(50)]
    for demonstration in drawn:
        numbers = re.fullmatch(r"last: (\d)\^(\d)=", demonstration.problem.prompt[0].content)
        assert numbers is not None
        last = str(int(numbers[1]) ** int(numbers[2]))[-1]
        assert demonstration.problem.reference.value == last
        assert demonstration.response.endswith(rf"{last};</think>\boxed{{{last}}}")
        assert family.respond(numbers[0], random.Random(0)) == demonstration.response


def test_a_recipe():
    recipe = example("parnassus/recipes/sort_only.py").RECIPE
    assert isinstance(recipe, Recipe)
    assert describe(override(recipe, "stages.rl.algorithm.loss.eps_high", "0.3")) != describe(recipe)
