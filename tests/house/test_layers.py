"""Imports point down. The list is the architecture: a new package must be placed in it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "parnassus"
LAYERS = [
    {"types", "errors"},
    {"text", "sandbox", "rundir"},
    {"verifiers", "envs", "algorithms", "curriculum", "data", "models"},
    {"engines"},  # beside the others but for one thing: they run models
    {"rollout"},
    {"train", "evaluation", "judging", "serving", "enrich"},
    {"report", "peers"},
    {"curation"},
    {"recipes"},
    {"preflight"},
    {"runner"},
    {"cli"},
    {"__main__"},
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
ONLY = {  # stricter than its layer: readable and testable with nothing else
    "algorithms": {"types", "errors"},
    "curriculum": {"types", "errors"},
    "report": {"types", "errors", "rundir"},
    "engines": {"types", "errors", "models"},
}
FILES = sorted(PACKAGE.rglob("*.py"))


def room(module: str) -> str:
    """parnassus.train.rl -> train; "" for the package itself."""
    return f"{module}.".split(".")[1]


def imported(tree: ast.AST) -> Iterator[str]:
    """Every module a file imports, within functions too; not what only type checkers see."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative import: name the package"
            yield node.module or ""
            if node.module == "parnassus":
                yield from (f"parnassus.{name.name}" for name in node.names if not name.name.startswith("_"))
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_imports_point_down_and_never_sideways(file: Path):
    here = file.relative_to(PACKAGE).parts[0].removesuffix(".py")
    others = {room(m) for m in imported(ast.parse(file.read_text())) if m.startswith("parnassus.")} - {here}
    if here == "__init__":
        assert not others, f"the package itself must import nothing, or every import waits for {others}"
        return
    assert here in LEVEL, f"{here} is in no layer: place it in LAYERS"
    up = {other for other in others if LEVEL[other] >= LEVEL[here]}
    assert not up, f"{here} imports {up}, which is not below it"
    assert others <= ONLY.get(here, others), f"{here} may import only {ONLY[here]}, not {others - ONLY[here]}"


def test_every_layer_exists():
    there = {file.relative_to(PACKAGE).parts[0].removesuffix(".py") for file in FILES} - {"__init__"}
    assert there == set(LEVEL)
