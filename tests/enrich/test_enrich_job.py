"""Many problems through one enrichment: each ends in one of three ways, in order, and is done once."""

import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from model_server import ModelServer, Say
from scripted import Scripted, job, problem, wait

from parnassus.enrich.answerer import Request
from parnassus.enrich.asking import all_of
from parnassus.enrich.job import FAILURES_IN_A_ROW, Ended, Item
from parnassus.enrich.made import Made, Means
from parnassus.errors import AnsweringError, ConfigError, DataError, RefusedError
from parnassus.types import Problem, Sampling

SAMPLING = Sampling(10)
PROBLEMS = [problem(f"{number}") for number in range(12)]


@dataclass(frozen=True)
class Ask:
    """Drops what the model answers "drop" to; else keeps how long the answer is."""

    version: int = 0

    def requests(self, problem: Problem) -> list[Request]:
        return [Request("model", problem.prompt, SAMPLING, 0)]

    async def __call__(self, problem: Problem, means: Means) -> Made:
        reply = await means.model("model")(problem.prompt, SAMPLING, 0)
        stats = {"length": float(len(reply.text))}
        dropped = f"too bad: {problem.id}" if reply.text == "drop" else ""
        return Made(replace(problem, stats=stats), dropped=dropped)


def script(text: str, seed: int) -> str | None:
    return {"3": "drop", "5": "drop", "7": None}.get(text, text * 3)


def test_every_problem_ends_in_one_way_in_the_order_it_came(tmp_path: Path):
    model, seen = Scripted(script), []
    results = job(PROBLEMS, Ask(), tmp_path, model, on_item=seen.append)
    items = list(results)
    assert [item.id for item in items] == [one.id for one in PROBLEMS]
    assert [number for number, item in enumerate(items) if item.ended is Ended.DROPPED] == [3, 5]
    assert [number for number, item in enumerate(items) if item.ended is Ended.FAILED] == [7]
    assert (items[3].reason, items[7].reason) == ("too bad: t/3", "the server is gone: again")
    assert items[7].problem == PROBLEMS[7]
    assert items[11].problem.stats == {"length": 6.0}
    assert (results.tally.enriched, results.tally.dropped, results.tally.failed) == (
        9,
        {"too bad": 2},
        {"the server is gone": 1},
    )
    assert sorted(seen, key=lambda item: item.key) == sorted(items, key=lambda item: item.key)
    assert model.most == 4
    assert list(results) == items, "and again"


def test_the_order_does_not_depend_on_how_many_run(tmp_path: Path):
    def ends(at_once: int) -> list[Item]:
        return list(job(PROBLEMS, Ask(), tmp_path / f"{at_once}", Scripted(script), at_once))

    assert ends(1) == ends(5) == ends(50)


def test_the_next_start_asks_what_failed_and_nothing_else(tmp_path: Path):
    first = list(job(PROBLEMS, Ask(), tmp_path, Scripted(script)))
    healed = Scripted(lambda text, seed: "well" if text == "7" else "other")
    seen: list[Item] = []
    second = list(job(PROBLEMS, Ask(), tmp_path, healed, on_item=seen.append))
    assert [messages[0].content for messages, *_ in healed.asked] == ["7"]
    assert second[7].problem.stats == {"length": 4.0}
    assert [a for n, a in enumerate(first) if n != 7] == [b for n, b in enumerate(second) if n != 7]
    assert len(seen) == 12
    idle = Scripted(script)
    assert list(job(PROBLEMS[::-1], Ask(), tmp_path, idle)) == second[::-1]
    assert idle.asked == []


@pytest.mark.parametrize("change", ["settings", "model", "problem", "nothing"])
def test_what_has_changed_is_made_anew(tmp_path: Path, change: str):
    job(PROBLEMS[:2], Ask(), tmp_path, Scripted(script))
    model = Scripted(script, "another" if change == "model" else "scripted")
    problems = [replace(PROBLEMS[0], stats={"level": 1.0}) if change == "problem" else PROBLEMS[0]]
    job(problems, Ask(1 if change == "settings" else 0), tmp_path, model)
    assert len(model.asked) == (change != "nothing")


def refusing(text: str, seed: int) -> str:
    if text == "7":
        raise RefusedError("too long")
    return text


def test_what_a_model_refuses_is_dropped_but_asked_again(tmp_path: Path):
    results = job(PROBLEMS, Ask(), tmp_path, Scripted(refusing))
    [dropped] = [item for item in results if item.ended is not Ended.ENRICHED]
    assert (dropped.id, dropped.ended, dropped.reason) == ("t/7", Ended.DROPPED, "no usable answer: too long")
    assert results.tally.dropped == {"no usable answer": 1}
    mended = Scripted(script)
    job(PROBLEMS, Ask(), tmp_path, mended)
    assert [messages[0].content for messages, *_ in mended.asked] == ["7"]
    many = [problem("7", stats={"n": float(n)}) for n in range(FAILURES_IN_A_ROW)]
    with pytest.raises(AnsweringError, match="50 problems in a row failed"):
        job(many, Ask(), tmp_path, Scripted(refusing))


