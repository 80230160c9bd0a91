"""A curation from files to card: real files, real processes, the real sandbox."""

import asyncio
import gzip
import json
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from parnassus.cli.curate_view import Quiet
from parnassus.cli.main import main
from parnassus.curation.directory import DROPPED, PROBLEMS, REFUSED, CurationDir
from parnassus.curation.funnel import Bar, Loss, funnel, histogram
from parnassus.curation.means import open_means
from parnassus.curation.pipeline import Pipeline, Source, Sweep, Visit, passes
from parnassus.curation.story import story
from parnassus.curation.walk import curate
from parnassus.data.checks.gold_verifies import GoldVerifies
from parnassus.data.filters.decontaminate import Decontaminate
from parnassus.data.filters.links import Links
from parnassus.data.reading.files import Files
from parnassus.data.reading.layout import Plain
from parnassus.data.similarity.benchmarks import Benchmark
from parnassus.data.similarity.duplicates import NormalisedDuplicates
from parnassus.errors import AnsweringError, ConfigError, DataError
from parnassus.sandbox.make import THIS_MACHINE
from parnassus.types import Judge, Problem

BENCHMARK = Benchmark("test", (("7", "How many of the numbers from 1 to 100 are divisible by 7 and odd?"),))
STEPS = (NormalisedDuplicates(), Links(), Decontaminate((BENCHMARK,)), GoldVerifies())


def row(name: str, prompt: str, answer: str = "1", source: str = "a") -> str:
    return json.dumps(
        {"id": name, "domain": "math", "prompt": prompt, "source": source, "reference": {"value": answer}}
    )


ROWS = (
    row("a/1", "What is one?"),
    row("a/2", "what is  ONE?"),
    "{broken",
    row("b/3", "See https://example.org and count.", source="b"),
    row("b/4", "Say, how many of the numbers from 1 to 100 are divisible by 7 and odd? <b>", source="b"),
    row("a/5", "Which fraction?", r"\frac{1}{2"),
    row("b/6", "What is two?", "2", source="b"),
    json.dumps({"id": "a/7", "domain": "math", "prompt": "No reference."}),
)


@pytest.fixture
def pipeline(tmp_path: Path) -> Pipeline:
    file = tmp_path / "raw.jsonl.gz"
    file.write_bytes(gzip.compress("\n".join(ROWS).encode()))
    source = Source(rows=Files(str(file)), format=Plain())
    return Pipeline(name="small", summary="for tests", sources=(source,), steps=STEPS)


def done(pipeline: Pipeline, out: Path, workers: int = 2) -> CurationDir:
    async def run() -> CurationDir:
        async with open_means((), THIS_MACHINE, 1, out / "asked") as means:
            return await curate(pipeline, out, means, workers, Quiet())

    return asyncio.run(run())


def ids(directory: CurationDir) -> list[object]:
    return [row["id"] for row in directory.rows(PROBLEMS)]


def test_each_row_is_kept_dropped_with_a_reason_or_refused_with_its_place(pipeline, tmp_path):
    directory = done(pipeline, tmp_path / "out")
    assert ids(directory) == ["a/1", "b/6"]
    dropped = [(d["step"], str(d["reason"]).split(": ")[0], d["row"]["id"]) for d in directory.rows(DROPPED)]  # type: ignore[index]
    assert dropped == [
        ("NormalisedDuplicates", "normalised duplicate", "a/2"),
        ("Links", "links to the outside", "b/3"),
        ("Decontaminate", "contaminated by test", "b/4"),
        ("GoldVerifies", "nothing could be right", "a/5"),
    ]
    refused = [(str(r["where"]).rpartition("/")[2], str(r["reason"])) for r in directory.rows(REFUSED)]
    assert [where for where, _ in refused] == ["raw.jsonl.gz, line 3", "raw.jsonl.gz, line 8"]
    assert refused[0][1].startswith("not JSON")
    assert "reference is missing" in refused[1][1]
    assert not (directory.path / "passes").exists()


def test_the_files_are_the_same_whatever_the_number_of_workers(pipeline, tmp_path):
    one, two = done(pipeline, tmp_path / "one", 1), done(pipeline, tmp_path / "two", 3)
    for name in (PROBLEMS, DROPPED, REFUSED):
        assert list(one.rows(name)) == list(two.rows(name))


