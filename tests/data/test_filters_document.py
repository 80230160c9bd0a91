"""docs/filters.md is what its maker makes of the filters and checks as they stand."""

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

from parnassus.data.checks.answer_in_solution import AnswerInSolution
from parnassus.data.checks.gold_verifies import GoldVerifies
from parnassus.data.filters.bounds import Bounds
from parnassus.data.filters.prompt_length import PromptLength
from parnassus.data.similarity.near import NearDuplicates

ROOT = Path(__file__).parents[2]
SAID = (ROOT / "docs/filters.md").read_text()


def test_the_document_says_what_filters_and_checks_say(tmp_path: Path):
    script = f"import sys; sys.path.insert(0, {str(ROOT / 'docs')!r}); import make_filters as made"
    command = [sys.executable, "-c", f"{script}; sys.stdout.write(made.text())"]
    told = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path).stdout
    assert told == SAID, "run: python docs/make_filters.py"


@pytest.mark.parametrize("kind", ["filters", "checks"])
def test_every_one_stands_in_the_document(kind: str):
    name = {"filters": "\nFILTER = ", "checks": "\nCHECK = "}[kind]
    folder = ROOT / "parnassus/data" / kind
    files = [file for file in folder.glob("*.py") if name in file.read_text()]
    assert len(files) > 2
    assert [file.name for file in files if f"(../parnassus/data/{kind}/{file.name})" not in SAID] == []


@pytest.mark.parametrize("step", [AnswerInSolution, Bounds, GoldVerifies, NearDuplicates, PromptLength])
def test_settings_stand_beside_their_names(step: type):
    [row] = [line for line in SAID.splitlines() if line.startswith(f"| [`{step.__name__}`]")]
    settings = row.split(" | ")[1].strip("`").split(", ")
    assert [one.partition("=")[0] for one in settings if one] == list(inspect.signature(step).parameters)
