"""Benchmarks, as far as contamination goes: names and the texts of their questions.

Read from JSON lines of any layout: the fields that hold the question are given, or are the first of the known
ones that a row has. Not the evaluation of a benchmark; its answers are not looked at.
"""

import glob
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from parnassus.data.reading.lines import Lines
from parnassus.errors import DataError

# The first that a row has; "a+b" is both, one after the other.
QUESTION = (
    "Body+Question", "body+question", "problem", "question", "Question", "prompt", "complete_prompt", "text",
    "question_content", "content", "description", "puzzle", "input",
)  # fmt: skip
_NAMES = ("unique_id", "task_id", "question_id", "uuid", "id", "idx", "index", "problem_idx", "ID")


@dataclass(frozen=True)
class Benchmark:
    """For one that is no file: the held-out problems of a recipe, for example."""

    name: str
    questions: tuple[tuple[str, str], ...]  # id, text


def benchmark_files(named: str | Path) -> list[str]:
    """By a path or a pattern. Raises DataError where there is none."""
    paths = [str(named)] if Path(named).exists() else sorted(glob.glob(str(named), recursive=True))
    if not paths:
        raise DataError(f"no benchmark at {named}: wanted a file of JSON lines, or a pattern of such files")
    return paths


@lru_cache(maxsize=4)
def read_benchmarks(given: Sequence[str | Path | Benchmark], fields: Sequence[str]) -> tuple[Benchmark, ...]:
    """Each of `given` is a Benchmark, a file or a pattern of files (in the order of their names). Raises
    DataError: for a file that cannot be read, a row without a question, a pattern that nothing matches."""
    found: list[Benchmark] = []
    for one in given:
        if isinstance(one, Benchmark):
            found.append(one)
            continue
        paths = benchmark_files(one)
        found += (_read(path, fields) for path in paths)
    return tuple(found)


def _read(path: str, fields: Sequence[str]) -> Benchmark:
    questions = [question_of(line.mapping(), line.where, fields) for line in Lines(path)]
    if not questions:
        raise DataError(f"{path}: no questions: the benchmark is empty")
    repeated = {name for name, count in Counter(name for name, _, _ in questions).items() if count > 1}
    named = ((where if name in repeated else name, text) for name, where, text in questions)
    return Benchmark(Path(path).name.split(".jsonl")[0], tuple(named))


def question_of(row: Mapping[str, object], where: str, fields: Sequence[str]) -> tuple[str, str, str]:
    """Its id, its line, its text."""
    line = where.split(", ")[-1]
    for field in fields:
        parts = [row.get(name) for name in field.split("+")]
        texts = [_text(part) for part in parts]
        if all(texts):
            name = next((str(row[name]) for name in _NAMES if row.get(name) is not None), line)
            return name, line, "\n".join(texts)
    raise DataError(
        f"{where}: no question: wanted text in one of {', '.join(fields)}; got the fields {', '.join(row)}. "
        "Name the one that holds it."
    )


def _text(value: object) -> str:
    """Of a text, or of chat messages: what the user says. "" for all else."""
    if isinstance(value, list):
        users = (item for item in value if isinstance(item, dict) and item.get("role") == "user")
        return "\n".join(str(item.get("content", "")) for item in users).strip()
    return value.strip() if isinstance(value, str) else ""
