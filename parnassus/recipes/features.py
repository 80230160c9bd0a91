"""What makes one recipe differ from another, a line each: what the union table and `recipes diff` show.

Read off the recipe itself, so that it cannot say what the recipe does not do. A feature that changes from
stage to stage is written with an arrow.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from parnassus.curation.pipeline import Source
from parnassus.curation.stage import Curate
from parnassus.data.drawing import Generated
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
        "problems": _joined((_source(source) for s in _of(recipe, Curate) for source in s.sources), ", "),
        "curation": _joined((name_of(step) for s in _of(recipe, Curate) for step in s.steps), ", "),
        "held out": _joined((_source(source) for s in _of(recipe, Curate) for source in s.held_out), ", "),
        "supervised": _joined(f"{s.steps:,} steps of {s.batch}" for s in _of(recipe, SFT)),
        "reward model": _joined(f"{s.pairs}, margin {s.margin:g}" for s in _of(recipe, RewardModel)),
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
    return getattr(source.format, "name", "") or str(source.rows)


def _joined(values: Iterable[str], between: str = " → ") -> str:
    return between.join(dict.fromkeys(values)) or NONE


def _listed(pieces: Iterable[object]) -> str:
    return ", ".join(map(_plain, pieces)) or NONE


def _plain(piece: object) -> str:
    """As Python writes it; it is what `show recipe` prints."""
    return repr(piece)
