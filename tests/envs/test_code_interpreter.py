"""The interpreter's protocol, with scripts that are really run: what is asked, run, told, and refused."""

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parnassus.envs.code_interpreter import CodeInterpreter, Style
from parnassus.errors import ConfigError, SandboxError
from parnassus.sandbox.forkserver import ForkServer
from parnassus.text.scripts import closed, first_script
from parnassus.types import Answer, Limits, Message, Problem, Program, Run

PROBLEM = Problem("p", (Message("user", "6*7?"),), Answer("42"), "math", "test")


def block(script: str) -> str:
    return f"Let me see.\n```python\n{script}\n```"


def replies(said: Sequence[str], env: CodeInterpreter) -> list[str | None]:
    """What one episode replies to each."""

    async def main() -> list[str | None]:
        async with ForkServer() as sandbox:
            episode = env.begin(PROBLEM, sandbox)
            return [await episode.reply(text) for text in said]

    return asyncio.run(main())


def told(script: str, env: CodeInterpreter | None = None) -> str:
    [reply] = replies([block(script)], env or CodeInterpreter())
    assert reply is not None
    assert reply.startswith("Code Execution Results:\n")
    return reply.removeprefix("Code Execution Results:\n")


def test_a_script_is_run_and_its_output_told():
    assert told("print(6*7)") == "42\n"
    assert told("import sys\nprint('a')\nsys.stderr.write('b')") == "a\nErrors:\nb\n"
    assert told("x = 1") == "The script printed nothing.\n"


def test_what_goes_wrong_is_told():
    failed = told("print('before')\n1/0")
    assert failed.startswith("before\nErrors:\nTraceback")
    assert "ZeroDivisionError: division by zero\n" in failed
    assert failed.endswith("The script failed with exit status 1.\n")
    assert "SyntaxError" in told("print(")
    assert told("import os\nos.kill(os.getpid(), 9)") == "The script was killed by signal 9.\n"


def test_a_script_that_never_ends_is_stopped():
    env = CodeInterpreter(seconds=0.2)
    assert told("print('x', flush=True)\nwhile True: pass", env) == (
        "x\nThe script was stopped: it took longer than 0.2 seconds.\n"
    )
    assert "took longer than 0.2 seconds" in told("import time\ntime.sleep(1000)", env)
    assert "it wrote too much" in told("while True: print('y' * 1000)")


def test_long_output_keeps_its_beginning_and_its_end():
    env = CodeInterpreter(output_chars=10)
    assert told("print('abcdefghijklmnopqrstuvwxyz')", env) == (
        "abcde\n[... 17 characters left out ...]\nwxyz\n"
    )
    assert told("print('abcdefghi')", env) == "abcdefghi\n"


def test_each_script_begins_anew():
    first, second = replies([block("x = 1\nprint(x)"), block("print(x)")], CodeInterpreter())
    assert first == "Code Execution Results:\n1\n"
    assert second is not None
    assert "NameError" in second


def test_a_turn_without_a_closed_script_ends_the_episode():
    for said in ("<<<42>>>", "```python\nprint(1)", "```\nprint(1)\n```", "```json\n1\n```", ""):
        assert replies([said], CodeInterpreter()) == [None], said


def test_the_first_of_several_scripts_is_run():
    assert replies([block("print(1)") + "\n" + block("print(2)")], CodeInterpreter()) == [
        "Code Execution Results:\n1\n"
    ]


def test_after_the_last_script_none_is_run_and_the_words_say_so():
    env = CodeInterpreter(calls=2)
    first, last, refused, over = replies([block("print(1)")] * 4, env)
    assert first == "Code Execution Results:\n1\n"
    assert last == (
        "Code Execution Results:\n1\n"
        "That was the last script that is run. Give your final answer as <<<answer>>>.\n"
    )
    assert refused == "The script was not run: all 2 are used. Give your final answer as <<<answer>>>.\n"
    assert over is None
    assert env.turns == 4


