"""DeepCoder as its released code trains: the clip is computed, logged, and not used.

`pg_loss` of the release (rllm@18e446c5, 8 April 2025) averages the unclipped losses; two days later that was
mended (6a914563). So was the published model most likely trained. To be compared with `deepcoder`.
"""

from parnassus.algorithms.deepcoder import released
from parnassus.algorithms.rewards import Correct
from parnassus.recipes import deepcoder
from parnassus.recipes.recipe import Recipe
from parnassus.recipes.scale import Scale


def recipe(scale: Scale) -> Recipe:
    summary = "DeepCoder with the loss of its released code, which does not clip"
    return deepcoder.variant(scale, "deepcoder-released", summary, released(Correct()))


STATED = tuple(one for one in deepcoder.STATED if ".algorithm.loss." not in one.where)
