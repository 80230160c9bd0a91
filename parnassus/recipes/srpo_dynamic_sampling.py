"""SRPO's arm of comparison: DAPO's dynamic sampling (arXiv:2503.14476) in place of history resampling. A step
draws again until it has a full batch of groups with advantage; no problem leaves.
"""

from dataclasses import replace

from parnassus.algorithms.admission import MixedOutcomes
from parnassus.curriculum.epochs import Epochs
from parnassus.recipes.recipe import Recipe
from parnassus.recipes.scale import Scale
from parnassus.recipes.srpo import STATED as OF_SRPO
from parnassus.recipes.srpo import variant
from parnassus.train.rl import RL


def recipe(scale: Scale) -> Recipe:
    summary = "SRPO with DAPO's dynamic sampling in place of history resampling"
    found = variant(scale, "srpo-dynamic-sampling", summary, Epochs())
    return replace(found, stages=tuple(_refilled(s) if isinstance(s, RL) else s for s in found.stages))


def _refilled(stage: RL) -> RL:
    algorithm = replace(stage.algorithm, admit=(MixedOutcomes(),))
    return replace(stage, algorithm=algorithm, train_groups=stage.prompts, refill=10)


STATED = OF_SRPO  # what is compared is otherwise the same
