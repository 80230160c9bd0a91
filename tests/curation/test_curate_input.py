"""`parnassus curate` on input that is broken, missing or comes twice: counted, named by file and line."""

import gzip
import json
import math
from pathlib import Path

import pytest
from curating import TAIL, Place

from parnassus.curation.directory import PROBLEMS, REFUSED
from parnassus.errors import DataError

HUB = """
from parnassus.data.reading.hub import HubRows
from parnassus.data.sources import math
PIPELINE = Pipeline(
    name="hub",
    summary="",
    sources=(Source(rows=Files("tasks.jsonl"), format=Plain()), {}),
    steps=STEPS,
)
"""


@pytest.fixture
def place(tmp_path: Path) -> Place:
    found = Place(tmp_path, "()")
    found.write(2)
    return found


def row(**changes: object) -> bytes:
    value = {"id": "a/1", "domain": "math", "prompt": "What?", "reference": {"value": "1"}, **changes}
    return json.dumps({name: field for name, field in value.items() if field is not None}).encode()


BAD = {
    "not JSON": b'{"id": "a/2", ',
    "not JSON that can be read": '{"id": "a/2", "prompt": "für"}'.encode("latin-1"),
    "not an object: wanted one in {}, got [1, 2]": b"[1, 2]",
    "prompt": row(id="a/2", prompt=7),
    "reference is missing": row(id="a/2", reference=None),
    "unknown field": row(id="a/2", colour="red"),
    "longer than": row(id="a/2", prompt="long " * 10_000_000),
    "half a surrogate pair": row(id="a/2", prompt="\ud800"),
    "duplicate id: a row before has a/1 too": row(prompt="Which?"),
    "stats": row(id="a/2", stats={"level": "high"}),
    "stats.level: wanted a number, got nan": row(id="a/2", stats={"level": math.nan}),
    "reference.calls[1]: wanted JSON, which has no inf": row(
        id="a/2",
        reference={
            "function": "f",
            "calls": [{"arguments": [], "result": 1}, {"arguments": [[math.inf]], "result": 1}],
        },
    ),
}


@pytest.mark.parametrize(("reason", "line"), BAD.items(), ids=BAD.keys())
def test_a_row_that_cannot_be_used_is_named_by_file_and_line_and_the_others_are_kept(place, reason, line):
    (place.path / "tasks.jsonl").write_bytes(b"\xef\xbb\xbf" + row() + b"\n" + line + b"\n\n" + row(id="a/3"))
    done = place.curate("out")
    assert done.code == 0, done.complained
    [refused] = place.left("out").rows(REFUSED)
    assert refused["where"] == "tasks.jsonl, line 2"
    assert reason in str(refused["reason"])
    assert [one["id"] for one in place.left("out").rows(PROBLEMS)] == ["a/1", "a/3"]
    assert "refused: " in done.said
    assert "tasks.jsonl, line 2" in (place.left("out").path / "card.html").read_text()


def test_the_first_rows_that_are_none_are_told_with_their_places(place):
    bad = b"\n".join(row(id=f"b/{n}", reference={"value": "1", f"[/b{n}]": 1}) for n in range(7))
    (place.path / "tasks.jsonl").write_bytes(row() + b"\n" + bad)
    done = place.curate("out")
    assert done.code == 0, done.complained
    told = [line for line in done.said.splitlines() if line.startswith("refused ")]
    firsts = [f"refused tasks.jsonl, line {n + 2}: unknown field reference.[/b{n}]." for n in range(5)]
    assert [line.partition(" Known")[0].partition(" Did")[0] for line in told] == firsts
    assert "all 7 that were refused: out/refused.jsonl.zst" in done.said
    card = (place.left("out").path / "card.md").read_text()
    assert "| tasks.jsonl, line 2 | unknown field reference.[/b0]." in card


def test_a_file_of_another_encoding_is_refused_row_by_row_and_said_to_leave_nothing(place):
    (place.path / "tasks.jsonl").write_bytes(row().decode().encode("utf-16"))
    done = place.curate("out")
    assert done.code == DataError.exit_code
    assert "nothing is left: every row was refused or dropped" in done.complained
    assert [one["where"] for one in place.left("out").rows(REFUSED)] == ["tasks.jsonl, line 1"]


def test_what_is_no_text_within_the_text_of_a_field_is_refused_too(place):
    tests = json.dumps({"inputs": ["\ud800"], "outputs": ["1"]})
    (place.path / "tasks.jsonl").write_text(
        json.dumps({"question": "Print 1.", "input_output": tests}) + "\n"
    )
    file = place.path / "tasks_pipeline.py"
    text = file.read_text().replace("Plain()", "apps.LAYOUT")
    file.write_text(f"from parnassus.data.sources import apps\n{text}")
    assert place.curate("out").code == DataError.exit_code
    [refused] = place.left("out").rows(REFUSED)
    assert refused["where"] == "tasks.jsonl, line 1"
    assert str(refused["reason"]).startswith("not text: it cannot be stored: ")


def test_what_is_chosen_of_the_plain_format_has_ids_of_its_own_too(place):
    (place.path / "tasks.jsonl").write_bytes(row() + b"\n" + row(prompt="Which?") + b"\n")
    file = place.path / "tasks_pipeline.py"
    text = file.read_text().replace("format=Plain()", "format=Chosen(Plain(), ())")
    file.write_text(f"from parnassus.data.reading.layout import Chosen\n{text}")
    assert place.curate("out").code == 0
    [refused] = place.left("out").rows(REFUSED)
    assert str(refused["reason"]).startswith("duplicate id: ")


