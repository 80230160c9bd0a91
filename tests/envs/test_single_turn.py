"""The plain environment asks once and never answers."""

import asyncio

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
