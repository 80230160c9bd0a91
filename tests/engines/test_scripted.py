"""The scripted engine keeps the contract it stands in for."""

import asyncio

import pytest

from parnassus.engines.scripted import ScriptedEngine
from parnassus.errors import DataError
from parnassus.types import Completion, Sampling, Stop

TABLE = {(1, 2): [7, 8, 0, 9], (3,): [5, 6, 7]}


def ask(engine: ScriptedEngine, prompt: list[int], max_tokens: int = 9) -> Completion:
    return asyncio.run(engine.generate(prompt, Sampling(max_tokens), seed=0))


def test_answers_from_a_table_cut_at_stops_and_limits():
    engine = ScriptedEngine.of(TABLE, stop_ids=(0,), max_len=4)
    assert ask(engine, [3]) == Completion((5, 6, 7), (0.0, 0.0, 0.0), Stop.LENGTH, 0)
    assert ask(engine, [1, 2]).tokens == (7, 8)  # no room for the stop
    assert ask(engine, [3], max_tokens=1).tokens == (5,)
    engine = ScriptedEngine.of(TABLE, stop_ids=(0,), max_len=99)
    assert ask(engine, [1, 2]) == Completion((7, 8, 0), (0.0, 0.0, 0.0), Stop.FINISHED, 0)


def test_answers_from_a_function_of_prompt_and_seed():
    engine = ScriptedEngine(lambda prompt, seed: [len(prompt), seed], (), max_len=9)
    assert asyncio.run(engine.generate([4, 4, 4], Sampling(5), seed=6)).tokens == (3, 6)


def test_loading_changes_the_version():
    engine = ScriptedEngine.of(TABLE, (), max_len=9)
    engine.load({}, version=3)
    assert ask(engine, [3]).policy_version == 3


def test_a_prompt_that_leaves_no_room():
    with pytest.raises(DataError, match="2 tokens"):
        ask(ScriptedEngine.of(TABLE, (), max_len=2), [1, 2])
