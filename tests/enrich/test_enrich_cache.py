"""What was answered is not asked again: across processes that end, are killed, or write to one file."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scripted import Scripted, wait

from parnassus.enrich.answerer import Reply
from parnassus.enrich.cache import Cached
from parnassus.enrich.log import KeyedLog, key_of
from parnassus.errors import AnsweringError, DataError, RunDirError
from parnassus.types import Message, Sampling, Stop

QUESTION = (Message("user", "1+1=?"),)
SAMPLING = Sampling(10)


def counting(model: str = "m") -> Scripted:
    """Answers with how often it was asked before."""
    said = iter(range(1000))
    return Scripted(lambda text, seed: f"{next(said)}", model)


def test_the_same_question_is_asked_once_in_all_processes(tmp_path: Path):
    model = counting()
    cached = Cached(model, tmp_path)
    for _ in range(3):
        with cached:
            assert wait(cached(QUESTION, SAMPLING, 7)) == Reply("0", Stop.FINISHED, None, 1)
            assert wait(cached(QUESTION, SAMPLING, 7)).text == "0"
    assert len(model.asked) == 1
    assert cached.counted == {"questions": 6, "from the cache": 5}


def test_whatever_else_is_asked_is_another_question(tmp_path: Path):
    model = counting()
    other = [
        (QUESTION, SAMPLING, 8),
        (QUESTION, replace(SAMPLING, temperature=0.5), 7),
        (QUESTION, replace(SAMPLING, top_p=0.5), 7),
        (QUESTION, Sampling(11), 7),
        ((Message("system", "1+1=?"),), SAMPLING, 7),
        ((Message("user", "1+1=? "),), SAMPLING, 7),
        ((*QUESTION, *QUESTION), SAMPLING, 7),
        ((Message("user", "1+1=?user1+1=?"),), SAMPLING, 7),
        ((Message("user", "1+1=?\ud800"),), SAMPLING, 7),
    ]
    with Cached(model, tmp_path) as cached, Cached(counting("n"), tmp_path) as another:
        texts = [wait(cached(*asked)).text for asked in [(QUESTION, SAMPLING, 7), *other]]
        assert texts == [str(number) for number in range(len(other) + 1)]
        assert wait(another(QUESTION, SAMPLING, 7)).text == "0"
        assert cached.counted["from the cache"] == another.counted["from the cache"] == 0


def test_an_answer_is_its_models_own_whatever_its_file_is_called(tmp_path: Path):
    for model in ("m", "n"):
        with Cached(counting(model), tmp_path) as cached:
            wait(cached(QUESTION, SAMPLING, 7))
    mine, theirs = sorted(tmp_path.iterdir())
    theirs.write_bytes(mine.read_bytes())
    with cached:
        assert wait(cached(QUESTION, SAMPLING, 7)).text == "1"


def test_what_failed_is_not_kept(tmp_path: Path):
    tries = iter([None, "2"])
    with Cached(Scripted(lambda text, seed: next(tries)), tmp_path) as cached:
        with pytest.raises(AnsweringError):
            wait(cached(QUESTION, SAMPLING, 7))
        assert wait(cached(QUESTION, SAMPLING, 7)).text == "2"


@pytest.mark.parametrize("text", ["", "a\nb\r\u2028c", '"}', "é\0\U0010ffff"])
def test_a_text_comes_back_as_it_was(tmp_path: Path, text: str):
    cached = Cached(Scripted(lambda _, seed: Reply(text, Stop.LENGTH, 3, 4)), tmp_path)
    for _ in range(2):
        with cached:
            assert wait(cached(QUESTION, SAMPLING, 7)) == Reply(text, Stop.LENGTH, 3, 4)
    assert cached.counted["from the cache"] == 1


def test_a_file_is_written_by_one_at_a_time(tmp_path: Path):
    opening = "import sys, pathlib; from parnassus.enrich.log import KeyedLog\n"
    opening += "with KeyedLog(pathlib.Path(sys.argv[1])): print('in')"
    with KeyedLog(tmp_path / "log") as log:
        with pytest.raises(RunDirError, match="by another process, or twice by this one"):
            KeyedLog(log.path).__enter__()
        other = subprocess.run([sys.executable, "-c", opening, str(log.path)], capture_output=True, text=True)
        assert "RunDirError" in other.stderr
    assert subprocess.run([sys.executable, "-c", opening, str(log.path)], capture_output=True).returncode == 0


def test_a_file_of_someone_else_is_refused_and_left_alone(tmp_path: Path):
    (tmp_path / "log").write_text('{"id": 1}\n')
    with pytest.raises(DataError, match=r"log, line 1: not written by an enrichment"):
        KeyedLog(tmp_path / "log").__enter__()
    assert (tmp_path / "log").read_text() == '{"id": 1}\n'


def line(number: int, version: int) -> bytes:
    return b'{"key":"%b","version":%d}' % (key_of(str(number)).encode(), version)


@settings(max_examples=60, deadline=None)
@given(written=st.lists(st.integers(0, 3), max_size=12), cut=st.integers(0, 80))
def test_a_kill_at_any_byte_loses_that_line_only(
    tmp_path_factory: pytest.TempPathFactory, written: list[int], cut: int
):
    path = tmp_path_factory.mktemp("log") / "log"
    with KeyedLog(path) as log:
        for version, number in enumerate(written):
            log.put(key_of(str(number)), line(number, version))
    content = path.read_bytes()
    path.write_bytes(content[: max(0, len(content) - cut)])
    whole = path.read_bytes().count(b"\n")
    expected = {number: line(number, version) for version, number in enumerate(written[:whole])}
    for _ in range(2):
        with KeyedLog(path) as log:
            assert [log.get(key_of(str(number))) for number in range(4)] == [
                expected.get(number) for number in range(4)
            ]
            log.put(key_of("9"), line(9, 0))
            assert log.get(key_of("9")) == line(9, 0)
    assert path.read_bytes() == b"".join(content.splitlines(keepends=True)[:whole]) + 2 * (line(9, 0) + b"\n")


@given(st.lists(st.lists(st.text(), max_size=4), min_size=2, max_size=5, unique_by=tuple))
def test_other_parts_have_other_keys(parts: list[list[str]]):
    assert len({key_of(*texts) for texts in parts}) == len(parts)
