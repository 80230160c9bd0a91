"""Problem and response files: every kind of reference, every mistake named by line and field."""

import dataclasses
import gzip
import io
import json
import sys
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from parnassus.data.plain import decode_problem
from parnassus.data.reading.lines import Lines
from parnassus.errors import DataError
from parnassus.judging.rows import ResponseFile, read_problems, reference_key
from parnassus.types import (
    Answer,
    AssertTests,
    Call,
    Case,
    Comparison,
    FunctionTests,
    Message,
    Problem,
    Reference,
    StdioTests,
)

ANSWER = {"id": "a/1", "domain": "math", "prompt": "1+1?", "reference": {"value": "2"}}


def problem(**changes: object) -> dict[str, object]:
    return {name: value for name, value in (ANSWER | changes).items() if value != "absent"}


def write(path: Path, rows: list[object]) -> str:
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return str(path)


@pytest.mark.parametrize(
    ("row", "reference"),
    [
        ({"value": "2"}, Answer("2")),
        (
            {"function": "f", "calls": [{"arguments": [1, [None]], "result": {"a": 1.5}}], "seconds": 3},
            FunctionTests("f", (Call((1, [None]), {"a": 1.5}),), seconds=3.0),
        ),
        (
            {
                "cases": [{"stdin": "1", "stdout": "2"}],
                "comparison": {"case": False, "relative": 1e-6, "absolute": None},
                "checker": "pass",
            },
            StdioTests((Case("1", "2"),), Comparison(case=False, relative=1e-6), checker="pass"),
        ),
        ({"tests": ["assert f() == 1"], "setup": "x = 1"}, AssertTests(("assert f() == 1",), setup="x = 1")),
    ],
    ids=["answer", "function", "stdio", "asserts"],
)
def test_each_kind_of_reference_is_told_by_its_fields(row: object, reference: Reference):
    read = decode_problem(problem(reference=row, source="s", stats={"level": 3}), "line 1", "file")
    assert read == Problem("a/1", (Message("user", "1+1?"),), reference, "math", "s", {"level": 3.0})


