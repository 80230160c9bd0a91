"""Rows of sets for supervised warm-up: both layouts, strictly, by file and line, and back again."""

import gzip
import json
import re
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from parnassus.data.choosing.wrong_on_hard import WrongOnHard
from parnassus.data.demonstrations import NO_REFERENCE, Demonstrations, as_row, decode_demonstration
from parnassus.data.identity import prompt_digest
from parnassus.data.reading.files import Files
from parnassus.data.reading.row import Refused
from parnassus.errors import DataError
from parnassus.rundir.records import from_json, read_records, write_records
from parnassus.types import (
    Answer,
    AssertTests,
    Call,
    Demonstration,
    Exchange,
    FunctionTests,
    Message,
    Problem,
)

FORMAT = (Path(__file__).parents[2] / "docs" / "data-format.md").read_text()
ASKED = (Message("user", "1+1="),)
words = st.text(st.characters(exclude_categories=["Cs"]))
told = words.filter(lambda text: text.strip())
messages = st.builds(Message, st.sampled_from(["system", "user", "assistant"]), told)
references = st.sampled_from(
    [NO_REFERENCE, Answer("2"), AssertTests(("assert f(2)",)), FunctionTests("f", (Call((1, "a"), [1]),))]
)
problems = st.builds(
    Problem,
    id=told,
    prompt=st.lists(messages, max_size=3).map(tuple).filter(lambda said: any(m.role == "user" for m in said)),
    reference=references,
    domain=told,
    source=words,
    stats=st.dictionaries(words, st.floats(allow_nan=False, allow_infinity=False), max_size=2),
    solution=words,
)
demonstrations = st.builds(
    Demonstration,
    problems,
    told,
    st.none() | st.booleans(),
    st.none() | st.floats(0, 1),
    st.lists(st.builds(Exchange, words, told), max_size=2).map(tuple),
)


def decode(row: dict[str, object]) -> Demonstration:
    return decode_demonstration(row, "set.jsonl, line 3", "set")


def test_messages_are_a_prompt_and_what_is_learnt():
    said = [
        ("system", "Be brief."),
        ("user", "1+1="),
        ("assistant", "2"),
        ("user", "?"),
        ("assistant", "two"),
    ]
    got = decode({"messages": [{"role": role, "content": text} for role, text in said]})
    assert got.problem.prompt == tuple(Message(*one) for one in said[:-1])
    assert got.response == "two"
    assert (got.correct, got.difficulty) == (None, None)


def test_the_turns_after_the_first_are_learnt_too():
    more = [{"reply": "Code Execution Results:\n2\n", "response": "<<<2>>>"}, {"reply": "", "response": "!"}]
    got = decode({"prompt": "1+1=", "response": "?", "more": more})
    assert got.more == (Exchange("Code Execution Results:\n2\n", "<<<2>>>"), Exchange("", "!"))
    assert decode({"prompt": "1+1=", "response": "?", "more": []}).more == ()


def test_a_prompt_is_text_or_messages():
    text = decode({"prompt": "1+1=", "response": "2", "correct": False, "difficulty": 1})
    listed = decode({"prompt": [{"role": "user", "content": "1+1="}], "response": "2"})
    assert text.problem == listed.problem
    assert text == Demonstration(text.problem, "2", False, 1.0)