def test_text_only_runs_nothing():
    env = CodeInterpreter(Style.TEXT)
    assert replies([block("print(1)")], env) == [None]
    assert (env.turns, env.stop) == (1, ())
    assert env.restored("```python\nx") == "```python\nx"


class Failing:
    """A sandbox that fails once."""

    def __init__(self) -> None:
        self.asked: list[tuple[Program, Limits]] = []

    async def run(self, program: Program, limits: Limits, partner: Program | None = None) -> Run:
        self.asked.append((program, limits))
        if len(self.asked) == 1:
            raise SandboxError("gone")
        async with ForkServer() as sandbox:
            return await sandbox.run(program, limits)


def test_a_sandbox_that_failed_may_be_asked_again_and_costs_no_call():
    sandbox, env = Failing(), CodeInterpreter(calls=1, seconds=3, memory_mb=99)

    async def main() -> list[str | None]:
        episode = env.begin(PROBLEM, sandbox)
        with pytest.raises(SandboxError):
            await episode.reply(block("print(1)"))
        return [await episode.reply(block("print(1)")) for _ in range(3)]

    run, refused, over = asyncio.run(main())
    assert run is not None
    assert run.startswith("Code Execution Results:\n1\n")
    assert refused is not None
    assert over is None
    assert set(sandbox.asked) == {(Program("print(1)\n"), Limits(3, 99))}


def test_a_hostile_script_reaches_nothing():
    assert "Errors:" in told("import socket\nsocket.create_connection(('127.0.0.1', 22), 1)")
    assert "Errors:" in told("open('/etc/hostname', 'w').write('x')")
    assert told("import os\nprint(sorted(os.environ.get(name, '') for name in ('HOME', 'SECRET')))")


def test_the_head_stands_before_the_question():
    talk = (Message("system", "Be brief."), Message("user", "6*7?"))
    problem = Problem("p", talk, Answer("42"), "math", "test")
    for style in Style:
        system, asked = CodeInterpreter(style).prompt(problem)
        assert system == talk[0]
        head, _, question = asked.content.rpartition("\n\n")
        assert question == "6*7?"
        assert head.endswith("<<<answer>>>")
        assert ("```python" in head) == (style is not Style.TEXT)
    assert len({CodeInterpreter(style).prompt(problem) for style in Style}) == 4
    assert CodeInterpreter(head="").prompt(problem) == talk
    assert CodeInterpreter(head="Go.").prompt(problem)[1].content == "Go.\n\n6*7?"


@pytest.mark.parametrize("wrong", [{"calls": 0}, {"seconds": 0}, {"output_chars": 0}, {"memory_mb": 0}])
def test_settings_that_make_no_sense(wrong):
    with pytest.raises(ConfigError, match=f"CodeInterpreter: {next(iter(wrong))}=0 must be above 0"):
        CodeInterpreter(**wrong)


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("```python\nprint(1)\n```", "print(1)\n"),
        ("```python\nprint(1)\n```  \nand", "print(1)\n"),
        ("x ```python\nprint(1)\n```\n", "print(1)\n"),
        ("```python\n```", ""),
        ("```python\nprint('''\n```json\n''')\n```", "print('''\n```json\n''')\n"),
        ("```python\nprint(1)```", None),
        ("```python\nprint(1)", None),
        ("```py\nprint(1)\n```", None),
    ],
)
def test_where_a_script_stands(text, script):
    assert first_script(text) == script


@settings(deadline=None)
@given(st.text(st.sampled_from("a\n`"), max_size=12), st.text(st.sampled_from("a\n"), max_size=12))
def test_a_fence_that_a_server_took_away_is_put_back(before: str, script: str):
    whole = f"{before}```python\n{script}\n```"
    assert closed(whole) == whole
    found = first_script(closed(whole.removesuffix("\n```")))
    assert found is not None
    assert found.rstrip() == script.rstrip()
    assert closed(before) == before
