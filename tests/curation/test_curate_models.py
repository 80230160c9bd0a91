"""`parnassus curate` with models that are asked: a server in another process that answers well and badly,
weights in a directory; killed, interrupted, and with a server that dies."""

import os
import signal
import time
from collections import Counter
from pathlib import Path

import pytest
from curating import TAIL, Place, contents
from model_process import NONSENSE, Told, serving, told

from parnassus.cli.main import main
from parnassus.curation.directory import DEMONSTRATIONS, DROPPED, PAIRS, PROBLEMS
from parnassus.curation.funnel import funnel
from parnassus.data.demonstrations import Demonstrations
from parnassus.data.reading.files import Files
from parnassus.enrich.counted import EVERY
from parnassus.errors import AnsweringError, ConfigError
from parnassus.types import Demonstration

MATH = """(
    RATE,
    Bounds("pass_rate", above=0, below=1),
    Votes((Agent("a", "judge"), Agent("b", "judge")), votes=16, keep=9, sampling=SHORT),
    Distill(3, SHORT, Keep.CORRECT),
    Difficulty(keep=("medium", "hard")),
)"""
CODE = """(
    SynthesizeTests(),
    PassRate(8, SHORT, (Agent("agent", "student"),), pairs=Pairs(best=0.8, gap=0.4)),
    Bounds("pass_rate", most=6 / 16),
)"""
NAMES = ("student", "judge", "teacher", "writer", "oracle")
QUICK = ("--timeout", "2", "--retries", "3")


def named(url: str) -> list[str]:
    return [option for name in NAMES for option in ("--ask", f"{name}={name}@{url}")]


@pytest.fixture
def place(tmp_path: Path, request: pytest.FixtureRequest) -> Place:
    found = Place(tmp_path, getattr(request, "param", MATH))
    found.write(10)
    return found


def asked(log: Path) -> list[tuple[str, int]]:
    return [(one.question, one.seed) for one in told(log)]


def test_all_steps_end_as_if_nothing_had_happened_when_the_server_is_bad_and_the_command_is_killed(place):
    good, bad = place.path / "good.log", place.path / "bad.log"
    with serving(good) as (url, _):
        whole = place.curate("whole", *named(url), *QUICK)
    assert whole.code == 0, whole.complained
    with serving(bad, bad=True) as (url, _):
        with place.begin("killed", "--workers", "1", *named(url), *QUICK) as process:
            while len(told(bad)) < 120 and process.poll() is None:  # within the votes
                time.sleep(0.02)
            process.kill()
        assert not place.left("killed").done()
        before = told(bad)
        again = place.curate("killed", *named(url), *QUICK)
    assert again.code == 0, again.complained
    assert contents(place.left("killed")) == contents(place.left("whole"))
    # What was answered before the kill is not asked again; what was under way then had no answer yet.
    answered = Counter((one.question, one.seed) for one in told(bad) if not one.answered)
    twice = [question for question, count in answered.items() if count > 1]
    under_way = [(one.question, one.seed) for one in before[-64:]]
    assert set(twice) <= set(under_way)
    assert set(asked(bad)) == set(asked(good))
    check_what_the_card_says(place, bad, twice)


def check_what_the_card_says(place: Place, log: Path, twice: list[tuple[str, int]]) -> None:
    """The sums of both starts are what the server has seen."""
    by_model = {one.asked.model: one for one in funnel(place.left("killed")).asked}
    assert [one.step for one in by_model.values()] == ["PassRate", "Votes", "Distill"]
    lines = told(log)
    trouble = Counter(
        "nonsense" if one.answered in NONSENSE else one.answered for one in lines if one.answered
    )
    shown = sum((Counter(one.asked.trouble) for one in by_model.values()), Counter[str]())
    assert len(trouble) == 6
    lost = trouble - shown  # of what was under way at the kill
    assert lost.total() <= 64 + EVERY
    assert not shown - trouble
    answers = sum(one.asked.counts["answers"] for one in by_model.values())
    given = sum(not one.answered for one in lines)
    assert given - len(twice) <= answers + 64 + EVERY
    assert answers <= given
    page = (place.left("killed").path / "card.html").read_text()
    assert "Models asked" in page
    assert f"429&nbsp;&times;&nbsp;{by_model['judge'].asked.trouble['429']}" in page


