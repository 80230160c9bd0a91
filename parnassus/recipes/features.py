"""What makes one recipe differ from another, a line each: what the union table and `recipes diff` show.

Read off the recipe itself, so that it cannot say what the recipe does not do. A feature that changes from
stage to stage is written with an arrow.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from itertools import groupby
from typing import TypeVar

from parnassus.curation.pipeline import Source
from parnassus.curation.stage import Curate
from parnassus.data.drawing import Generated
from parnassus.data.reading.gym import GymRows
from parnassus.data.reading.layout import Chosen, Layout
from parnassus.data.similarity.sweep import name_of
from parnassus.evaluation.run import Evaluate
from parnassus.recipes.recipe import Recipe, Stage
from parnassus.train.reward_model import RewardModel
from parnassus.train.rl import RL
from parnassus.train.sft import SFT

NONE = "-"
S = TypeVar("S", bound=Stage)


def features(recipe: Recipe) -> dict[str, str]:
    """Name of a feature -> what it is in this recipe, NONE where there is none."""
    found = {
        "model": recipe.model,
        "stages": " → ".join(stage.name for stage in recipe.stages),
        "problems": _each(_source(source) for s in _of(recipe, Curate) for source in s.sources),
        "curation": _each(name_of(step) for s in _of(recipe, Curate) for step in s.steps),
        "held out": _each(_source(source) for s in _of(recipe, Curate) for source in s.held_out),
        "supervised": _joined(f"{s.steps:,} steps of {s.batch}" for s in _of(recipe, SFT)),
        "reward model": _joined(_plain(s.pairs) for s in _of(recipe, RewardModel)),
    }
    found |= {name: _joined(map(read, _of(recipe, RL))) for name, read in _OF_RL.items()}
    found["evaluation"] = _joined(
        f"avg@{s.samples}, {s.sampling.max_tokens:,} tokens, T {s.sampling.temperature:g}, "
        f"top-p {s.sampling.top_p:g}"
        for s in _of(recipe, Evaluate)
    )
    return found


_OF_RL: Mapping[str, Callable[[RL], str]] = {
    "advantage": lambda s: _plain(s.algorithm.advantage),
    "loss": lambda s: _plain(s.algorithm.loss),
    "aggregation": lambda s: _plain(s.algorithm.weighting),
    "imitation of right answers": lambda s: f"{s.algorithm.imitate_correct:g}",
    "entropy": lambda s: _listed(s.algorithm.controls),
    "groups left out": lambda s: _listed(s.algorithm.admit),
    "answers left out": lambda s: _listed(s.algorithm.keep),
    "rewards": lambda s: _listed(s.algorithm.rewards),
    "problems a step": lambda s: f"{s.prompts:,}",
    "trained groups": lambda s: f"{s.train_groups:,}" if s.train_groups else "all",
    "draws again": lambda s: f"{s.refill:,}",
    "group": lambda s: f"{s.group_size:,}",
    "updates a step": lambda s: f"{s.updates * s.epochs:,}",
    "drawn one step ahead": lambda s: "yes" if s.one_step_off else NONE,
    "steps": lambda s: f"{s.steps:,}",
    "ends early": lambda s: _listed(s.until),
    "answer, tokens": lambda s: f"{s.longest_answer:,}",
    "temperature": lambda s: f"{s.sampling.temperature:g}",
    "changes": lambda s: _listed(s.changes),
    "curriculum": lambda s: _plain(s.curriculum),
    "environment": lambda s: _plain(s.env),
    "turns": lambda s: f"{s.max_turns:,}",
    "learning rate": lambda s: f"{s.optimizer.learning_rate:g}",
}


def _of(recipe: Recipe, kind: type[S]) -> list[S]:
    return [stage for stage in recipe.stages if isinstance(stage, kind)]


def _source(source: Generated | Source) -> str:
    if isinstance(source, Generated):
        return source.called
    if isinstance(source.rows, GymRows):
        return "reasoning_gym"
    format = source.format.format if isinstance(source.format, Chosen) else source.format
    return format.name if isinstance(format, Layout) else str(getattr(source.rows, "pattern", source.rows))


def _each(values: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(values)) or NONE


def _joined(values: Iterable[str]) -> str:
    """From stage to stage; what stays is said once."""
    return " → ".join(value for value, _ in groupby(values)) or NONE


def _listed(pieces: Iterable[object]) -> str:
    return ", ".join(map(_plain, pieces)) or NONE


def _plain(piece: object) -> str:
    """Nearly as Python writes it: without modules, and without what is empty."""
    if is_dataclass(piece) and not isinstance(piece, type):
        values = {field.name: getattr(piece, field.name) for field in fields(piece) if field.init}
        told = (f"{name}={_plain(value)}" for name, value in values.items() if value not in (None, (), ""))
        return f"{type(piece).__name__}({', '.join(told)})"
    if isinstance(piece, tuple):
        return f"({', '.join(map(_plain, piece))})"
    if isinstance(piece, Enum):
        return str(piece.value)
    return f"{piece:g}" if isinstance(piece, float) else str(piece)
