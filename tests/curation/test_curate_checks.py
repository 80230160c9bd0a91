"""A check whose sandbox is not to be had has found nothing out: it is done again, nothing is dropped."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import pytest
from curating import contents

from parnassus.cli.curate_view import Quiet
from parnassus.curation.directory import DROPPED, PROBLEMS, CurationDir
from parnassus.curation.pipeline import Pipeline, Source
from parnassus.curation.walk import curate
from parnassus.data.checks.program_passes import ProgramPasses
from parnassus.data.reading.files import Files
from parnassus.data.reading.layout import Plain
from parnassus.enrich.made import Means
from parnassus.errors import AnsweringError, SandboxError, SandboxOverload
from parnassus.rundir.records import to_json
from parnassus.sandbox.forkserver import ForkServer
from parnassus.types import Case, Message, Problem, Sandbox, StdioTests

DOUBLE = StdioTests((Case("2\n", "4\n"), Case("5\n", "10\n")))
BROKEN = StdioTests(DOUBLE.cases, checker="raise RuntimeError\n")


def problem(name: str, program: str, tests: StdioTests = DOUBLE) -> Problem:
    return Problem(f"t/{name}", (Message("user", f"Double, {name}."),), tests, "code", "t", {}, program)


PROBLEMS_ = (
    problem("right", "print(2 * int(input()))"),
    problem("unlucky", "print(2 * int(input()))  # unlucky"),
    problem("wrong", "print(4)"),
    problem("hopeless", "print(2 * int(input()))", BROKEN),
)


@dataclass
class Failing:
    """A sandbox that is not to be had for one program."""

    sandbox: Sandbox
    error: SandboxError | None
    ran: int = 0

    async def run(self, program, limits, partner=None):
        if self.error is not None and "unlucky" in repr(program):
            raise self.error
        self.ran += 1
        return await self.sandbox.run(program, limits, partner)


def done(pipeline: Pipeline, out: Path, error: SandboxError | None) -> tuple[CurationDir, int]:
    async def run() -> tuple[CurationDir, int]:
        async with ForkServer(2) as sandbox:
            failing = Failing(sandbox, error)
            return await curate(pipeline, out, Means({}, failing), 1, Quiet()), failing.ran

    return asyncio.run(run())


@pytest.mark.parametrize("error", [SandboxError("it is gone"), SandboxOverload("its queue is full")])
def test_a_sandbox_that_fails_drops_nothing_and_the_same_command_asks_it_again(tmp_path, monkeypatch, error):
    monkeypatch.setattr("parnassus.verifiers.retrying.judge.__defaults__", (0.01,))
    file = tmp_path / "code.jsonl"
    file.write_bytes(b"".join(to_json(one) + b"\n" for one in PROBLEMS_))
    source = Source(rows=Files(str(file)), format=Plain())
    pipeline = Pipeline(name="code", summary="", sources=(source,), steps=(ProgramPasses(),))
    with pytest.raises(
        AnsweringError, match=r"1 of 4 problems got no answer from ProgramPasses \(not judged"
    ):
        done(pipeline, tmp_path / "out", error)
    directory, ran = done(pipeline, tmp_path / "out", None)
    dropped = {row["row"]["id"]: str(row["reason"]) for row in directory.rows(DROPPED)}  # type: ignore[index]
    assert [row["id"] for row in directory.rows(PROBLEMS)] == ["t/right", "t/unlucky"]
    assert dropped["t/wrong"].startswith("program fails: ")
    assert dropped["t/hopeless"].startswith("could not be judged: checker")
    whole, all_ran = done(pipeline, tmp_path / "whole", None)
    assert contents(directory) == contents(whole)
    assert 0 < ran < all_ran, "those that were judged are not judged again"
