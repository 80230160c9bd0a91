"""SRPO's claim at tiny scale: history resampling needs fewer rollouts than dynamic sampling.

    python bench/history_resampling.py OUT [--seeds 0,1,2] [--steps 4,8,16,32]

Both arms begin with the same pretrained weights, problems and order, and end stage-1, mathematics only, after
so many steps; then all held-out problems are answered four times. Some 20 minutes on two cores; what is
finished in OUT is not done again. A row a run: rollouts of the stage, held-out accuracy with its interval.
"""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

from parnassus.evaluation.metrics import Estimate
from parnassus.evaluation.run import Evaluate, Result
from parnassus.recipes.find import find
from parnassus.recipes.recipe import Recipe, Stage
from parnassus.recipes.scale import Scale
from parnassus.rundir.directory import Finished, RunDir
from parnassus.runner import run
from parnassus.train.rl import RL
from parnassus.types import Row

ARMS = ("srpo", "srpo-dynamic-sampling")
STAGE = "stage-1"


class Silent:
    """Watches nothing."""

    def begin_stage(self, name: str, kind: str, steps: int) -> None: ...
    def skip_stage(self, done: Finished) -> None: ...
    def row(self, row: Row) -> None: ...
    def end_stage(self, done: Finished) -> None: ...
    def note(self, text: str) -> None: ...


def until(recipe: Recipe, last: str) -> Sequence[Stage]:
    names = [stage.name for stage in recipe.stages]
    return recipe.stages[: names.index(last) + 1]


def pretrained(seed: int, out: Path) -> Path:
    """The weights that both arms begin with."""
    recipe = replace(find(ARMS[0], Scale.TINY), seed=seed)
    whole = replace(recipe, stages=tuple(until(recipe, "pretraining")))
    return run(whole, out / f"pretrained-{seed}", Silent()).checkpoint("pretraining")


def short(arm: str, seed: int, steps: int, model: Path) -> Recipe:
    """Its first stage of so many steps, and what it can do then."""
    recipe = find(arm, Scale.TINY)
    changed = list[Stage]()
    for stage in until(recipe, "between"):
        if isinstance(stage, RL):
            stage = replace(stage, steps=steps, until=())
        elif isinstance(stage, Evaluate):
            stage = replace(stage, samples=4)
        if stage.name not in ("pretraining", "before"):
            changed.append(stage)
    return replace(recipe, seed=seed, model=str(model), stages=tuple(changed))


def told(done: RunDir) -> tuple[int, Estimate]:
    rollouts = sum(cast(int, row["trajectories"]) for row in done.metrics(STAGE))
    results = done.evaluation("between", Result)
    return rollouts, next(r.estimate for r in results if r.domain == "math" and r.source is None)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("--seeds", default="0,1,2")
    parser.add_argument("--steps", default="4,8,16,32")
    asked = parser.parse_args()
    print("| seed | arm | steps | rollouts | held-out mathematics |\n|---|---|---|---|---|")
    for seed in map(int, asked.seeds.split(",")):
        model = pretrained(seed, asked.out)
        for steps in map(int, asked.steps.split(",")):
            for arm in ARMS:
                done = run(short(arm, seed, steps, model), asked.out / f"{arm}-{seed}-{steps}", Silent())
                rollouts, value = told(done)
                interval = f"{value.mean:.3f} [{value.low:.3f}, {value.high:.3f}]"
                print(f"| {seed} | {arm} | {steps} | {rollouts:,} | {interval} |", flush=True)


if __name__ == "__main__":
    main()