def test_an_empty_result_is_said_with_a_card_and_an_exit_code_again_and_again(place):
    place = Place(place.path, "(Bounds('pass_rate', least=0.5),)")
    place.write(3)
    for _ in range(2):
        done = place.curate("out")
        assert done.code == DataError.exit_code
        assert "out/card.html says by which step and why" in done.complained
        assert "no pass_rate" in done.said
    assert "<strong>Nothing.</strong>" in (place.left("out").path / "card.html").read_text()


def test_the_same_question_twice_is_a_step_s_matter_and_an_id_may_be_so_too(place):
    (place.path / "tasks.jsonl").write_bytes(row() + b"\n" + row())
    assert place.curate("out").code == 0
    assert len(list(place.left("out").rows(PROBLEMS))) == 2


def test_a_file_that_is_cut_short_ends_it(place):
    packed = gzip.compress(row() * 1000)
    (place.path / "tasks.jsonl").rename(place.path / "other.jsonl")
    (place.path / "tasks.jsonl.gz").write_bytes(packed[: len(packed) // 2])
    pipeline = place.path / "tasks_pipeline.py"
    pipeline.write_text(pipeline.read_text().replace("tasks.jsonl", "tasks.jsonl.gz"))
    done = place.curate("out")
    assert done.code == DataError.exit_code
    assert "cannot read tasks.jsonl.gz" in done.complained


MISSING = {
    "a file": (
        'Source(rows=Files("gone.jsonl"), format=math.LAYOUT)',
        "no file matches gone.jsonl. math is published at https",
    ),
    "a hub": (
        'Source(rows=HubRows("nobody/nothing", "train"), format=math.LAYOUT)',
        "run `hf download --repo-type dataset nobody/nothing --local-dir data/nobody/nothing` where it can",
    ),
}


@pytest.mark.parametrize(("source", "complaint"), MISSING.values(), ids=MISSING.keys())
def test_a_source_that_is_not_there_is_named_before_anything_is_read(place, offline, source, complaint):
    with (place.path / "tasks_pipeline.py").open("a") as file:
        file.write(HUB.format(source))
    done = place.curate("out")
    assert done.code == DataError.exit_code, done.complained
    assert complaint in done.complained
    assert not (place.path / "out" / "pipeline.json").exists()


STEPS = """
from parnassus.data.filters.decontaminate import Decontaminate
from parnassus.data.similarity.embedding import EmbeddingDuplicates
from parnassus.data.similarity.encoder import MeanPooling
STEPS = (Decontaminate(("gone/*.jsonl",)), EmbeddingDuplicates(MeanPooling("gone/encoder")))
"""


@pytest.fixture
def offline(monkeypatch):
    for package in ("datasets.config", "huggingface_hub.constants"):
        monkeypatch.setattr(f"{package}.HF_HUB_OFFLINE", True)


def test_all_that_is_missing_is_named_at_once(place, offline):
    with (place.path / "tasks_pipeline.py").open("a") as file:
        file.write(STEPS + TAIL)
    done = place.curate("out")
    assert done.code == DataError.exit_code
    assert "no benchmark at gone/*.jsonl" in done.complained
    assert "cannot load the encoder gone/encoder" in done.complained
    assert not (place.path / "out" / "pipeline.json").exists()


def test_a_kill_after_the_last_problem_was_written_costs_no_card(place):
    assert place.curate("out").code == 0
    directory = place.left("out")
    file = directory.path / "card.md"
    card = file.read_text()
    file.unlink()
    directory.passed(0).mkdir(parents=True)
    assert place.curate("out").code == 0
    assert file.read_text() == card
    assert not directory.passed(0).parent.exists()


def test_why_says_that_there_is_no_curation_or_that_it_is_not_finished(place):
    assert "holds no curation" in place.curate("nowhere", "--why", "t/1").complained
    place.curate("out")
    place.left("out").file(PROBLEMS).unlink()
    assert "is not finished" in place.curate("out", "--why", "t/1").complained


def test_what_a_curation_begins_with_is_noted_by_its_licence_digest_and_version(place):
    """Of what is chosen of a set, and of benchmarks within a step for one domain, too."""
    (place.path / "aime.jsonl").write_text('{"problem": "What is asked?"}\n')
    steps = "(OfDomain('math', Decontaminate(('aime*.jsonl',))),)"
    source = "Source(rows=Files('tasks.jsonl'), format=Chosen(bbh.LAYOUT, ()))"
    begin = (
        "from parnassus.data.filters.decontaminate import Decontaminate\n"
        "from parnassus.data.filters.of_domain import OfDomain\n"
        "from parnassus.data.reading.layout import Chosen\n"
        "from parnassus.data.sources import bbh\n"
    )
    Place(place.path, steps).write(1)
    file = place.path / "tasks_pipeline.py"
    text = file.read_text().replace('Source(rows=Files("tasks.jsonl"), format=Plain())', source)
    file.write_text(begin + text)
    place.curate("out")
    begun = place.left("out").begun()
    assert begun.licences == {"bbh": "MIT"}
    assert list(begun.files) == ["tasks.jsonl", "aime.jsonl"]
    assert {"parnassus", "rensa", "math-verify"} <= begun.versions.keys()
    (place.path / "aime.jsonl").write_text('{"problem": "What else is asked?"}\n')
    assert "file aime.jsonl: other content" in place.curate("out").complained
