"""What a person sees of a run: lines, or a display on a terminal."""

import os
import pty
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from parnassus.cli.progress import Lines, watching
from parnassus.cli.words import Pace, duration, headline
from parnassus.rundir.directory import Finished

if TYPE_CHECKING:
    from parnassus.runner import Observer

CURATED = {
    "stage": "curate",
    "kind": "curate",
    "step": 1,
    "steps": 1,
    "counts": {"chain": {"train": 1200, "held_out": 30}, "sort": {"train": 300, "held_out": 4}},
}
EVALUATED = {
    "stage": "after",
    "kind": "evaluate",
    "step": 1,
    "steps": 1,
    "average": {"math": 0.85, "code": 0.5},
}


def rl_row(step: int, steps: int) -> dict[str, object]:
    numbers = {"reward": 0.25, "correct": 0.5, "entropy": 1.0, "tokens": 600, "loss": -0.1}
    return {
        "stage": "rl",
        "kind": "rl",
        "step": step,
        "steps": steps,
        "seconds": {"rollout": 0.2, "update": 0.1},
    } | numbers


def play(observer: "Observer", steps: int) -> None:
    """A small run as the runner would tell it."""
    observer.skip_stage(Finished("curate", "curate", "done", 1, 1.0, 1.0))
    observer.begin_stage("rl", "rl", steps)
    observer.note("odd [thing]")
    for step in range(1, steps + 1):
        observer.row(rl_row(step, steps))
    observer.end_stage(Finished("rl", "rl", f"all {steps} steps done", steps, 75.0, 70.0))


@pytest.mark.parametrize(("steps", "lines"), [(1, 1), (3, 3), (10, 10), (11, 11), (1000, 11)])
def test_about_ten_lines_a_stage(steps: int, lines: int, capsys: pytest.CaptureFixture[str]):
    play(Lines(["curate", "rl"]), steps)
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "curate  finished before"
    assert said[2] == "note    odd [thing]"
    assert len([line for line in said if "reward 0.250" in line]) == lines
    assert "pass@1 0.500  entropy 1.000  2,000 tokens/s" in said[3]
    assert said[-1] == f"rl      all {steps} steps done in 1:15"


def test_the_first_and_last_step_are_always_told(capsys: pytest.CaptureFixture[str]):
    play(Lines(["rl"]), 37)
    told = re.findall(r"(\d+)/37", capsys.readouterr().out)
    assert (told[0], told[-1]) == ("1", "37")


def test_quiet_says_nothing(capsys: pytest.CaptureFixture[str]):
    with watching("title", ["curate", "rl"], quiet=True) as observer:
        play(observer, 5)
    assert capsys.readouterr() == ("", "")


def test_without_a_terminal_lines_are_told(capsys: pytest.CaptureFixture[str]):
    with watching("title", ["curate", "rl"], quiet=False) as observer:
        play(observer, 5)
    said = capsys.readouterr().out
    assert said.startswith("title\n")
    assert "\x1b" not in said


def test_a_terminal_shows_every_stage():
    """In a real terminal of 100 columns: the stages with their marks, a bar, the numbers."""
    code = (
        f"import sys; sys.path.insert(0, {os.path.dirname(__file__)!r})\n"
        "from test_progress import play, watching\n"
        "with watching('title', ['curate', 'rl', 'later'], quiet=False) as observer: play(observer, 5)\n"
    )
    ours, theirs = pty.openpty()
    environment = os.environ | {"TERM": "xterm", "COLUMNS": "100", "LINES": "30"}
    subprocess.run([sys.executable, "-c", code], stdout=theirs, stderr=theirs, env=environment, check=True)
    os.close(theirs)
    said = os.read(ours, 100_000).decode()
    os.close(ours)
    last = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", said.split("title")[-1])
    assert re.search(r"✓ curate\s+finished before: done\s+1\.0 s", last), last
    assert re.search(r"✓ rl\s+reward 0\.250  pass@1 0\.500", last), last
    assert re.search(r"· later", last), last
    assert "odd [thing]" in said


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0.0 s"), (7.34, "7.3 s"), (42, "0:42"), (307, "5:07"), (600, "10:00"), (3723, "1:02:03")],
)
def test_durations(seconds: float, words: str):
    assert duration(seconds) == words


def test_headlines():
    assert headline(CURATED) == "1,500 problems to train on, 34 held out"
    assert headline(EVALUATED) == "math 0.850  code 0.500"
    assert headline(rl_row(1, 2)) == "reward 0.250  pass@1 0.500  entropy 1.000  2,000 tokens/s"


def test_a_step_without_an_update_has_fewer_words():
    row = {name: value for name, value in rl_row(1, 2).items() if name != "entropy"}
    assert headline(row) == "reward 0.250  pass@1 0.500  2,000 tokens/s"


def test_the_time_left_shrinks_to_nothing():
    pace = Pace()
    assert pace.left(10) == 0.0
    pace.stepped()
    pace.stepped()
    assert pace.left(0) == 0.0
    assert pace.left(1_000_000) >= pace.left(10) >= 0.0