def test_what_the_steps_leave(place):
    with serving(place.path / "log") as (url, _):
        done = place.curate("out", *named(url))
    left = place.left("out")
    dropped = {row["row"]["id"]: (row["step"], row["reason"]) for row in left.rows(DROPPED)}  # type: ignore[index]
    assert dropped["t/0"] == ("Bounds", "pass_rate not above 0: 0")
    assert dropped["t/1"] == dropped["t/7"] == ("Bounds", "pass_rate not below 1: 1")
    assert dropped["t/3"] == ("Votes", "too few votes: 0 of 32")
    kept = {str(row["id"]): row["stats"] for row in left.rows(PROBLEMS)}
    assert all(stats["judge_votes"] == 32 and stats["votes"] >= 9 for stats in kept.values())  # type: ignore[index]
    read = list(Demonstrations(Files(str(left.file(DEMONSTRATIONS)))))
    taught = [one for one in read if isinstance(one, Demonstration)]
    assert len(taught) == len(read) > 0
    assert {one.problem.id for one in taught} == set(kept)
    assert all(one.correct and one.response.startswith("Thus") for one in taught)
    assert f"{len(taught)} rows in out/{DEMONSTRATIONS}.zst" in done.said
    words = (left.path / "card.md").read_text()
    assert "## Responses to imitate" in words
    assert f"{len(taught)} in `{DEMONSTRATIONS}.zst`" in words
    # Before each pass what it may cost, after it what it did.
    assert "  student: 80 questions, " in done.said
    assert "at most 5,120 to be sampled" in done.said
    assert "  asked student: 80 questions, 240 tokens\n" in done.said


@pytest.mark.parametrize("place", [CODE], indirect=True)
def test_tests_are_written_sieved_and_make_pairs(place):
    with serving(place.path / "log") as (url, _):
        done = place.curate("out", *named(url))
    assert done.code == 0, done.complained
    left = place.left("out")
    reasons = Counter(str(row["reason"]).partition(": ")[0] for row in left.rows(DROPPED))
    assert reasons["too few tests"] == 1, "task 5"
    for row in left.rows(PROBLEMS):
        assert row["stats"]["tests_written"] == 20  # type: ignore[index]
        assert row["stats"]["tests_kept"] == 19, "one is wrong"  # type: ignore[index]
        assert row["stats"]["pass_rate"] <= 6 / 16  # type: ignore[index]
    pairs = list(left.rows(PAIRS))
    assert {pair["id"] for pair in pairs} == {row["id"] for row in left.rows(PROBLEMS)}
    assert {(pair["chosen_score"], round(float(str(pair["rejected_score"])), 3)) for pair in pairs} == {
        (1.0, 0.474)  # 9 of 19
    }
    assert "a < 10" in str(pairs[0]["rejected"])
    identity = str(pairs[0]["id"])
    assert "made by SynthesizeTests of t/" in place.curate("out", "--why", identity).said


def test_an_interrupted_command_says_how_to_go_on_and_does(place):
    log = place.path / "log"
    with serving(log, bad=True) as (url, _):
        with place.begin("out", *named(url), "--timeout", "2") as process:
            while len(told(log)) < 100 and process.poll() is None:
                time.sleep(0.02)
            os.killpg(process.pid, signal.SIGINT)
            _, complained = process.communicate(timeout=30)
        assert process.returncode == 130, complained
        assert complained.strip().endswith("the same command continues.")
        assert "Traceback" not in complained
        assert place.curate("out", *named(url), *QUICK).code == 0
    answered = Counter((one.question, one.seed) for one in told(log) if not one.answered)
    assert sum(count > 1 for count in answered.values()) <= 64


def test_a_server_that_dies_ends_it_with_the_number_and_the_reason_and_nothing_is_lost(place):
    log = place.path / "log"
    with serving(log) as (url, server):
        port = int(url.rpartition(":")[2])
        with place.begin("out", *named(url), "--retries", "0", "--at-once", "4") as process:
            while len(told(log)) < 40 and process.poll() is None:
                time.sleep(0.005)
            server.kill()
            said, complained = process.communicate(timeout=60)
    assert process.returncode == AnsweringError.exit_code
    assert "problems got no answer from PassRate (connection after 1 tries: " in complained
    assert "the same command asks for these again" in complained
    assert " x connection, " in said
    before = told(log)
    with serving(log, port) as (again, _):
        assert again == url
        assert place.curate("out", *named(url)).code == 0
    later = told(log)[len(before) :]
    once = Counter((one.question, one.seed) for one in [*before[:-4], *later])
    assert set(once.values()) == {1}, "but for the four that were under way"


