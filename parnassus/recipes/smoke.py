"""A recipe cut down until it takes seconds: two steps a stage over few problems. Whether it runs, not whether
it learns: before a cluster is paid for, and in the tests of every recipe.

Same stages, same pieces. A policy without any skill leaves nothing where a stage screens by what it solves,
so begin with one that was pretrained (`--model`).
"""

from dataclasses import replace
from typing import overload

from parnassus.curation.pipeline import Source
from parnassus.curation.stage import Curate
from parnassus.data.drawing import Generated
from parnassus.evaluation.run import Evaluate
from parnassus.recipes.recipe import Recipe, Stage
from parnassus.train.reward_model import RewardModel
from parnassus.train.rl import RL
from parnassus.train.sft import SFT

STEPS, PROBLEMS, HELD_OUT, DEMONSTRATIONS = 2, 48, 8, 64


def smoke(recipe: Recipe) -> Recipe:
    """Every stage of it, short."""
    return replace(recipe, stages=tuple(map(_short, recipe.stages)))


def _short(stage: Stage) -> Stage:
    match stage:
        case Curate():
            return replace(
                stage,
                sources=tuple(_few(source, PROBLEMS) for source in stage.sources),
                held_out=tuple(_few(source, HELD_OUT) for source in stage.held_out),
            )
        case SFT():
            return replace(stage, steps=STEPS, batch=min(stage.batch, 8))
        case RL():
            groups = None if stage.train_groups is None else min(stage.train_groups, 4)
            updates = min(stage.updates, 4)
            return replace(stage, steps=STEPS, prompts=8, train_groups=groups, updates=updates)
        case RewardModel():
            return replace(stage, steps=STEPS, batch=4, prompts=min(stage.prompts, PROBLEMS))
        case Evaluate():
            return stage if stage.best_of else replace(stage, samples=1)


@overload
def _few(source: Source, most: int) -> Source: ...
@overload
def _few(source: Generated | Source, most: int) -> Generated | Source: ...
def _few(source: Generated | Source, most: int) -> Generated | Source:
    if isinstance(source, Source):
        return replace(source, most=min(source.most or most, most))
    return replace(
        source,
        train=min(source.train, most),
        held_out=min(source.held_out, HELD_OUT),
        demonstrations=min(source.demonstrations, DEMONSTRATIONS),
    )
