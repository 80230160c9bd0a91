"""Steps of a user's own, and mistakes in them: named with the problem and the line, never a traceback."""

import sys
from pathlib import Path

import pytest
from curating import Place

from parnassus.errors import AnsweringError, ConfigError, DataError

sys.path.append(str(Path(__file__).parents[1] / "enrich"))

from model_server import ModelServer, Say

OWN = """
from dataclasses import dataclass


def short(problem):
    return None if len(problem.prompt[0].content) < 60 else "long"


@dataclass(frozen=True)
class Half:
    def __call__(self, problem):
        return None if problem.reference.value / 2 else "nothing"


@dataclass(frozen=True)
class HalfLater:
    async def __call__(self, problem, judge):
        return None if problem.reference.value / 2 else "nothing"


def steps():
    return lambda problem: None
"""


@pytest.fixture
def own(tmp_path, request) -> Place:
    found = Place(tmp_path, request.param)
    found.write(4)
    return found


@pytest.mark.parametrize("own", [f"(){OWN}\nSTEPS = (short,)\n"], indirect=True)
def test_a_function_is_a_step_and_the_same_command_goes_on(own: Place):
    assert own.curate("out", "--quiet").code == 0
    again = own.curate("out", "--quiet")
    assert again.code == 0, again.complained


@pytest.mark.parametrize(
    ("own", "said"),
    [
        (f"(){OWN}\nSTEPS = (Half(),)\n", r"step Half failed at t/"),
        (f"(){OWN}\nSTEPS = (HalfLater(),)\n", r"step HalfLater failed at t/"),
    ],
    indirect=["own"],
)
def test_a_mistake_is_told_with_the_problem_and_the_line(own: Place, said: str):
    failed = own.curate("out", "--quiet", "--workers", "1")
    assert failed.code == DataError.exit_code
    assert said in failed.complained
    assert "TypeError: unsupported operand" in failed.complained
    assert ".py, line " in failed.complained
    assert "Traceback" not in failed.complained


@pytest.mark.parametrize("own", [f"(){OWN}\nSTEPS = (steps(),)\n"], indirect=True)
def test_a_step_without_a_name_is_refused_before_anything_is_read(own: Place):
    refused = own.curate("out", "--quiet")
    assert refused.code == ConfigError.exit_code
    assert "has no name of its own at the top of a file" in refused.complained
    assert not (own.path / "out").exists()


@pytest.mark.parametrize("own", ["(RATE,)"], indirect=True)
def test_a_server_that_never_makes_sense_ends_the_command_and_not_the_set(own: Place):
    with ModelServer(lambda question: Say(b"<html>Welcome</html>")) as server:
        ended = own.curate("out", "--ask", f"student=m@{server.url}", "--retries", "0", "--quiet")
    assert ended.code == AnsweringError.exit_code
    assert "PassRate had no usable answer for any of 4 problems" in ended.complained
    assert not own.left("out").done()
