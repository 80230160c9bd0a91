"""Writes docs/algorithms.md from the docstrings and settings of the pieces: python docs/make_algorithms.py

A test holds the file to what this makes, so a piece cannot change without its row.
"""

import dataclasses
import enum
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType, ModuleType

from parnassus.algorithms.core import Algorithm

ROOT = Path(__file__).parents[1]
HEAD = """# Algorithms, piece by piece

Made from the code's own words by `docs/make_algorithms.py`; do not edit. An algorithm is pieces put together
in one function; each piece is a small pure class, or a choice between a few. Where a paper, its released code
and notes about them disagree, the choice is a setting or a function of its own, and the row says whose it is.
"""
ROOMS = {  # where the pieces of a heading lie
    "Algorithms": ("algorithms",),
    "Losses": ("algorithms.losses",),
    "Advantages": ("algorithms.advantages",),
    "Aggregation": ("algorithms.weights",),
    "Admission": ("algorithms.admission",),
    "Answers that are too long": ("algorithms.overlong",),
    "Rewards": ("algorithms.rewards",),
    "Controls": ("algorithms.controls",),
    "Reward models": ("algorithms.preferences",),
    "Learning rate": ("train.optimizer",),
    "Curricula": ("curriculum",),
    "Measures": ("algorithms.pass_at_k", "algorithms.calibration", "text.reflection"),
}
IN_FUNCTIONS = {"Reward models", "Measures"}  # headings under which a public function is a piece too
AT_WORK = {"__call__", "apply", "rate"}  # what is asked of a piece: a class without any of them is none


def modules(name: str) -> Iterator[ModuleType]:
    """The module, or every one of the package but packages within it."""
    found = importlib.import_module(f"parnassus.{name}")
    if not hasattr(found, "__path__"):
        yield found
        return
    for info in pkgutil.iter_modules(found.__path__):
        if not info.ispkg:
            yield importlib.import_module(f"parnassus.{name}.{info.name}")


def pieces(module: ModuleType, functions: bool) -> Iterator[type | FunctionType]:
    """What a recipe may use: classes with settings, or without any, that do something; choices by name."""
    for value in vars(module).values():
        if not isinstance(value, type | FunctionType) or value.__module__ != module.__name__:
            continue
        works = dataclasses.is_dataclass(value) and AT_WORK & set(dir(value))
        chosen = isinstance(value, enum.EnumType) or (functions and isinstance(value, FunctionType))
        if (works or chosen) and not value.__name__.startswith("_") and value.__doc__:
            yield value


def algorithms(module: ModuleType) -> Iterator[FunctionType]:
    for value in vars(module).values():
        ours = isinstance(value, FunctionType) and value.__module__ == module.__name__
        if ours and value.__annotations__.get("return") is Algorithm and not value.__name__.startswith("_"):
            yield value


def piece_row(piece: type | FunctionType, module: ModuleType) -> str:
    words = inspect.getdoc(piece) or ""
    if isinstance(piece, FunctionType) and list(pieces(module, functions=True)) == [piece]:
        words = f"{module.__doc__}\n\n{words}"  # of a module about one function, they say what it is
    return cells(
        piece.__name__, words, papers(words) or papers(module.__doc__ or ""), settings(piece), module
    )


def algorithm_row(module: ModuleType) -> str:
    name, words = module.__name__.rpartition(".")[2], module.__doc__ or ""
    made = [f"{function.__name__}({settings(function)})" for function in algorithms(module)]
    told = [flat(inspect.getdoc(function) or "") for function in algorithms(module)]
    how = "<br>".join(" ".join(pair).strip() for pair in zip(made, told, strict=True))
    return cells(name, words, papers(words), how, module)


def cells(name: str, words: str, paper: str, how: str, module: ModuleType) -> str:
    path = Path(str(module.__file__)).relative_to(ROOT)
    return f"| `{name}` | {flat(words)} | {paper} | {how} | [{path.name}](../{path}) |"


def flat(text: str) -> str:
    """On one line; what is indented, a formula, as such."""
    paragraphs = [part for part in text.replace("|", "\\|").split("\n\n") if part.strip()]
    shown = []
    for part in paragraphs:
        lines = [line for line in part.split("\n") if line.strip()]
        formula = all(line.startswith("    ") for line in lines)
        shown.append(
            "<br>".join(f"`{line.strip()}`" for line in lines) if formula else " ".join(part.split())
        )
    return "<br>".join(shown)


def papers(text: str) -> str:
    cited = r"arXiv:(\d{4}\.\d{5})(,?\s+(?:eq\.|section)\s+\d+(?:\.\d+)*)?"
    found = {number: " ".join(where.split()) for number, where in re.findall(cited, text)}
    return "; ".join(f"[{n}](https://arxiv.org/abs/{n}){where}" for n, where in found.items())


def settings(piece: type | FunctionType) -> str:
    if isinstance(piece, enum.EnumType):
        return ", ".join(f"`{name}`" for name in piece.__members__)
    return ", ".join(f"`{setting(parameter)}`" for parameter in inspect.signature(piece).parameters.values())


def setting(parameter: inspect.Parameter) -> str:
    if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
        return f"*{parameter.name}"
    if parameter.default is inspect.Parameter.empty:
        return parameter.name
    text = f"{parameter.name}={parameter.default!r}"
    return parameter.name if " object at 0x" in text or "<factory>" in text else text.replace("|", "\\|")


def text() -> str:
    lines = [HEAD]
    for heading, names in ROOMS.items():
        lines += [
            f"\n## {heading}\n",
            "| piece | what it is | paper | settings | file |",
            "|---|---|---|---|---|",
        ]
        for module in (module for name in names for module in modules(name)):
            if heading == "Algorithms" and not any(algorithms(module)):
                continue  # a room of its own
            if heading == "Algorithms":
                lines.append(algorithm_row(module))
            made = pieces(module, heading in IN_FUNCTIONS)
            lines += [piece_row(piece, module) for piece in made]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    (ROOT / "docs/algorithms.md").write_text(text())
