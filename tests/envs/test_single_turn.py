"""The plain environment asks once and never answers."""

import asyncio
from dataclasses import replace

from parnassus.envs.single_turn import SingleTurn
from parnassus.types import Answer, Message, Problem


def test_asks_the_problem_and_ends():
    problem = Problem(
        "p", (Message("system", "Be brief."), Message("user", "2+2?")), Answer("4"), "math", "test"
    )
    env = SingleTurn()
    assert env.prompt(problem) == problem.prompt
    assert (env.stop, env.turns) == ((), 1)
    assert asyncio.run(env.begin(problem, sandbox=None).reply("4")) is None
    assert env.restored("4 ") == "4 "


def test_says_what_it_was_told_to_before_the_problem_and_below_those_of_a_domain():
    env = SingleTurn(system="Tags.", after=(("math", "In a box."),))
    asked = Problem("p", (Message("user", "2+2?"),), Answer("4"), "math", "test")
    assert env.prompt(asked) == (Message("system", "Tags."), Message("user", "2+2?\n\nIn a box."))
    code = replace(asked, domain="code")
    assert env.prompt(code) == (Message("system", "Tags."), Message("user", "2+2?"))
    own = replace(asked, prompt=(Message("system", "Be brief."), *asked.prompt))
    assert env.prompt(own)[0] == Message("system", "Be brief.")