def test_the_card_says_where_each_went_and_escapes_what_problems_say(pipeline, tmp_path):
    directory = done(pipeline, tmp_path / "out")
    page = (directory.path / "card.html").read_text()
    assert "2 of 8 rows are left" in page.replace(",", "")
    assert "numbers from 1 to 100 are divisible by 7 and odd? &lt;b&gt;" in page
    assert "<pre>How many of the numbers from 1 to 100" in page  # the benchmark's own, beside it
    assert "http" not in page.replace("https://example.org", "").replace("http-equiv", "")
    words = (directory.path / "card.md").read_text()
    assert "| Links | links to the outside | -1 |  | -1 |" in words
    assert "| kept | | 2 | 1 | 1 |" in words


def test_the_funnel_adds_up(pipeline, tmp_path):
    counted = funnel(done(pipeline, tmp_path / "out"))
    assert counted.rows == len(ROWS)
    assert {source: counted.read(source) for source in counted.sources} == {"a": 3, "b": 3}
    assert counted.dropped[Loss("NormalisedDuplicates", "normalised duplicate")] == Counter(a=1)
    assert counted.kept == Counter(a=1, b=1)


def test_why_tells_a_problem_s_story(pipeline, tmp_path, capsys):
    out = tmp_path / "out"
    directory = done(pipeline, out)
    assert story(directory, "a/2") == (
        f"a/2\n  read from {tmp_path}/raw.jsonl.gz, line 2\n"
        "  dropped by NormalisedDuplicates: normalised duplicate: of a/1"
    )
    assert story(directory, f"{tmp_path}/raw.jsonl.gz, line 7").endswith("line 7\n  kept")
    assert "refused when it was read: not JSON" in story(directory, f"{tmp_path}/raw.jsonl.gz, line 3")
    with pytest.raises(DataError, match="knows no problem and no row 'a/9'"):
        story(directory, "a/9")
    assert main(["curate", "--out", str(out), "--why", "b/6"]) == 0
    assert capsys.readouterr().out.endswith("kept\n")


def test_another_pipeline_or_another_file_is_refused(pipeline, tmp_path):
    out = tmp_path / "out"
    done(pipeline, out)
    assert ids(done(pipeline, out)) == ["a/1", "b/6"]  # nothing is done again
    with pytest.raises(ConfigError, match=r"(?s)another curation \(there -> here\).*step 3: .* -> none"):
        done(replace(pipeline, steps=STEPS[:2]), out)
    (tmp_path / "raw.jsonl.gz").write_bytes(gzip.compress(ROWS[0].encode()))
    with pytest.raises(ConfigError, match=r"file .*raw\.jsonl\.gz: other content"):
        done(pipeline, out)


ASKED: list[str] = []


@dataclass(frozen=True)
class Interrupted:
    """Interrupts at the last problem, the first time it comes."""

    async def __call__(self, problem: Problem, judge: Judge) -> str | None:
        ASKED.append(problem.id)
        if problem.id == "b/6" and ASKED.count("b/6") == 1:
            raise KeyboardInterrupt
        return None


def test_what_was_interrupted_goes_on_with_the_problem(pipeline, tmp_path):
    ASKED.clear()
    stops = replace(pipeline, steps=(*STEPS, Interrupted()))
    with suppress(KeyboardInterrupt):
        done(stops, tmp_path / "out")
    assert not CurationDir(tmp_path / "out").done()
    assert ids(done(stops, tmp_path / "out")) == ["a/1", "b/6"]
    assert Counter(ASKED) == Counter({"a/1": 1, "b/6": 2})


@dataclass(frozen=True)
class NoAnswer:
    """Like a model that cannot be reached for one problem, until it is mended."""

    async def __call__(self, problem: Problem, judge: Judge) -> str | None:
        if problem.id == "b/6" and not ASKED:
            ASKED.append(problem.id)
            raise AnsweringError("no connection: three times")
        return None


