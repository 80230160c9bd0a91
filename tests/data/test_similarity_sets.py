"""Filters that remember, and whole files through filters."""

import json
import os
import pickle
import random
import signal
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parnassus.data.filters.decontaminate import Decontaminate
from parnassus.data.filters.prompt_length import PromptLength
from parnassus.data.similarity import sweep as sweeping
from parnassus.data.similarity.benchmarks import Benchmark
from parnassus.data.similarity.duplicates import ExactDuplicates, NormalisedDuplicates
from parnassus.data.similarity.near import NearDuplicates
from parnassus.data.similarity.per_source import PerSource
from parnassus.data.similarity.sweep import UNUSABLE, sweep
from parnassus.data.similarity.tokens import Level
from parnassus.errors import ConfigError, DataError
from parnassus.types import Answer, Message, Problem


def problem(name: str, text: str) -> Problem:
    return Problem(name, (Message("user", text),), Answer("1"), "math", "test")


def said(of, *texts: str) -> list[str | None]:
    return [of(problem(f"p{number}", text)) for number, text in enumerate(texts)]


def test_the_first_of_the_same_stays():
    texts = ("Find $x$.", "Find $y$.", "Find $x$.", "find x", "Find $x$.")
    assert said(ExactDuplicates(), *texts) == [None, None, "duplicate: of p0", None, "duplicate: of p0"]
    kept = "normalised duplicate: of p0"
    assert said(NormalisedDuplicates(), *texts) == [None, None, kept, kept, kept]
    assert said(NormalisedDuplicates(Level.TOKENS), "f(1, 2)", "f(1 2)", "F(1,2)") == [None, None, kept]


def test_even_where_two_problems_have_one_id():
    of = ExactDuplicates()
    one = problem("same", "Find x.")
    assert of(one) is None
    assert of(one) == "duplicate: of same"


def test_a_source_gives_so_many_and_no_more():
    of = PerSource(2)
    rows = [replace(problem(f"p{n}", "x"), source=source) for n, source in enumerate("aabaab")]
    more = "more than 2 of its source"
    assert [of(row) for row in rows] == [None, None, None, more, more, None]
    assert of.fresh()(rows[0]) is None
    assert pickle.loads(pickle.dumps(of))(rows[0]) == more


@pytest.mark.parametrize("make", [ExactDuplicates, NormalisedDuplicates, NearDuplicates])
def test_its_memory_travels_and_its_settings_are_its_value(make):
    of = make()
    long = "a red fox jumps over the lazy dog and back again"
    assert of(problem("first", long)) is None
    resumed = pickle.loads(pickle.dumps(of))
    assert "of first" in resumed(problem("second", long))
    assert of == make()
    assert hash(of) == hash(make())
    assert repr(of).startswith(make.__name__ + "(")


def shingles(words: list[str], run: int) -> set[tuple[str, ...]]:
    return {tuple(words[at : at + run]) for at in range(max(1, len(words) - run + 1))} if words else set()


def test_near_duplicates_have_the_similarity_that_is_told():
    draw = random.Random(0)
    texts: list[list[str]] = []
    for _ in range(150):  # originals, and copies with one word changed, or two
        words = [
            draw.choice(("red", "blue", "fox", "sum", "of", "all")) + "x" * draw.randrange(9)
            for _ in range(60)
        ]
        copy = words.copy()
        for _ in range(draw.randrange(1, 4)):
            copy[draw.randrange(60)] = "other"
        texts += [words, copy]
    kept: list[tuple[str, set[tuple[str, ...]]]] = []
    judge = NearDuplicates(threshold=0.8, run=5)
    dropped = 0
    for number, words in enumerate(texts):
        mine = shingles(words, 5)
        similar = {name: len(mine & other) / len(mine | other) for name, other in kept}
        best = max(similar, key=similar.__getitem__, default="")
        reason = judge(problem(f"p{number}", " ".join(words)))
        if best and similar[best] >= 0.8:
            assert reason == f"near duplicate: of {best}, similarity {similar[best]:.2f}"
            dropped += 1
        else:
            assert reason is None
            kept.append((f"p{number}", mine))
    assert 30 < dropped < 150


def test_of_two_that_are_as_near_the_first_is_named():
    common = "red green blue cyan fox dog owl cat"
    judge = NearDuplicates(threshold=0.85, run=1)
    reasons = said(judge, f"{common} one more", f"{common} each less", f"{common} one", common)
    assert reasons[:3] == [None, None, "near duplicate: of p0, similarity 0.90"]
    judge = NearDuplicates(threshold=0.85, run=1)
    assert said(judge, f"{common} x", f"{common} y", common)[2] == "near duplicate: of p0, similarity 0.89"


def test_near_duplicates_of_texts_without_five_words():
    judge = NearDuplicates()
    assert said(judge, "two words", "words two", "Two  words!") == [
        None,
        None,
        "near duplicate: of p0, similarity 1.00",
    ]
    assert said(NearDuplicates(), "", "???") == [None, None]
    with pytest.raises(ConfigError, match=r"threshold=1.5 must be at most 1"):
        NearDuplicates(threshold=1.5)
    with pytest.raises(ConfigError, match="run=0 must be above 0"):
        NearDuplicates(run=0)


QUESTION = "find the sum of all integer bases b for which it divides"
TEXTS = st.lists(
    st.sampled_from(["a b", "A  b", "c", QUESTION, "2. " + QUESTION, "c" * 50, "d e f g h", "D e f g h i"])
)


