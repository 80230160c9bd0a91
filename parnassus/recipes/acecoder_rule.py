"""AceCoder paid by rules: the share of the synthesised tests that a program passes, as its scripts have it;
the paper's text says all or nothing. To be compared with `acecoder`, whose reward model can be deceived.
"""

from parnassus.algorithms.rewards import PassRate
from parnassus.recipes import acecoder
from parnassus.recipes.recipe import Recipe
from parnassus.recipes.scale import Scale


def recipe(scale: Scale) -> Recipe:
    summary = "AceCoder with RL paid by the share of tests passed"
    return acecoder.variant(scale, "acecoder-rule", summary, PassRate())


STATED = tuple(
    one for one in acecoder.STATED if not one.where.startswith(("stages.rm.", "stages.best-of-n."))
)
