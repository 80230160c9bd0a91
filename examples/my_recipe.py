"""A recipe of one's own: DeepCoder with twice the samples of each problem, and a wider clip upwards.

parnassus run examples/my_recipe.py                                       (tiny: minutes)
parnassus run examples/my_recipe.py --dry-run --set stages.rl-16k.steps=40
parnassus recipes diff examples/my_recipe.py deepcoder --scale tiny
"""

from dataclasses import replace

from parnassus.algorithms.deepcoder import deepcoder as algorithm
from parnassus.algorithms.rewards import Correct
from parnassus.recipes import deepcoder
from parnassus.recipes.recipe import Stage
from parnassus.recipes.scale import Scale
from parnassus.train.rl import RL

OURS = deepcoder.recipe(Scale.TINY)


def _mine(stage: Stage) -> Stage:
    if not isinstance(stage, RL):
        return stage
    return replace(stage, group_size=16, algorithm=algorithm(Correct(), eps_high=0.4))


RECIPE = replace(
    OURS,
    name="my-recipe",
    summary="DeepCoder with larger groups and a wider clip",
    stages=tuple(_mine(stage) for stage in OURS.stages),
)