def test_an_estimate_asks_nobody_and_leaves_nothing(place):
    estimate = place.curate("out", "--estimate")
    assert estimate.code == 0, estimate.complained
    assert estimate.said.splitlines()[:6:2] == [
        "PassRate, 10 problems",
        "Votes, at most 10 problems",
        "Distill, at most 10 problems",
    ]
    assert "  judge: 320 questions, " in estimate.said
    assert not (place.path / "out").exists()


def test_an_estimate_of_a_recipe_leaves_nothing_and_one_of_what_is_done_says_so(tmp_path, capsys):
    out = tmp_path / "out"
    command = ["curate", "klear-reasoner", "--out", str(out), "--estimate", "--workers", "1"]
    assert main(command) == 0
    assert "Distill, 2,800 problems" in capsys.readouterr().out
    assert not out.exists()
    out.mkdir()
    (out / "problems.jsonl.zst").touch()
    assert main(command) == 0
    assert "is done: nothing is left to ask" in capsys.readouterr().out


def test_a_model_that_nobody_named_is_missed_at_once(place):
    done = place.curate("out", "--ask", "student=student@http://127.0.0.1:9/v1", "--quiet")
    assert done.code == ConfigError.exit_code
    assert "no server answers at http://127.0.0.1:9/v1" in done.complained
    with serving(place.path / "log") as (url, _):
        done = place.curate("out", *named(url)[:2])
    assert done.code == ConfigError.exit_code
    assert "no model is called 'judge'" in done.complained
    assert not told(place.path / "log")
    assert not (place.path / "out" / "pipeline.json").exists()


@pytest.mark.parametrize("place", ["(RATE, Bounds('parsable', least=0))"], indirect=True)
def test_weights_in_a_directory_are_asked_like_a_server(place):
    from parnassus.models.load import save
    from parnassus.models.tiny import tiny_model, tiny_tokenizer

    save(tiny_model(0), tiny_tokenizer(), place.path / "weights")
    done = place.curate("out", "--ask", "student=weights")
    assert done.code == 0, done.complained
    [one] = funnel(place.left("out")).asked
    assert one.asked.model == str(place.path / "weights")
    assert (one.asked.counts["questions"], one.asked.counts["answers"]) == (80, 80)
    assert one.asked.counts["tokens"] > 80
    first = contents(place.left("out"))
    assert place.curate("two", "--ask", "student=weights").code == 0
    assert contents(place.left("two")) == first


def test_one_server_may_go_by_several_names(place):
    log = place.path / "log"
    with serving(log) as (url, _):
        options = [option for name in NAMES for option in ("--ask", f"{name}=m@{url}")]
        done = place.curate("out", *options)
        assert done.code == 0, done.complained
        other = place.curate("other", "--ask", f"student=m@{url}", "--ask", f"judge=m@{url}/v1")
    assert other.code == ConfigError.exit_code
    assert "named at two addresses" in other.complained
    assert {one.asked.model for one in funnel(place.left("out")).asked} == {"m"}
    assert [one for one in told(log) if one.answered] == []
    assert isinstance(told(log)[0], Told)


SLOW = """
import time
from dataclasses import dataclass

@dataclass(frozen=True)
class Slow:
    def __call__(self, problem):
        open("begun", "w").close()
        time.sleep(300)

STEPS = (Slow(),)
"""


def test_an_interrupt_reaches_a_filter_that_never_waits(place):
    with (place.path / "tasks_pipeline.py").open("a") as file:
        file.write(SLOW + TAIL)
    with place.begin("out", "--workers", "1") as process:
        while not (place.path / "begun").exists() and process.poll() is None:
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGINT)
        try:
            _, complained = process.communicate(timeout=60)
        finally:
            process.kill()
    assert (process.returncode, complained.count("Traceback")) == (130, 0), complained
