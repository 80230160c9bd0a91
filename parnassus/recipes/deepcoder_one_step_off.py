"""DeepCoder with its one-step-off pipelining: a batch is drawn while the one before it is learnt from, by the
weights from before, and the ratio begins at 1 all the same (rllm@18e446c5, ray_trainer_async.py). What it
saves in time and costs in accuracy is to be compared with `deepcoder`.
"""

from dataclasses import replace

from parnassus.recipes import deepcoder
from parnassus.recipes.recipe import Recipe
from parnassus.recipes.scale import Scale
from parnassus.train.rl import RL


def recipe(scale: Scale) -> Recipe:
    summary = "DeepCoder with batches drawn while the ones before are learnt from"
    found = deepcoder.recipe(scale)
    stages = tuple(replace(s, one_step_off=True) if isinstance(s, RL) else s for s in found.stages)
    return replace(found, name="deepcoder-one-step-off", summary=summary, stages=stages)


STATED = deepcoder.STATED