def test_a_prompt_may_be_messages_and_a_source_the_file():
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "1+1?"}]
    read = decode_problem(problem(prompt=messages), "line 1", "file")
    assert read.prompt == (Message("system", "Be brief."), Message("user", "1+1?"))
    assert read.source == "file"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (problem(promt="x"), "unknown field promt. Did you mean prompt"),
        (problem(domain="absent"), "the field domain is missing"),
        (problem(domain=" "), "domain is empty"),
        (problem(id=7), "id: wanted text, got 7"),
        (problem(id="\ud800"), "half a surrogate pair"),
        (problem(prompt=5), "prompt: wanted a list in [], got 5"),
        (problem(prompt=[{"role": "user"}]), "the field prompt[0].content is missing"),
        (problem(prompt="   "), "prompt is empty: wanted a message of the user that asks something"),
        (problem(prompt=[]), "prompt has no message of the user: wanted one"),
        (problem(prompt=[{"role": "system", "content": "Be brief."}]), "prompt has no message of the user"),
        (
            problem(prompt=[{"role": "system", "content": "Be brief."}, {"role": "user", "content": "\n"}]),
            "prompt is empty",
        ),
        (
            problem(prompt=[{"role": "user", "content": "?"}, {"role": "User", "content": "?"}]),
            "prompt[1].role: wanted system, user or assistant, got 'User'",
        ),
        (problem(reference="2"), "reference: wanted an object in {}, got '2'"),
        (problem(reference={}), "wanted one of value, function and calls, cases, tests, task; got nothing"),
        (problem(reference={"answr": "2"}), "got fields answr"),
        (problem(reference={"vlaue": "2"}), "got fields vlaue. Did you mean value"),
        (problem(reference={"value": 2}), "reference.value: wanted text, got 2"),
        (problem(reference={"value": ""}), "reference.value is empty"),
        (problem(reference={"value": "2", "cases": []}), "value, cases belong to different kinds"),
        (problem(reference={"value": "2", "seconds": 1}), "unknown field reference.seconds"),
        (problem(reference={"cases": []}), "the reference has no tests"),
        (problem(reference={"tests": []}), "the reference has no tests"),
        (problem(reference={"function": "f", "calls": []}), "the reference has no tests"),
        (problem(reference={"function": "", "calls": [{"arguments": [], "result": 1}]}), "function is empty"),
        (problem(reference={"function": "f"}), "the field reference.calls is missing"),
        (problem(reference={"tests": "assert 1"}), "reference.tests: wanted a list in [], got 'assert 1'"),
        (problem(reference={"tests": [1]}), "reference.tests[0]: wanted text, got 1"),
        (
            problem(reference={"tests": ["x"], "seconds": 0}),
            "reference.seconds: wanted a number above 0, got 0.0",
        ),
        (
            problem(reference={"tests": ["x"], "seconds": True}),
            "reference.seconds: wanted a number, got True",
        ),
        (problem(reference={"tests": ["x"], "seconds": 10**400}), "reference.seconds: wanted a number"),
        (
            problem(reference={"cases": [{"stdin": "", "stdout": ""}], "comparison": {"relatve": 1e-6}}),
            "unknown field reference.comparison.relatve. Did you mean relative",
        ),
        (
            problem(reference={"cases": [{"stdin": "", "stdout": ""}], "comparison": {"absolute": -1}}),
            "reference.comparison.absolute: wanted 0 or more, got -1.0",
        ),
        (
            problem(reference={"cases": [{"stdin": "", "stdin2": ""}]}),
            "unknown field reference.cases[0].stdin2. Did you mean stdin",
        ),
        (problem(stats={"level": "high"}), "stats.level: wanted a number, got 'high'"),
    ],
)
def test_a_mistake_in_a_problem_is_named_by_line_and_field(tmp_path: Path, row: object, said: str):
    path = write(tmp_path / "p.jsonl", [ANSWER | {"id": "a/0"}, row])
    with pytest.raises(DataError) as caught:
        read_problems(Lines(path))
    assert str(caught.value).startswith(f"{path}, line 2: ")
    assert said in str(caught.value)


@given(st.sampled_from([Answer("x"), FunctionTests("f", (Call((1,), 2),)), AssertTests(("a",))]), st.data())
def test_no_field_may_be_misspelt(reference: Reference, data: st.DataObject):
    """Swapping two neighbouring letters of any field name is noticed."""
    fields = json.loads(json.dumps(dataclasses.asdict(reference)))
    name = data.draw(st.sampled_from(sorted(fields)))
    place = data.draw(st.integers(0, len(name) - 2))
    other = name[:place] + name[place + 1] + name[place] + name[place + 2 :]
    fields[other] = fields.pop(name)
    if other != name:
        with pytest.raises(DataError):
            decode_problem(problem(reference=fields), "line 1", "file")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"id": "a", "domain"}', "line 1: not JSON: Expecting ':' delimiter at column 21"),
        ("[1, 2]", "line 1: not an object: wanted one in {}, got [1, 2]"),
        ('{"id": "a"  \r\n', "line 1: not JSON: Expecting ',' delimiter at column 11"),
        ('{"id": "a', "line 1: not JSON: Unterminated string starting at column 8"),
        ("\n\n{", "line 3: not JSON"),
        ('{"a": "\xff"}', "line 1: not JSON that can be read"),
        ("[" * 200_000, "line 1: not JSON that can be read"),
        ('{"a": ' + "1" * 5000 + "}", "line 1: not JSON that can be read"),
        ("", "has no problems"),
    ],
)
def test_what_is_no_json_is_named_by_its_line(tmp_path: Path, content: str, said: str):
    (tmp_path / "p.jsonl").write_bytes(content.encode("latin-1"))
    with pytest.raises(DataError) as caught:
        read_problems(Lines(str(tmp_path / "p.jsonl")))
    assert said in str(caught.value)


