"""Writes docs/filters.md from filters, checks and their docstrings: python docs/make_filters.py

A test holds the file to what this makes.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from types import ModuleType

from parnassus.data import checks, filters
from parnassus.data.similarity import embedding, near, per_source
from parnassus.data.similarity.duplicates import ExactDuplicates, NormalisedDuplicates
from parnassus.data.similarity.embedding import EmbeddingDuplicates
from parnassus.data.similarity.near import NearDuplicates
from parnassus.data.similarity.per_source import PerSource

ROOT = Path(__file__).parents[1]
HEAD = """# Filters and checks: what a pipeline may drop, and why

Made from their own words by `docs/make_filters.py`; do not edit.

A [pipeline](curation.md) names them in its steps, such as `EnoughTests(least=16)`. Settings without a default
must be given. Each file says whose rule it is, and has cases of what is dropped and what is kept. One of your
own: [adding](adding.md).
"""
DUPLICATES = (  # and whose words say what they do
    (ExactDuplicates, ExactDuplicates),
    (NormalisedDuplicates, NormalisedDuplicates),
    (NearDuplicates, near),
    (EmbeddingDuplicates, embedding),
    (PerSource, per_source),
)
_LONGEST = 60  # characters of a default


def text() -> str:
    """A part each: where they lie and what they do, then a table."""
    duplicates = "".join(_row(one, _headline(said)) for one, said in DUPLICATES)
    return HEAD + "".join(
        f"\n## {name}\n\n`parnassus/data/{folder}/`: {what}.\n\n| | settings | |\n|---|---|---|\n{rows}"
        for name, folder, what, rows in (
            ("Filters", "filters", "they look at one problem", _rows(filters, "FILTER")),
            (
                "Of a whole set",
                "similarity",
                "of those that are alike the first stay",
                duplicates,
            ),
            ("Checks", "checks", "they judge a response that should be right", _rows(checks, "CHECK")),
        )
    )


def _rows(package: ModuleType, name: str) -> str:
    return "".join(_row(type(getattr(m, name)), _headline(m)) for m in _modules(package) if hasattr(m, name))


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    for found in pkgutil.iter_modules(package.__path__):
        yield importlib.import_module(f"{package.__name__}.{found.name}")


def _row(step: type, said: str) -> str:
    settings = ", ".join(map(_setting, inspect.signature(step).parameters.values()))
    file = "../" + step.__module__.replace(".", "/") + ".py"
    cells = (f"[`{step.__name__}`]({file})", f"`{settings}`" if settings else "", said)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _setting(parameter: inspect.Parameter) -> str:
    if parameter.default is inspect.Parameter.empty:
        return parameter.name
    default = parameter.default
    spelled = f"{type(default).__name__}.{default.name}" if isinstance(default, Enum) else repr(default)
    return f"{parameter.name}={spelled if len(spelled) <= _LONGEST else '...'}"


def _headline(of: ModuleType | type) -> str:
    """Its first paragraph, without a sentence that only announces a list."""
    said = " ".join((of.__doc__ or "").partition("\n\n")[0].split())
    return f"{said.rpartition('. ')[0]}." if said.endswith(":") else said


if __name__ == "__main__":
    (ROOT / "docs/filters.md").write_text(text())
