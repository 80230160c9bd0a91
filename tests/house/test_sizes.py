"""Files stay under 300 lines, functions under 40, and what needs explaining is explained."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("parnassus", "tests", "bench", "examples")
FILES = [file for folder in FOLDERS for file in sorted((ROOT / folder).rglob("*.py"))]
OURS = [file for file in FILES if file.is_relative_to(ROOT / "parnassus")]
FILE_LINES = 300
FUNCTION_LINES = 40
SELF_EVIDENT = 10  # lines of a public class or function that may speak for themselves

Function = ast.FunctionDef | ast.AsyncFunctionDef


def name(file: Path) -> str:
    return str(file.relative_to(ROOT))


def lines(node: Function | ast.ClassDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


@pytest.mark.parametrize("file", FILES, ids=name)
def test_files_and_functions_stay_small(file: Path):
    text = file.read_text()
    assert len(text.splitlines()) < FILE_LINES
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, Function)]
    long = {node.name: lines(node) for node in functions if lines(node) >= FUNCTION_LINES}
    assert not long, f"functions of {FUNCTION_LINES} lines or more: {long}"


@pytest.mark.parametrize("file", OURS, ids=name)
def test_modules_and_what_they_offer_are_explained(file: Path):
    tree = ast.parse(file.read_text())
    assert ast.get_docstring(tree), "a module opens by saying what it is"
    public = [
        node
        for node in tree.body
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_") and node.name != "main"
    ]
    # What a module does when it is run, its own docstring says.
    silent = {n.name for n in public if lines(n) > SELF_EVIDENT and not ast.get_docstring(n)}
    assert not silent, f"no docstring: {silent}"


@pytest.mark.parametrize("file", [f for f in FILES if f.name.startswith("test_")], ids=name)
def test_test_files_bear_unique_names(file: Path):
    same = [name(other) for other in FILES if other.name == file.name]
    assert len(same) == 1, f"pytest cannot tell them apart: {same}"