def test_what_a_row_leaves_out_is_made():
    problem = decode({"prompt": "1+1=", "response": "2"}).problem
    assert problem == Problem(f"set/{prompt_digest(ASKED)}", ASKED, NO_REFERENCE, "unknown", "set")
    row = {
        "prompt": "1+1=",
        "response": "2",
        "id": "a",
        "source": "b",
        "domain": "c",
        "reference": {"value": "2"},
    }
    assert decode(row).problem == Problem("a", ASKED, Answer("2"), "c", "b")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"prompt": "?"}, "the field response is missing"),
        ({"response": "!"}, "the field prompt is missing"),
        ({}, "the field prompt is missing; or else wanted is messages"),
        ({"prompt": "?", "response": "!", "correkt": True}, "unknown field correkt. Did you mean correct"),
        ({"prompt": "?", "response": "!", "correct": 1}, "correct: wanted true, false or null, got 1"),
        ({"prompt": "?", "response": "!", "correct": "true"}, "correct: wanted true, false or null"),
        ({"prompt": "?", "response": "!", "difficulty": 1.5}, "difficulty: wanted the share of failures"),
        ({"prompt": "?", "response": "!", "difficulty": True}, "difficulty: wanted the share of failures"),
        ({"prompt": "?", "response": "!", "difficulty": float("nan")}, "difficulty: wanted the share"),
        ({"prompt": "?", "response": ["!"]}, "response: wanted text, got ['!']"),
        ({"prompt": "?", "response": " \n"}, "response is empty"),
        ({"prompt": " ", "response": "!"}, "prompt is empty"),
        ({"prompt": [], "response": "!"}, "prompt has no message of the user"),
        (
            {"messages": [{"role": "robot", "content": "?"}, {"role": "assistant", "content": "!"}]},
            "prompt[0].role: wanted system, user or assistant, got 'robot'",
        ),
        ({"prompt": [{"role": "user"}], "response": "!"}, "prompt[0].content is missing"),
        ({"prompt": "?", "response": "!", "reference": {"value": ""}}, "reference.value is empty"),
        ({"messages": "?"}, "messages: wanted a list"),
        ({"messages": [{"role": "user", "content": None}]}, "messages: wanted a list"),
        ({"messages": [{"role": "user", "content": "?", "name": "x"}]}, "messages: wanted a list"),
        ({"messages": []}, "got roles none"),
        ({"messages": [{"role": "assistant", "content": "!"}]}, "got roles assistant"),
        ({"messages": [{"role": "user", "content": "?"}] * 2}, "got roles user, user"),
        ({"messages": [], "response": "!"}, "messages are the prompt and the response"),
        ({"messages": [], "more": []}, "messages are the prompt and the response"),
        ({"prompt": "?", "response": "!", "more": {}}, "more: wanted a list of"),
        ({"prompt": "?", "response": "!", "more": ["!"]}, "more[0]: wanted {"),
        (
            {"prompt": "?", "response": "!", "more": [{"reply": "", "response": "!", "x": 1}]},
            "more[0]: wanted",
        ),
        ({"prompt": "?", "response": "!", "more": [{"reply": "a"}]}, 'more[0]: wanted {"reply", "response"}'),
        ({"prompt": "?", "response": "!", "more": [{"reply": 1, "response": "!"}]}, "more[0]: wanted"),
        (
            {"prompt": "?", "response": "!", "more": [{"reply": "", "response": " "}]},
            "more[0]: response is empty",
        ),
    ],
)
def test_a_row_that_is_none_is_refused_by_its_field(row: dict[str, object], said: str):
    with pytest.raises(DataError) as error:
        decode(row)
    assert str(error.value).startswith("set.jsonl, line 3: ")
    assert said in str(error.value)


@given(demonstration=demonstrations)
def test_a_demonstration_survives_as_a_row_and_as_a_record(demonstration: Demonstration):
    row = json.loads(json.dumps(as_row(demonstration)))
    assert decode_demonstration(row, "here", "other") == demonstration


def test_records_of_runs_made_before_are_read(tmp_path: Path):
    problem = Problem("a", ASKED, Answer("2"), "math", "s")
    old = b'{"problem":{"id":"a","prompt":[{"role":"user","content":"1+1="}],"reference":{"value":"2"},'
    old += b'"domain":"math","source":"s","stats":{}},"response":"2"}'
    assert from_json(Demonstration, old, "here") == Demonstration(problem, "2", None, None)
    both = [Demonstration(problem, "2", True, 0.25), Demonstration(problem, "3", False)]
    write_records(tmp_path / "x.zst", both)
    assert read_records(tmp_path / "x.zst", Demonstration) == both


def test_what_the_document_shows_is_read():
    shown = re.search(r"^```jsonl\n(.*?)^```$", FORMAT, re.MULTILINE | re.DOTALL)
    assert shown is not None
    first, second, third = [decode(json.loads(line)) for line in shown[1].splitlines()]
    assert first.problem == second.problem
    assert third.more == (Exchange("Code Execution Results:\n1081\n", "<<<1081>>>"),)
    assert first.response.endswith(r"\boxed{2}")
    assert (second.correct, second.difficulty) == (False, 0.9)


ROWS = (
    {"prompt": "a", "response": "right", "correct": True, "difficulty": 0.1},
    {"prompt": "b", "response": "wrong", "correct": False, "difficulty": 0.1},
    {"prompt": "c", "response": "wrong on a hard one", "correct": False, "difficulty": 0.9},
    {"prompt": "d", "answer": "4"},
)


@pytest.mark.parametrize("suffix", ["", ".gz", ".zst"])
def test_a_file_is_read_with_each_row_told_by_its_line(tmp_path: Path, suffix: str):
    content = b"".join(json.dumps(row).encode() + b"\n" for row in ROWS) + b"{broken\n"
    packed = {"": content, ".gz": gzip.compress(content), ".zst": zstandard.compress(content)}[suffix]
    path = tmp_path / f"taught.jsonl{suffix}"
    path.write_bytes(packed)
    found = list(Demonstrations(Files(str(path)), (WrongOnHard(),)))
    kept = [one.response for one in found if isinstance(one, Demonstration)]
    assert kept == ["right", "wrong on a hard one"]
    assert {one.problem.source for one in found if isinstance(one, Demonstration)} == {"taught"}
    refused = {one.where.rpartition(", ")[2]: one.reason for one in found if isinstance(one, Refused)}
    assert list(refused) == ["line 2", "line 4", "line 5"]
    assert refused["line 2"] == "wrong on a problem that is not hard"
    assert refused["line 4"].startswith("unknown field answer")
    assert refused["line 5"].startswith("not JSON")