def filters():
    known = Benchmark("held", (("q", QUESTION),))
    return (
        ExactDuplicates(),
        PromptLength(40),
        NormalisedDuplicates(),
        Decontaminate((known,)),
        NearDuplicates(0.5),
    )


@given(TEXTS, st.integers(50, 400))
def test_a_file_is_judged_as_its_problems_are_one_by_one(tmp_path_factory, texts, piece):
    folder = tmp_path_factory.mktemp("sweep")
    lines = [
        json.dumps({"id": f"p{number}", "prompt": text, "reference": {"value": "1"}, "domain": "math"})
        for number, text in enumerate(texts)
    ]
    (folder / "in").write_text("".join(f"{line}\n" for line in lines))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sweeping, "_PIECE", piece)
        counts = sweep(folder / "in", folder / "kept", folder / "dropped", filters(), 1)
    kept: list[str] = []
    dropped: list[tuple[str, str]] = []
    fresh = filters()
    for number, text in enumerate(texts):
        one = problem(f"p{number}", text)
        reason = next((reason for of in fresh if (reason := of(one)) is not None), None)
        kept += [lines[number]] if reason is None else []
        dropped += [] if reason is None else [(reason, lines[number])]
    assert (folder / "kept").read_text().splitlines() == kept
    rows = [json.loads(line) for line in (folder / "dropped").read_text().splitlines()]
    assert [(row["reason"], row["row"]) for row in rows] == [(why, json.loads(line)) for why, line in dropped]
    assert counts[""] == len(kept)
    assert counts.total() == len(texts)


BAD = b"""{"id": "a", "prompt": "one", "reference": {"value": "1"}, "domain": "math"}

{broken
{"id": "b", "prompt": "one", "reference": {"value": "1"}, "domain": "math"}
{"id": "c", "reference": {"value": "1"}, "domain": "math"}
[1]
{"id": "d", "prompt": "\xff", "reference": {"value": "1"}, "domain": "math"}
{"id": "e", "prompt": "two", "reference": {"value": "1"}, "domain": "math"}"""


def test_rows_that_are_no_problems_are_named_and_the_rest_goes_on(tmp_path):
    source = tmp_path / "in.jsonl"
    source.write_bytes(BAD)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sweeping, "_PIECE", 100)
        counts = sweep(source, tmp_path / "kept", tmp_path / "dropped", (ExactDuplicates(),), 1)
    assert counts == {"": 2, "duplicate": 1, UNUSABLE: 4}
    assert [json.loads(line)["id"] for line in (tmp_path / "kept").read_text().splitlines()] == ["a", "e"]
    reasons = [json.loads(line)["reason"] for line in (tmp_path / "dropped").read_text().splitlines()]
    places = [
        reason.partition(f"{UNUSABLE}: {source}, ")[2].partition(": ")
        for reason in reasons
        if UNUSABLE in reason
    ]
    assert [place for place, _, _ in places] == ["line 3", "line 5", "line 6", "line 7"]
    assert [what.split()[0] for _, _, what in places] == ["not", "the", "not", "not"]
    assert reasons[1] == "duplicate: of a"


def test_the_number_of_workers_changes_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(sweeping, "_PIECE", 4000)
    source = tmp_path / "in.jsonl"
    draw = random.Random(0)
    with source.open("w") as file:
        for number in range(400):
            text = draw.choice((QUESTION, "a red fox", "A red  fox!")) + f" {draw.randrange(60)}"
            row = {"id": f"p{number}", "prompt": text, "reference": {"value": "1"}, "domain": "math"}
            file.write(json.dumps(row) + "\n")
    made, same = [], filters()  # what one run remembers is not there in the next
    for workers in (1, 3):
        kept, dropped = tmp_path / f"kept{workers}", tmp_path / f"dropped{workers}"
        counts = sweep(source, kept, dropped, same, workers)
        made.append((counts, kept.read_bytes(), dropped.read_bytes()))
    assert made[0] == made[1]
    assert len(made[0][0]) > 3


@dataclass(frozen=True)
class Dies:
    """A filter whose process is killed, as for want of memory."""

    def __call__(self, problem: Problem) -> str | None:
        os.kill(os.getpid(), signal.SIGKILL)


def test_a_worker_that_is_killed_is_an_error_and_not_a_wait(tmp_path):
    (tmp_path / "in").write_bytes(BAD)
    with pytest.raises(DataError, match="a worker of 2 was killed"):
        sweep(tmp_path / "in", tmp_path / "kept", tmp_path / "dropped", (Dies(),), 2)


def test_it_tells_how_far_it_is(tmp_path, monkeypatch):
    monkeypatch.setattr(sweeping, "_PIECE", 200)
    (tmp_path / "in").write_bytes(BAD)
    told: list[int] = []
    sweep(tmp_path / "in", tmp_path / "kept", tmp_path / "dropped", (), 1, told.append)
    assert told == sorted(set(told))
    assert len(told) > 1
    assert told[-1] == 8


def test_a_file_that_cannot_be_read_is_an_error(tmp_path):
    with pytest.raises(DataError, match=r"cannot read .*none: No such file"):
        sweep(tmp_path / "none", tmp_path / "kept", tmp_path / "dropped", (), 1)
    (tmp_path / "packed").write_bytes(b"\x1f\x8b packed")
    with pytest.raises(DataError, match="compressed"):
        sweep(tmp_path / "packed", tmp_path / "kept", tmp_path / "dropped", (), 1)
    (tmp_path / "empty").touch()
    assert sweep(tmp_path / "empty", tmp_path / "kept", tmp_path / "dropped", filters(), 1).total() == 0