@pytest.mark.parametrize("first", [AnsweringError, RefusedError, ConfigError])
def test_of_several_errors_the_one_that_decides_most_is_told(first: type[Exception]):
    async def one(kind: type[Exception] | None) -> int:
        if kind:
            raise kind("it")
        return 1

    kinds = [AnsweringError, RefusedError, ConfigError]
    below = kinds[: kinds.index(first) + 1]
    for order in (below, below[::-1]):
        with pytest.raises(first) as caught:
            wait(all_of([one(None), *(one(kind) for kind in order), one(None)]))
        assert type(caught.value) is first


def test_a_problem_that_comes_twice_is_done_once(tmp_path: Path):
    model = Scripted(script)
    results = job([PROBLEMS[0], PROBLEMS[1], PROBLEMS[0]], Ask(), tmp_path, model)
    assert [item.id for item in results] == ["t/0", "t/1", "t/0"]
    assert (len(model.asked), results.tally.enriched) == (2, 2)


def test_a_dead_server_ends_the_job_and_loses_nothing(tmp_path: Path):
    many = [problem(f"{number}") for number in range(3 * FAILURES_IN_A_ROW)]
    dying = Scripted(lambda text, seed: text if int(text) < 10 else None)
    with pytest.raises(
        AnsweringError, match=r"50 problems in a row failed.*t/\d+: the server is gone: again"
    ):
        job(many, Ask(), tmp_path, dying)
    under_way = 2 * 4  # four at once, and each may have begun another before the error reached it
    assert len(dying.asked) <= 10 + FAILURES_IN_A_ROW + under_way
    healed = Scripted(lambda text, seed: text)
    assert job(many, Ask(), tmp_path, healed).tally.enriched == len(many)
    assert len(healed.asked) == len(many) - 10


def test_mistakes_of_the_user_end_it_at_once(tmp_path: Path):
    class Nameless:
        """No dataclass: its repr is another in each process."""

        requests, __call__ = Ask.requests, Ask.__call__

    with pytest.raises(ConfigError, match="without a repr of its own"):
        job(PROBLEMS, Nameless(), tmp_path, Scripted(script))
    with pytest.raises(ConfigError, match="at_once=0"):
        job(PROBLEMS, Ask(), tmp_path, Scripted(script), at_once=0)
    with pytest.raises(DataError, match="cannot be stored"):
        job([problem("\ud800")], Ask(), tmp_path, Scripted(script))
    with pytest.raises(ConfigError, match=r"no model is called 'mode'. Did you mean model"):
        Means({"model": Scripted(script)}, None).model("mode")  # pyright: ignore[reportArgumentType]


KILLED = """
import asyncio, sys
from pathlib import Path
from parnassus.enrich.cache import Cached
from parnassus.enrich.job import enrich
from parnassus.enrich.made import Means
from parnassus.enrich.pass_rate import PassRate
from parnassus.enrich.server import ServerAnswerer
from parnassus.sandbox.forkserver import ForkServer
from parnassus.types import Answer, Message, Problem, Sampling

async def main(url, out):
    problems = [Problem(f"t/{n}", (Message("user", f"{n}"),), Answer("2"), "math", "t") for n in range(6)]
    async with ForkServer(1) as sandbox, ServerAnswerer(url, "m", pause=0.01) as answerer:
        with Cached(answerer, out) as cached:
            means = Means({"model": cached}, sandbox)
            results = await enrich(problems, PassRate(4, Sampling(9)), means, out, at_once=2)
    print(*(f"{item.id} {item.problem.stats['pass_rate']}" for item in results))

asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
"""


def test_a_killed_job_asks_nothing_twice_that_was_answered(tmp_path: Path):
    """Six problems, four questions each. The server answers 13 questions, then none; the job is killed with
    some questions in flight, and started again."""
    go_on = threading.Event()
    answered: list[tuple[str, int]] = []

    def script(asked: dict) -> Say | str:
        question = asked["messages"][0]["content"], asked["seed"]
        if len(answered) == 13 and not go_on.is_set():
            return Say(hold=threading.Event())
        answered.append(question)
        return r"\boxed{2}" if int(question[0]) % 2 else r"\boxed{3}"

    with ModelServer(script) as server:
        command = [sys.executable, "-c", KILLED, server.url, str(tmp_path)]
        with subprocess.Popen(command) as process:
            kept = 0
            while kept < 13:
                assert process.poll() is None
                time.sleep(0.05)
                kept = sum(f.read_bytes().count(b"\n") for f in tmp_path.glob("m-*.jsonl"))
            process.kill()
        go_on.set()
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [word for n in range(6) for word in (f"t/{n}", f"{float(n % 2)}")]
    assert len(answered) == len(set(answered)) == 24, "each question was answered once"
    asked = Counter((asked["messages"][0]["content"], asked["seed"]) for asked in server.asked)
    assert len(asked) == 24
    assert all(asked[question] == 1 for question in answered[:13])
