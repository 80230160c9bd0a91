"""What must not wait for torch does not import it."""

import subprocess
import sys

import pytest

HEAVY = {"torch", "transformers", "matplotlib", "sympy", "numpy", "pydantic", "rich"}


def loaded_by(code: str) -> set[str]:
    """Top-level modules that a fresh interpreter has loaded after `code`."""
    probe = f"import sys\n{code}\nprint('\\n', *sys.modules)"
    run = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    return {module.split(".")[0] for module in run.stdout.splitlines()[-1].split()}


@pytest.mark.parametrize(
    "code",
    [
        "import parnassus.types, parnassus.errors",
        "import parnassus.cli.main",
        "from parnassus.recipes.find import names; names()",
    ],
)
def test_only_the_standard_library_is_loaded(code: str):
    assert not loaded_by(code) & HEAVY


@pytest.mark.parametrize("words", [[], ["run"], ["show"], ["show", "recipe"], ["report"], ["recipes"]])
def test_help_answers_without_them(words: list[str]):
    code = f"from parnassus.cli.main import main\ntry: main({[*words, '--help']!r})\nexcept SystemExit: pass"
    assert not loaded_by(code) & HEAVY


@pytest.mark.parametrize(
    "module", ["parnassus.rundir.directory", "parnassus.report.read", "parnassus.text.answers"]
)
def test_reading_a_run_does_not_wait_for_torch(module: str):
    assert not loaded_by(f"import {module}") & {"torch", "transformers"}
