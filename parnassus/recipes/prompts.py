"""How recipes ask at the published scale: for what the judge will look for. Problems of families say it all
by themselves.

Most papers put such words into their data, and print them in part or not at all: these are ours.
"""

from dataclasses import replace
from typing import TypeVar

from parnassus.curation.stage import Curate
from parnassus.enrich.distill import Distill
from parnassus.enrich.only import Only
from parnassus.enrich.pass_rate import PassRate
from parnassus.envs.single_turn import SingleTurn
from parnassus.recipes.recipe import Recipe, Stage
from parnassus.recipes.scale import Scale

_WHERE = (
    ("math", "Reason step by step, and put your final answer in \\boxed{}."),
    ("code", "Reason first, then give the whole program in one closed block: ```python ... ```"),
)
_TAGS = (
    "Think about the problem first, between <think> and </think>. Then give your answer between <answer> and "
    "</answer>."
)
PLAIN = SingleTurn(after=_WHERE)  # below each question, where its answer belongs
TAGGED = SingleTurn(system=_TAGS, after=_WHERE)  # what a base model is told besides, as DeepSeek-R1-Zero is
T = TypeVar("T")


def asking(recipe: Recipe, scale: Scale, env: SingleTurn = PLAIN) -> Recipe:
    """The recipe with its problems asked so, at the published scale: where the policy learns and is measured,
    and where it or a teacher is sampled."""
    return scale.of(replace(recipe, stages=tuple(_asking(stage, env) for stage in recipe.stages)), recipe)


def _asking(stage: Stage, env: SingleTurn) -> Stage:
    if isinstance(stage, Curate):
        return replace(stage, steps=tuple(_sampled(step, env) for step in stage.steps))
    return replace(stage, env=env)


def _sampled(step: T, env: SingleTurn) -> T:
    if isinstance(step, Only):
        return replace(step, step=_sampled(step.step, env))
    if isinstance(step, PassRate | Distill):
        return replace(step, agents=tuple(replace(agent, env=env) for agent in step.agents))
    return step