def test_an_id_twice_names_both_lines(tmp_path: Path):
    path = write(tmp_path / "p.jsonl", [ANSWER, ANSWER | {"id": "b"}, ANSWER])
    with pytest.raises(DataError, match=r"p.jsonl, line 3: the id 'a/1' is taken by .*p.jsonl, line 1"):
        read_problems(Lines(path))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"problem_id": "a/2", "response": ""}, "no problem has the id 'a/2'; they look like 'a/1'"),
        ({"problem_id": "a/1", "reponse": ""}, "the field response is missing. Did you mean reponse"),
        ({"response": ""}, "the field problem_id is missing"),
        ({"problem_id": "a/1", "response": None}, "response: wanted text, got None"),
    ],
)
def test_a_mistake_in_a_response_is_named_by_line_and_field(tmp_path: Path, row: object, said: str):
    problems = read_problems(Lines(write(tmp_path / "p.jsonl", [ANSWER])))
    good = {"problem_id": "a/1", "response": "", "model": "fields of one's own are left alone"}
    path = write(tmp_path / "r.jsonl", [good, row])
    with pytest.raises(DataError) as caught:
        list(ResponseFile(Lines(path), problems))
    assert str(caught.value).startswith(f"{path}, line 2: ")
    assert said in str(caught.value)


def compressed(kind: str, content: bytes) -> bytes:
    if kind == "gz":
        return gzip.compress(content)
    half = len(content) // 2
    parts = content[:half], content[half:]  # two frames, the second without its size in the head
    stream = zstandard.ZstdCompressor().compressobj()
    return zstandard.compress(parts[0]) + stream.compress(parts[1]) + stream.flush()


@pytest.mark.parametrize("kind", ["gz", "zst"])
def test_compressed_files_are_read_and_cut_ones_are_not(tmp_path: Path, kind: str):
    content = "".join(f"{json.dumps(ANSWER | {'id': str(n)})}\n" for n in range(500)).encode()
    path = tmp_path / f"p.jsonl.{kind}"
    path.write_bytes(compressed(kind, content))
    assert len(read_problems(Lines(str(path)))) == 500
    path.write_bytes(compressed(kind, content)[:-20])
    with pytest.raises(DataError, match="cannot read"):
        read_problems(Lines(str(path)))


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(DataError, match=r"cannot read .*none\.jsonl: No such file"):
        read_problems(Lines(str(tmp_path / "none.jsonl")))


def test_standard_input_can_be_read_twice(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b'{"a": 1}\n{"b": 2}\n')))
    lines = Lines("-")
    assert [line.mapping() for line in lines] == [line.mapping() for line in lines] == [{"a": 1}, {"b": 2}]
    assert [line.where for line in lines] == ["standard input, line 1", "standard input, line 2"]


@pytest.mark.parametrize("name", ["p.jsonl", "-"])
@pytest.mark.parametrize("kind", ["gz", "zst"])
def test_compressed_content_under_another_name_is_told(
    tmp_path: Path, kind: str, name: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    content = compressed(kind, json.dumps(ANSWER).encode())
    Path("p.jsonl").write_bytes(content)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    with pytest.raises(DataError, match=rf"content is compressed \({kind}\).* ends in \.{kind}"):
        read_problems(Lines(name))


def test_a_key_is_of_what_the_response_is_judged_by():
    def key(**changes: object) -> str:
        return reference_key(decode_problem(problem(**changes), "line 1", "file"))

    same = key(), key(prompt="1 + 1?"), key(stats={"level": 2}), key(source="elsewhere")
    assert len(set(same)) == 1
    assert key(reference={"value": "3"}) != key()
    assert key(reference={"tests": ["2"]}) != key()


def test_the_responses_of_a_problem_share_its_key(tmp_path: Path):
    problems = read_problems(Lines(write(tmp_path / "p", [ANSWER, ANSWER | {"id": "b"}])))
    rows: list[object] = [{"problem_id": name, "response": "x"} for name in ("a/1", "b", "a/1")]
    items = list(ResponseFile(Lines(write(tmp_path / "r", rows)), problems))
    assert {item.reference_key for item in items} == {reference_key(problems["a/1"].problem)}
