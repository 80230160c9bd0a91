"""What the doctor says of data: rows that are none, what comes twice, difficulty, references that fail."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from doctor_cases import AFTER, STAGE, examined, problem, recipe, written

from parnassus.curation.directory import DEMONSTRATIONS, PROBLEMS, CurationDir
from parnassus.curriculum.mixture import Mixture
from parnassus.preflight.data import Given
from parnassus.preflight.finding import Finding, Level, listed, worst
from parnassus.preflight.sets import check_sets
from parnassus.rundir.directory import open_run
from parnassus.rundir.manifest import Manifest
from parnassus.rundir.records import write_records
from parnassus.types import Answer, AssertTests, Call, Case, Demonstration, FunctionTests, Problem, StdioTests
from parnassus.verifiers import code_stdio, math

DOUBLE = StdioTests((Case("2\n", "4\n"), Case("5\n", "10\n")))
RIGHT, WRONG = "print(2 * int(input()))", "print(4)"


def sets(*train: Problem, held_out: tuple[Problem, ...] | None = None) -> dict[str, Finding]:
    return {finding.check: finding for finding in check_sets(Given(train, held_out))}


def test_every_row_that_is_none_is_counted_and_the_first_are_named(tmp_path: Path):
    broken = ["{broken", *({"id": str(n), "prompt": "?"} for n in range(11))]
    file = written(tmp_path / "p.jsonl", [problem(1), problem(2)], *broken)
    found = examined(file)["schema of problems"]
    assert found.level is Level.ERROR
    head, *lines = found.told.splitlines()
    assert head == "12 of 14 rows are none:"
    assert lines[0].startswith(f"{file}, line 3: not JSON: ")
    assert lines[1:10] == [f"{file}, line {n}: the field reference is missing" for n in range(4, 13)]
    assert lines[10:] == ["and 2 more"]
    assert found.todo


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("none.jsonl", None, "no file matches"),
        ("odd.txt", "", "what kind of file is it"),
        ("folder", None, "no file matches"),
    ],
)
def test_data_that_cannot_be_read_is_an_error(tmp_path: Path, name: str, content: str | None, said: str):
    if content is not None:
        (tmp_path / name).write_text(content)
    found = examined(str(tmp_path / name), recipe())
    assert list(found) == ["data"]
    assert found["data"].level is Level.ERROR
    assert said in found["data"].told


def test_an_empty_file_is_an_error(tmp_path: Path):
    found = examined(written(tmp_path / "p.jsonl", []), recipe())
    assert found["schema of problems"].level is Level.ERROR
    assert found["gold"].level is Level.SKIPPED


def test_a_curation_is_read_when_it_is_finished(tmp_path: Path):
    (tmp_path / "pipeline.json").write_text("{}")
    assert "not finished" in examined(str(tmp_path))["data"].told
    write_records(CurationDir(tmp_path).file(PROBLEMS), [problem(1), problem(2)])
    found = examined(str(tmp_path))
    assert found["schema of problems"].told.startswith("2 rows of ")
    assert found["gold"] == Finding("gold", Level.OK, "2 are found right")


@pytest.mark.parametrize(("given", "rows"), [(None, 2), ("others.jsonl", 1)])
def test_what_a_teacher_said_in_a_curation_is_to_be_imitated(tmp_path: Path, given: str | None, rows: int):
    """Unless other demonstrations are given."""
    (tmp_path / "pipeline.json").write_text("{}")
    write_records(CurationDir(tmp_path).file(PROBLEMS), [problem(1)])
    taught = [{"prompt": f"{n}+1=", "response": "2"} for n in range(2)]
    write_records(CurationDir(tmp_path).file(DEMONSTRATIONS), taught)
    others = tmp_path / "others.jsonl"
    others.write_text(json.dumps(taught[0]))
    found = examined(str(tmp_path), demonstrations=given and str(others))
    assert found["schema of problems"].told.startswith("1 rows of ")
    assert found["schema of demonstrations"].told.startswith(f"{rows} rows of ")


@pytest.mark.parametrize(
    "row",
    [
        {"prompt": "1+1=", "response": "2", "id": "a", "domain": "math", "reference": {"value": "2"}},
        {"messages": [{"role": "user", "content": "1+1="}, {"role": "assistant", "content": "2"}]},
    ],
)
def test_demonstrations_in_the_place_of_data_are_said_to_be_some(tmp_path: Path, row: dict[str, object]):
    rows = tmp_path / "taught.jsonl"
    rows.write_text(json.dumps(row) + "\n" + json.dumps(row))
    found = examined(str(rows))
    assert list(found) == ["data"]
    assert found["data"].level is Level.ERROR
    assert f"these are demonstrations: give them by --demonstrations {rows}" in found["data"].told


def test_a_run_has_three_sets(tmp_path: Path):
    manifest = Manifest("r", {}, "2025-01-01T00:00:00+00:00", (), {}, "cpu", "here", None)
    with open_run(tmp_path / "run", manifest) as run:
        run.write_problems("train", [problem(1), problem(2)])
        run.write_problems("held_out", [replace(problem(1), id="again")])
        run.write_demonstrations([Demonstration(problem(1), "2")] * 3)
    found = examined(str(tmp_path / "run"))
    assert found["schema of train"].told.startswith("2 rows of ")
    assert found["schema of held out"].told.startswith("1 rows of ")
    assert found["held out"].level is Level.ERROR
    assert found["held out"].told == "1 of 1 are trained on too:\nagain"


def test_ids_that_come_twice():
    found = sets(problem(1), problem(2), replace(problem(3), id="sums/1"), replace(problem(4), id="sums/1"))
    assert found["ids"].level is Level.ERROR
    assert found["ids"].told == "1 come more than once:\nsums/1"
    assert found["prompts"].level is Level.OK


@pytest.mark.parametrize(("answer", "level", "torn"), [("2", Level.WARNING, 0), ("3", Level.ERROR, 1)])
def test_prompts_that_come_twice_are_worse_with_another_answer(answer: str, level: Level, torn: int):
    found = sets(problem(1), problem(2), replace(problem(1), id="b", reference=Answer(answer)))["prompts"]
    assert found.level is level
    assert found.told == f"1 come more than once, {torn} of them with several references:\nsums/1 = b"


def test_that_all_were_asked_alike_is_no_reason_to_warn():
    measured = [replace(problem(n), stats={"samples": 4, "parsable": 1, "pass_rate": n / 4}) for n in (1, 2)]
    found = sets(*measured)["difficulty"]
    assert found.level is Level.OK
    assert "samples 4 to 4, of 2" in found.told


@pytest.mark.parametrize(
    ("rates", "level", "said"),
    [
        ((0.5, 0.25), Level.OK, "pass_rate 0.25 to 0.5, of 2"),
        ((0.5, 0.5), Level.WARNING, "pass_rate is 0.5 for all 2"),
        ((1.0, 0.0), Level.ERROR, "2 are solved never or always"),
        ((1.0, 0.5), Level.OK, "1 are solved never or always"),
        ((0.5,), Level.OK, "pass_rate 0.5 to 0.5, of 1"),
        ((), Level.OK, "no stats"),
    ],
)
def test_difficulty_that_tells_nothing_apart(rates: tuple[float, ...], level: Level, said: str):
    known = [replace(problem(n), stats={"pass_rate": rate}) for n, rate in enumerate(rates)]
    found = sets(*known, problem(9))["difficulty"]
    assert found.level is level
    assert said in found.told


def test_gold_that_fails_is_named_by_reason(tmp_path: Path):
    data = [
        problem(1),
        problem(2, Answer(r"\frac{1}{2")),
        problem(3, DOUBLE, solution=RIGHT),
        problem(4, DOUBLE, solution=WRONG),
        problem(5, DOUBLE),
        problem(6, FunctionTests("f", (Call((1,), 2),)), solution="def f(x):\n    return 2 * x"),
        problem(7, AssertTests(("assert f(1) == 2",)), solution="def f(x):\n    return x"),
    ]
    found = examined(written(tmp_path / "p.jsonl", data))["gold"]
    assert found.level is Level.ERROR
    head, *lines = found.told.splitlines()
    reasons = "program fails 2, nothing could be right 1"
    assert head == f"of 6: {reasons}; 1 others come without a program to try"
    assert [line.split(": ")[0] for line in lines] == ["sums/2", "sums/4", "sums/7"]


def test_a_checker_that_cannot_judge_is_no_error_of_the_gold(tmp_path: Path):
    torn = StdioTests(DOUBLE.cases, checker="raise RuntimeError\n")
    data = [problem(1, DOUBLE, solution=RIGHT), problem(2, torn, solution=RIGHT)]
    found = examined(written(tmp_path / "p.jsonl", data))["gold"]
    assert found.level is Level.WARNING
    assert found.told.startswith("of 2: could not be judged 1\nsums/2: ")


def test_a_sample_is_of_that_size_and_the_same_each_time(tmp_path: Path):
    file = written(
        tmp_path / "p.jsonl", [problem(n, Answer(r"\frac{1}{2" if n % 2 else "1")) for n in range(40)]
    )
    once, again = (examined(file, most=10)["gold"] for _ in range(2))
    assert once == again
    assert once.told.startswith("of 10: nothing could be right ")
    assert examined(file, most=100)["gold"].told.startswith("of 40: nothing could be right 20")


def test_a_verifier_that_cannot_judge_a_kind_is_found_before_the_gold(tmp_path: Path):
    file = written(tmp_path / "p.jsonl", [problem(1), problem(2, DOUBLE, solution=RIGHT)])
    found = examined(file, recipe(replace(STAGE, verifier=math.VERIFIER)))
    assert found["verifier"].level is Level.ERROR
    assert "none of 1 problems with StdioTests can be judged" in found["verifier"].told
    assert found["gold"].told == "1 are found right"


def test_what_a_mixture_does_not_draw_needs_no_verifier(tmp_path: Path):
    other = replace(problem(2, DOUBLE, solution=WRONG), source="programs")
    sums = replace(STAGE, verifier=math.VERIFIER, curriculum=Mixture((("sums", 1.0),)))
    file = written(tmp_path / "p.jsonl", [problem(1), other])
    found = examined(file, recipe(sums))
    assert "verifier" not in found
    assert found["gold"].told == "1 are found right"
    programs = replace(
        STAGE, name="code", verifier=code_stdio.VERIFIER, curriculum=Mixture((("programs", 1.0),))
    )
    found = examined(file, recipe(sums, programs))
    assert found["gold of rl"].level is Level.OK
    assert found["gold of code"].told.startswith("of 1: program fails 1")


def test_an_evaluation_says_nothing_of_problems_to_train_on(tmp_path: Path):
    after = replace(AFTER, verifier=math.VERIFIER)
    file = written(tmp_path / "p.jsonl", [problem(2, DOUBLE, solution=RIGHT)])
    found = examined(file, recipe(STAGE, after))
    assert [check for check in found if check.startswith(("verifier", "gold"))] == ["gold of rl"]


def test_data_without_a_part_of_the_mixture_is_judged_all_the_same(tmp_path: Path):
    absent = replace(STAGE, curriculum=Mixture((("products", 1.0),)))
    found = examined(written(tmp_path / "p.jsonl", [problem(1)]), recipe(absent))
    assert found["curriculum of rl"].level is Level.ERROR
    assert found["gold"].told == "1 are found right"


def test_a_few_bad_problems_do_not_damn_a_verifier(tmp_path: Path):
    data = [problem(n, Answer(r"\frac{1}{2")) for n in range(3)] + [problem(9)]
    found = examined(written(tmp_path / "p.jsonl", data), recipe(replace(STAGE, verifier=math.VERIFIER)))
    assert "verifier" not in found
    assert found["gold"].told.startswith("of 4: nothing could be right 3")


def test_findings_come_to_the_worst_of_them():
    levels = [Finding("", level, "") for level in (Level.OK, Level.SKIPPED, Level.WARNING, Level.ERROR)]
    expected = [Level.OK, Level.OK, Level.WARNING, Level.ERROR]
    assert [worst(levels[: n + 1]) for n in range(4)] == expected


@pytest.mark.parametrize(("count", "more"), [(10, []), (1011, ["and 1,001 more"])])
def test_a_list_shows_ten(count: int, more: list[str]):
    assert listed([str(n) for n in range(count)]).splitlines() == [*map(str, range(10)), *more]


def test_demonstrations_are_read_beside_the_data(tmp_path: Path):
    rows = tmp_path / "taught.jsonl"
    rows.write_text(json.dumps({"prompt": "1+1=", "response": "2"}) + '\n{"prompt": "1+1="}\n')
    found = examined(None, demonstrations=str(rows))["schema of demonstrations"]
    assert (
        found.told
        == f"1 of 2 rows are none:\n{rows}, line 2: the field response is missing; or else wanted is messages"
    )
