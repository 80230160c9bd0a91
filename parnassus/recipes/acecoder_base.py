"""AceCoder from the base model, paid by rules: there its paper gains most (HumanEval+ 53.0 to 78.0), and the
reward model falls behind the rules, which it suspects of being deceived.
"""

from dataclasses import replace

from parnassus.algorithms.rewards import PassRate
from parnassus.recipes import acecoder, acecoder_rule, tiny
from parnassus.recipes.prompts import TAGGED, asking
from parnassus.recipes.recipe import Recipe
from parnassus.recipes.scale import Scale

BASE = "Qwen/Qwen2.5-Coder-7B"


def recipe(scale: Scale) -> Recipe:
    summary = "AceCoder from the base model, paid by the share of tests passed"
    found = acecoder.variant(scale, "acecoder-base", summary, PassRate(), pretraining=700)
    return asking(replace(found, model=scale.of(BASE, tiny.MODEL)), scale, TAGGED)


STATED = tuple(
    replace(one, value=BASE, source="section 4, table 3") if one.where == "model" else one
    for one in acecoder_rule.STATED
)
