"""Skywork-OR1-Math-7B: mathematics only, in contexts of 8K, 16K and 32K, with two updates a batch.
arXiv:2505.22312, table of stages. The last stage has smaller batches of larger groups."""

from parnassus.recipes.recipe import Recipe
from parnassus.recipes.scale import Scale
from parnassus.recipes.skywork_or1 import evaluate, stage, stated, variant
from parnassus.recipes.stated import Stated


def recipe(scale: Scale) -> Recipe:
    """At one of its two sizes."""
    many, few = scale.of(256, 32), scale.of(128, 16)
    trained = (
        stage(scale, "rl-1", (8192, 16), scale.of(740, 15), many, group=16, updates=2),
        stage(scale, "rl-2", (16_384, 24), scale.of(1000, 15), many, group=16, updates=2),
        evaluate(scale, "between"),
        stage(scale, "rl-3", (32_768, 48), scale.of(340, 15), many, group=16, updates=2),
        stage(scale, "rl-4", (32_768, 48), scale.of(80, 10), few, group=scale.of(64, 32), updates=2),
    )
    return variant(
        scale,
        "skywork-or1-math-7b",
        "7B: adaptive entropy on mathematics, 8K to 32K",
        "deepseek-ai/DeepSeek-R1-Distill-Qwen-7B",
        trained,
        code=False,
    )


_TABLE = "table of stages: Math-7B"
STATED = (
    *stated("deepseek-ai/DeepSeek-R1-Distill-Qwen-7B", "rl-1", "rl-2", "rl-3", "rl-4"),
    Stated("stages.rl-1.steps", 740, _TABLE),
    Stated("stages.rl-1.sampling.max_tokens", 8192, _TABLE),
    Stated("stages.rl-1.prompts", 256, _TABLE),
    Stated("stages.rl-1.updates", 2, f"{_TABLE}: mini-batches of 128"),
    Stated("stages.rl-1.group_size", 16, _TABLE),
    Stated("stages.rl-2.steps", 1000, f"{_TABLE}: 740 to 1740"),
    Stated("stages.rl-2.sampling.max_tokens", 16_384, _TABLE),
    Stated("stages.rl-2.prompts", 256, _TABLE),
    Stated("stages.rl-2.updates", 2, _TABLE),
    Stated("stages.rl-2.group_size", 16, _TABLE),
    Stated("stages.rl-3.steps", 340, f"{_TABLE}: 1740 to 2080"),
    Stated("stages.rl-3.sampling.max_tokens", 32_768, _TABLE),
    Stated("stages.rl-3.prompts", 256, _TABLE),
    Stated("stages.rl-3.updates", 2, _TABLE),
    Stated("stages.rl-3.group_size", 16, _TABLE),
    Stated("stages.rl-4.steps", 80, f"{_TABLE}: 2080 to 2160"),
    Stated("stages.rl-4.prompts", 128, _TABLE),
    Stated("stages.rl-4.group_size", 64, _TABLE),
    Stated("stages.rl-4.updates", 2, f"{_TABLE}: mini-batches of 64"),
)