def test_problems_without_an_answer_stop_it_and_only_they_are_asked_again(pipeline, tmp_path):
    ASKED.clear()
    stops = replace(pipeline, steps=(*STEPS, NoAnswer()))
    with pytest.raises(
        AnsweringError, match=r"1 of 2 problems got no answer from NoAnswer \(no connection: 1\)"
    ):
        done(stops, tmp_path / "out")
    assert ids(done(stops, tmp_path / "out")) == ["a/1", "b/6"]


def test_an_empty_result_is_a_result(pipeline, tmp_path):
    directory = done(replace(pipeline, steps=(*STEPS, Everything())), tmp_path / "out")
    assert ids(directory) == []
    assert "Nothing." in (directory.path / "card.html").read_text()


@dataclass(frozen=True)
class Everything:
    def __call__(self, problem: Problem) -> str | None:
        return "gone"


def test_filters_that_follow_each_other_are_one_pass():
    a, b, c = Links(), Everything(), GoldVerifies()
    assert passes((a, b, c, b)) == [Sweep((a, b)), Visit(c), Sweep((b,))]
    assert passes(()) == []


def test_only_the_first_problems_of_a_source_may_be_taken(pipeline, tmp_path):
    source = replace(pipeline.sources[0], most=2)
    assert ids(done(replace(pipeline, sources=(source,), steps=()), tmp_path / "out")) == ["a/1", "a/2"]


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ([3.0, 1.0, 1.0], [Bar(1, 1, 2), Bar(3, 3, 1)]),
        ([0.5], [Bar(0.5, 0.5, 1)]),
        ([], []),
    ],
)
def test_few_values_have_a_bar_each(values, wanted):
    assert histogram(values) == wanted


def test_many_values_are_binned_and_none_is_lost():
    bars = histogram([*map(float, range(1200)), 1e9])
    assert len(bars) == 12
    assert sum(bar.count for bar in bars) == 1201
    assert bars[-1].high == 1e9
    assert [bar.low for bar in bars] == sorted(bar.low for bar in bars)
    assert sum(bar.count for bar in histogram([0.0] * 5000 + [float(n) for n in range(20)])) == 5020


FILE: Callable[[str], str] = """
from pathlib import Path
from parnassus.curation.pipeline import Pipeline, Source
from parnassus.data.reading.files import Files
from parnassus.data.reading.layout import Plain
from dataclasses import dataclass

@dataclass(frozen=True)
class Own:
    def __call__(self, problem):
        return "own" if problem.source == "b" else None

SOURCE = Source(rows=Files({!r}), format=Plain())
PIPELINE = Pipeline(name="own", summary="", sources=(SOURCE,), steps=(Own(),))
""".format


@pytest.fixture
def elsewhere(tmp_path, monkeypatch) -> Path:
    """A folder whose modules are forgotten after the test."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    for name in ("mine", "broken"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    return tmp_path


def test_the_command_runs_a_file_with_a_filter_of_its_own(pipeline, elsewhere, capsys):
    mine = elsewhere / "mine.py"
    mine.write_text(FILE(str(elsewhere / "raw.jsonl.gz")))
    assert main(["curate", str(mine), "--out", str(elsewhere / "out"), "--workers", "2", "--quiet"]) == 0
    assert "Own" in capsys.readouterr().out
    assert ids(CurationDir(elsewhere / "out")) == ["a/1", "a/2", "a/5"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("PIPELINE = 3", "holds no PIPELINE"),
        ("import nothing_there", "No module named"),
        ("x = ", "SyntaxError"),
        ("{}['a']", "KeyError"),
        ("open('gone')", "FileNotFoundError"),
    ],
)
def test_a_file_that_holds_no_pipeline_is_refused_with_a_word(elsewhere, capsys, text, complaint):
    file, out = elsewhere / "broken.py", elsewhere / "out"
    file.write_text(text)
    assert main(["curate", str(file), "--out", str(out)]) == ConfigError.exit_code
    assert complaint in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize("name", ["json.py", "no-module.py", "pipeline.txt", "gone.py"])
def test_a_file_s_name_is_that_of_a_new_module(elsewhere, capsys, name):
    if name != "gone.py":
        (elsewhere / name).write_text("PIPELINE = 3")
    assert main(["curate", str(elsewhere / name), "--out", str(elsewhere / "out")]) == ConfigError.exit_code
    assert name in capsys.readouterr().err
