"""Every layout against its own cases and against damaged rows; found by walking the package."""

import importlib
import pickle
import pkgutil
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parnassus.data import sources
from parnassus.data.identity import prompt_digest
from parnassus.data.reading.layout import Asked, Layout, Plain, problems
from parnassus.data.reading.row import Refused, Row
from parnassus.data.sources.pieces.programs import tolerance
from parnassus.errors import DataError
from parnassus.types import Answer, Comparison, Message, Problem, StdioTests

MODULES = {
    found.name: importlib.import_module(f"{sources.__name__}.{found.name}")
    for found in pkgutil.iter_modules(sources.__path__)
    if not found.ispkg
}
LAYOUTS = [module.LAYOUT for module in MODULES.values()]
CASES = [
    pytest.param(module.LAYOUT, row, expected, id=f"{name}-{number}")
    for name, module in MODULES.items()
    for number, (row, expected) in enumerate(module.CASES)
]


@pytest.mark.parametrize(("layout", "row", "expected"), CASES)
def test_a_row_is_read_as_its_case_says(layout: Layout, row: Mapping[str, object], expected: object):
    if isinstance(expected, str):
        with pytest.raises(DataError) as caught:
            layout.problem(Row("file, line 1", row))
        assert str(caught.value).startswith(expected)
    else:
        assert layout.read(row) == expected


@pytest.mark.parametrize("name", MODULES)
def test_a_layout_is_complete(name: str):
    layout, cases = MODULES[name].LAYOUT, MODULES[name].CASES
    assert layout.name == name
    assert layout.domain in ("math", "code", "reasoning")
    assert layout.licence
    assert layout.link.startswith(("https://", "docs/"))
    assert pickle.loads(pickle.dumps(layout)) == layout
    assert {isinstance(expected, str) for _, expected in cases} == {True, False}, "shows both ways"


@pytest.mark.parametrize("name", MODULES)
def test_what_is_refused_can_be_counted(name: str):
    """What stands before the first colon is the same for other rows."""
    refused = [expected for _, expected in MODULES[name].CASES if isinstance(expected, str)]
    assert all(": " in reason and len(reason.partition(": ")[0]) < 40 for reason in refused)


def test_all_sets_are_there():
    """Those that the papers of the seven systems name, and those they measure by."""
    wanted = (
        "gsm8k math math500 aime amc olympiadbench deepscaler numinamath skywork_or1 omni_math bbh humaneval "
        "humanevalplus mbpp mbppplus apps taco codecontests leetcode livecodebench codeforces symbench"
    )
    assert set(wanted.split()) <= set(MODULES)


def test_a_problem_is_named_after_its_source_and_its_prompt():
    layout = replace(MODULES["numinamath"].LAYOUT, name="numina")
    row = {"problem": "Double 4.", "answer": "8", "source": "olympiads", "solution": "Eight."}
    read = layout.problem(Row("", row))
    prompt = (Message("user", "Double 4."),)
    assert read == Problem(
        id=f"numina/olympiads/{prompt_digest(prompt)}",
        prompt=prompt,
        reference=Answer("8"),
        domain="math",
        source="numina/olympiads",
        solution="Eight.",
    )


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (Asked((Message("user", "?"),), StdioTests(())), "the reference has no tests"),
        (Asked((Message("user", "?"),), Answer(" ")), "reference.value is empty"),
        (Asked((Message("user", " "),), Answer("1")), "empty field: the prompt"),
    ],
)
def test_what_would_judge_nothing_is_refused(asked: Asked, reason: str):
    layout = Layout("any", "math", "none", "docs/", lambda row: asked)
    (refused,) = problems([Row("file, line 1", {})], layout)
    assert isinstance(refused, Refused)
    assert refused.reason.startswith(reason)


def test_inputs_have_the_types_that_the_assertions_show():
    """JSON has no tuples and no sets."""
    row = {
        "prompt": "Merge.",
        "entry_point": "merge",
        "canonical_solution": "def merge(pair, words):\n    return pair",
        "base_input": [[[1, 2], ["a"]]],
        "plus_input": [[[[3], 4], []]],
        "atol": 0,
        "assertion": "assert merge((1, 2), {'a'}) == 3",
    }
    reference = MODULES["mbppplus"].read(row).reference
    assert reference.tests == ("check([(1, 2), {'a'}], 0)", "check([([3], 4), set()], 0)")


