"""Skywork-OR1-32B: as the 7B model, in contexts of 16K and 24K. arXiv:2505.22312, table of stages."""

from parnassus.recipes.recipe import Recipe
from parnassus.recipes.scale import Scale
from parnassus.recipes.skywork_or1 import evaluate, stage, stated, variant
from parnassus.recipes.stated import Stated


def recipe(scale: Scale) -> Recipe:
    first = stage(scale, "rl-1", (16_384, 20), scale.of(760, 30), prompts=scale.of(256, 32), group=16)
    second = stage(scale, "rl-2", (24_576, 32), scale.of(370, 30), prompts=scale.of(160, 20), group=32)
    return variant(
        scale,
        "skywork-or1-32b",
        "32B: adaptive entropy on mathematics and code together, 16K then 24K",
        "deepseek-ai/DeepSeek-R1-Distill-Qwen-32B",
        (first, evaluate(scale, "between"), second),
    )


_TABLE = "table of stages: OR1-32B"
STATED = (
    *stated("deepseek-ai/DeepSeek-R1-Distill-Qwen-32B", "rl-1", "rl-2"),
    Stated("stages.rl-1.steps", 760, _TABLE),
    Stated("stages.rl-1.sampling.max_tokens", 16_384, _TABLE),
    Stated("stages.rl-1.prompts", 256, _TABLE),
    Stated("stages.rl-1.updates", 1, _TABLE),
    Stated("stages.rl-1.group_size", 16, _TABLE),
    Stated("stages.rl-2.steps", 370, f"{_TABLE}: 760 to 1130"),
    Stated("stages.rl-2.sampling.max_tokens", 24_576, _TABLE),
    Stated("stages.rl-2.prompts", 160, _TABLE),
    Stated("stages.rl-2.updates", 1, _TABLE),
    Stated("stages.rl-2.group_size", 32, _TABLE),
)
