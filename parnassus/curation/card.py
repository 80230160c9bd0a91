"""card.html and card.md: what a set is made of, where every problem went, and how to make it again.

One file each, no network. What problems say is hostile text: all that is printed is escaped, no script runs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import cast

from jinja2 import Environment, StrictUndefined

from parnassus.curation.directory import DEMONSTRATIONS, PAIRS, CurationDir
from parnassus.curation.funnel import Bar, Example, Funnel, funnel, histogram, said
from parnassus.curation.pipeline import Pipeline
from parnassus.data.filters.decontaminate import Decontaminate
from parnassus.data.similarity.benchmarks import read_benchmarks
from parnassus.data.similarity.sweep import Within, name_of
from parnassus.report import words
from parnassus.report.palette import light_colors
from parnassus.rundir.atomic import write_bytes

_NAMES = ("card.html", "card.md")
_LONGEST = 600  # characters of a problem that is shown
_SAID = ("prompt", "response", "more", "chosen", "rejected")  # fields of a response to imitate, or of a pair
_LEARNING = {DEMONSTRATIONS: "Responses to imitate", PAIRS: "Pairs of a better and a worse response"}


@dataclass(frozen=True)
class Contaminated:
    """A problem beside the question that it was found in."""

    example: Example
    benchmark: str
    question: str
    text: str


def write_card(directory: CurationDir, pipeline: Pipeline) -> None:
    """Raises RunDirError where it cannot be written, DataError where the curation cannot be read."""
    counted = funnel(directory)
    for name in _NAMES:
        write_bytes(directory.path / name, _render(name, directory, pipeline, counted).encode())


def carded(directory: CurationDir) -> bool:
    return all((directory.path / name).exists() for name in _NAMES)


def _render(template: str, directory: CurationDir, pipeline: Pipeline, counted: Funnel) -> str:
    environment = Environment(
        autoescape=template.endswith(".html"), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"percent": words.percent, "number": words.number, "brief": _brief, "cell": _cell}
    source = (files("parnassus.curation") / template).read_text(encoding="utf-8")
    return environment.from_string(source).render(
        begun=directory.begun(),
        out=directory.path,
        funnel=counted,
        contaminated=_contaminated(counted, pipeline),
        distributions={name: histogram(values) for name, values in counted.numbers.items()},
        most=_most,
        said=said,
        texts=_texts,
        about=_about,
        learning=_LEARNING,
        colors=light_colors(),
    )


def _contaminated(counted: Funnel, pipeline: Pipeline) -> list[Contaminated]:
    steps, names = list[Decontaminate](), set[str]()
    for step in pipeline.steps:
        within = step.step if isinstance(step, Within) else step
        if isinstance(within, Decontaminate):
            steps.append(within)
            names.add(name_of(step))
    found = [example for loss, shown in counted.examples.items() if loss.step in names for example in shown]
    return [pair for example in found for pair in _beside(example, steps)[:1]]


def _beside(example: Example, steps: Sequence[Decontaminate]) -> list[Contaminated]:
    pairs: list[Contaminated] = []
    for step in steps:
        (hit,) = step.hits([example.problem])
        if hit is not None:
            texts = _questions(step)
            pairs.append(
                Contaminated(example, hit.benchmark, hit.question, texts[hit.benchmark, hit.question])
            )
    return pairs


def _questions(step: Decontaminate) -> Mapping[tuple[str, str], str]:
    known = read_benchmarks(step.benchmarks, step.fields)
    return {(benchmark.name, name): text for benchmark in known for name, text in benchmark.questions}


def _texts(row: Mapping[str, object]) -> list[tuple[str, str]]:
    """What is said in a response to imitate, or in a pair."""
    return [(name, _spoken(row[name])) for name in _SAID if name in row]


def _about(row: Mapping[str, object]) -> list[tuple[str, str]]:
    """What else is known of it, in a word each."""
    return [
        (name, str(value))
        for name, value in row.items()
        if isinstance(value, str | float | int) and name not in (*_SAID, "id", "solution")
    ]


def _spoken(value: object) -> str:
    """Turns as who says what in them."""
    if not isinstance(value, list):
        return str(value)
    turns = (cast(Mapping[str, object], turn) for turn in cast(list[object], value))
    return "\n".join(": ".join(map(str, turn.values())) for turn in turns)


def _most(bars: Sequence[Bar]) -> int:
    return max(bar.count for bar in bars)


def _brief(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ..."


def _cell(text: str) -> str:
    """Within a table of Markdown: one line, no bar, nothing that is markup."""
    flat = " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
    return flat if len(flat) <= 160 else f"{flat[:160]} ..."