def test_refused_rows_keep_their_places():
    good = {"question": "Double 4.", "answer": "4+4\n#### 8"}
    broken = Refused("f.jsonl, line 1", "not JSON: nothing")
    rows = [broken, Row("f.jsonl, line 2", good), Row("f.jsonl, line 3", {"question": 4})]
    first, second, third = problems(rows, MODULES["gsm8k"].LAYOUT)
    assert first is broken
    assert isinstance(second, Problem)
    assert third == Refused("f.jsonl, line 3", "missing field: answer (there are question)")


def test_the_plain_format_reads_all_of_a_problem():
    row = {"id": "a/1", "domain": "math", "prompt": "1+1?", "reference": {"value": "2"}, "solution": "Count."}
    rows = [
        Row("data/sums.jsonl.gz, line 4", row),
        Row("data/sums.jsonl.gz, line 5", row | {"stats": {"level": "x"}}),
    ]
    read, refused = problems(rows, Plain())
    asked = (Message("user", "1+1?"),)
    assert read == Problem("a/1", asked, Answer("2"), "math", "sums", solution="Count.")
    assert refused == Refused("data/sums.jsonl.gz, line 5", "stats.level: wanted a number, got 'x'")


ROWS = [row for module in MODULES.values() for row, _ in module.CASES]
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=9)
    | st.sampled_from(["[", "{}", "$"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def damaged(data: st.DataObject, value: object) -> object:
    """The value with something else somewhere in it."""
    if data.draw(st.booleans()) and isinstance(value, dict) and value:
        key = data.draw(st.sampled_from(sorted(value)))
        return value | {key: damaged(data, value[key])}
    if data.draw(st.booleans()) and isinstance(value, list) and value:
        place = data.draw(st.integers(0, len(value) - 1))
        return [*value[:place], damaged(data, value[place]), *value[place + 1 :]]
    if data.draw(st.booleans()) and isinstance(value, str) and value:
        place = data.draw(st.integers(0, len(value) - 1))
        return value[:place] + data.draw(st.text(max_size=2)) + value[place + data.draw(st.integers(0, 3)) :]
    return data.draw(JSON)


@given(st.data())
@settings(max_examples=400, deadline=None)
def test_a_damaged_row_is_a_problem_or_refused(data: st.DataObject):
    row = data.draw(st.sampled_from(ROWS))
    if row:
        key = data.draw(st.sampled_from(sorted(row)))
        row = row | {key: damaged(data, row[key])}
    layout = data.draw(st.sampled_from([*LAYOUTS, Plain()]))
    (read,) = problems([Row("file, line 1", row)], layout)
    assert isinstance(read, Problem | Refused)
    if isinstance(read, Refused):
        assert read.where == "file, line 1"
        assert read.reason


@pytest.mark.parametrize(
    ("statement", "relative", "absolute"),
    [
        (r"absolute or relative error does not exceed $10^{-6}$.", 1e-6, 1e-6),
        ("the relative or absolute error of each number doesn't exceed 10 - 9.", 1e-9, 1e-9),
        ("An absolute or relative error of 10^-4 is fine.", 1e-4, 1e-4),
        ("absolute error at most 10\N{MINUS SIGN}6", None, 1e-6),
        ("The absolute or relative measure of the inaccuracy should not exceed 10 - 6.", 1e-6, 1e-6),
        ("with an error of at most 1e-5", None, 1e-5),
        ("Print it with an absolute error of no more than 0.001.", None, 1e-3),
        ("He made an error. Print 10 - 6.", None, None),
        ("It is a terror from 10 - 6 onwards.", None, None),
        ("Print the sum.", None, None),
    ],
)
def test_the_error_that_a_statement_allows(statement: str, relative: float | None, absolute: float | None):
    assert tolerance(statement) == Comparison(relative=relative, absolute=absolute)
