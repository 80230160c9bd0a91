"""The layouts over real files: how many rows of each are problems, and why the others are none.

The data sets are not part of the project.
"""

import importlib
import itertools
import re
from collections import Counter
from pathlib import Path

import pytest

from parnassus.data.reading.files import Files
from parnassus.data.reading.layout import Layout, problems
from parnassus.data.reading.row import Refused, Row
from parnassus.rundir.records import from_json, to_json
from parnassus.types import Answer, AssertTests, FunctionTests, Problem, StdioTests
from parnassus.verifiers.mathematics.policy import Policy
from parnassus.verifiers.mathematics.settled import same

DATA = Path(__file__).parents[3] / "shared/data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"no data sets at {DATA}")

NO_ANSWER = "no answer"
FILES = {  # file -> layout, problems, reasons
    "gsm8k": ("gsm8k", 5913, {}),
    "math_train": ("math", 5031, {NO_ANSWER: 1}),  # its box is empty
    "math_test": ("math", 3318, {}),
    "math500": ("math500", 336, {}),
    "deepscaler_math": ("deepscaler", 5014, {NO_ANSWER: 1}),  # the same problem
    "aime_1983_2023": ("aime", 655, {}),
    "aimo_val_aime": ("aime", 71, {}),
    "aime24": ("skywork_or1", 30, {}),
    "amc23": ("amc", 40, {}),
    "aimo_val_amc": ("amc", 71, {}),
    "olympiadbench": ("olympiadbench", 467, {"inexact answer": 1}),
    "omni_math_num500": ("omni_math", 324, {}),
    "omni_math_rstar": ("omni_math", 2939, {NO_ANSWER: 7}),
    "bbh": ("bbh", 4434, {"no such option": 3}),  # their options are cut at a comma
    "symbench": ("symbench", 2860, {"unsettled": 65}),
    "humaneval": ("humaneval", 106, {}),
    "humanevalplus": ("humanevalplus", 106, {}),
    "mbpp": ("mbpp", 653, {}),
    "mbppplus": ("mbppplus", 251, {}),
    "apps_subset": ("apps", 139, {}),
    "codecontests_small": ("codecontests", 205, {}),
    "codecontests_test165": ("codecontests", 109, {}),
    "sandboxfusion_codecontests20": ("codecontests", 13, {}),
    "leetcode_dataset": ("leetcode", 1543, {}),
    "livecodebench_public": ("livecodebench", 1002, {}),
    "codeforces_samples": ("codeforces", 253, {}),
    "hmmt25": ("question_answer", 30, {}),
    "limr_math8k": ("question_answer", 5683, {NO_ANSWER: 1}),
    "olymmath": ("question_answer", 280, {}),
    "liveaops_num": ("question_answer", 366, {}),
    "minerva_math": ("question_answer", 184, {}),
    "college_math": ("question_answer", 1878, {}),
    "theoremqa": (
        "question_answer",
        397,
        {"needs a picture": 34, "wrong type": 124},
    ),  # lists, true and false
    "gaokao2023en": ("question_answer", 278, {NO_ANSWER: 1}),
    "svamp": ("question_answer", 669, {}),
    "asdiv": ("question_answer", 1508, {}),
    "aqua": ("question_answer", 0, {"multiple choice": 168}),
}


def layout(name: str) -> Layout:
    return importlib.import_module(f"parnassus.data.sources.{name}").LAYOUT


def file(name: str) -> Files:
    return Files(f"{DATA}/{name}.jsonl*")


def read(name: str) -> list[Problem | Refused]:
    return list(problems(file(name), layout(FILES[name][0])))


@pytest.mark.parametrize("name", FILES)
def test_every_row_is_a_problem_or_refused_for_a_reason(name: str):
    source, count, reasons = FILES[name]
    rows = read(name)
    found = [row for row in rows if isinstance(row, Problem)]
    refused = [row for row in rows if isinstance(row, Refused)]
    assert Counter(row.reason.partition(": ")[0] for row in refused) == reasons
    assert len(found) == count
    assert len(rows) == sum(1 for _ in file(name)), "none is left out"
    assert {problem.source.partition("/")[0] for problem in found} <= {source}
    for problem in itertools.islice(found, 0, None, 10):
        assert from_json(Problem, to_json(problem), problem.id) == problem, "can be kept"


def references(name: str) -> list[object]:
    return [row.reference for row in read(name) if isinstance(row, Problem)]


def test_the_box_of_a_solution_is_what_the_column_says():
    """MATH's training file has both. The judge finds them equal but for what the column has lost: white space
    in words, degrees, the ends of a matrix's rows."""
    rows = [row.value for row in file("math_train") if isinstance(row, Row) and row.value["answer"]]
    boxes = [
        row.reference
        for row in problems((Row("", row) for row in rows), layout("math"))
        if isinstance(row, Problem)
    ]
    pairs = [
        (str(row["answer"]), box.value)
        for row, box in zip(rows, boxes, strict=True)
        if isinstance(box, Answer)
    ]
    assert len(pairs) == 5030
    assert sum(column != box for column, box in pairs) == 769
    assert Counter(same(column, box, Policy()) for column, box in pairs if column != box) == {
        True: 750,
        False: 13,
        None: 6,
    }


def test_answers_are_what_their_sets_promise():
    for name, form in {
        "gsm8k": r"-?\d+(\.\d+)?",
        "aime_1983_2023": r"\d{1,3}",
        "aimo_val_amc": r"-?\d+",
    }.items():
        values = [found.value for found in references(name) if isinstance(found, Answer)]
        assert len(values) == FILES[name][1]
        assert [value for value in values if not re.fullmatch(form, value)] == []


def test_tests_are_counted_one_by_one():
    """So that a filter on their number means something."""
    counts = {
        name: [len(one.tests) for one in references(name) if isinstance(one, AssertTests)]
        for name in ("humaneval", "humanevalplus", "leetcode_dataset")
    }
    rows = {name: [row.value for row in file(name) if isinstance(row, Row)] for name in counts}
    written = [str(row["test"]).count("assert ") for row in rows["leetcode_dataset"]]
    assert counts["leetcode_dataset"] == written
    inputs = [[row[name] or [] for name in ("base_input", "plus_input")] for row in rows["humanevalplus"]]
    assert counts["humanevalplus"] == [sum(map(len, both)) for both in inputs if isinstance(both, list)]
    assert sum(count > 1 for count in counts["humaneval"]) == 100


def test_kinds_of_tests_are_told_apart():
    for name, calls, programs in (("apps_subset", 72, 67), ("livecodebench_public", 464, 538)):
        found = Counter(type(one) for one in references(name))
        assert found == {FunctionTests: calls, StdioTests: programs}
    methods = [one.function for one in references("livecodebench_public") if isinstance(one, FunctionTests)]
    assert all(method.startswith("Solution.") for method in methods)
