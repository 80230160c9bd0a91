"""Fills in the tables of docs/recipes/*.md: what tiny runs measured, and what the published scale will cost.

    python docs/make_recipe_pages.py RUN ...     takes these finished runs' numbers into measured.json
    python docs/make_recipe_pages.py             the tables anew, from measured.json and the recipes

Run from the project's root. A test compares.
"""

import json
import sys
from math import ceil
from pathlib import Path

from parnassus.evaluation.best_of_n import Choice
from parnassus.evaluation.metrics import Estimate
from parnassus.evaluation.run import Evaluate, Result
from parnassus.recipes.cost import estimate, total
from parnassus.recipes.find import find
from parnassus.recipes.hours import gpu_hours, parameters
from parnassus.recipes.recipe import Recipe
from parnassus.recipes.scale import Scale
from parnassus.rundir.directory import RunDir, read_run

PAGES = Path("docs/recipes")
MEASURED = PAGES / "measured.json"
Numbers = list[float]  # mean, and its interval's ends
Seed = dict[str, dict[str, dict[str, Numbers]]]  # "evaluations" or "best of N" -> stage -> column -> numbers


def page(name: str, text: str, measured: dict[str, dict[str, Seed]]) -> str:
    """The page of a recipe with its tables anew."""
    recipe = find(name, Scale.PUBLISHED)
    text = _filled(text, "measured", _measured(measured.get(name, {})))
    return _filled(text, "cost", _cost(recipe))


def _filled(text: str, block: str, table: str) -> str:
    before, begin, rest = text.partition(f"<!-- {block} -->\n")
    _, end, after = rest.partition(f"<!-- /{block} -->")
    if not end:
        raise SystemExit(f"a page lacks its block <!-- {block} --> ... <!-- /{block} -->")
    return f"{before}{begin}{table}{end}{after}"


# ---- what was measured


def numbers(run: RunDir, recipe: Recipe) -> Seed:
    """Of the finished `run` of `recipe`."""
    evaluations, best = dict[str, dict[str, Numbers]](), dict[str, dict[str, Numbers]]()
    for stage in recipe.stages:
        if not isinstance(stage, Evaluate):
            continue
        results = [r for r in run.evaluation(stage.name, Result) if r.source is None]
        evaluations[stage.name] = {result.domain: _rounded(result.estimate) for result in results}
        if stage.best_of is not None:
            *_, most = (c for c in run.best_of(stage.name, Choice) if c.source is None)
            best[f"best of {most.count}"] = {
                "reward model": _rounded(most.reward_model),
                "mean": _rounded(most.mean),
                "any correct": _rounded(most.oracle),
            }
    return {"evaluations": evaluations, "best of N": best}


def _rounded(estimate: Estimate) -> Numbers:
    return [round(value, 3) for value in (estimate.mean, estimate.low, estimate.high)]


def _measured(seeds: dict[str, Seed]) -> str:
    if not seeds:
        return "Not measured.\n"
    tables = filter(None, (_table(seeds, "evaluations"), _table(seeds, "best of N")))
    return "\n".join((*tables, _beyond(seeds)))


def _beyond(seeds: dict[str, Seed]) -> str:
    """On how many seeds the interval after all training lies above that of the first evaluation."""
    found = [seed["evaluations"] for seed in seeds.values()]
    first = next(iter(found[0]))
    told = list[str]()
    for domain in found[0][first]:
        count = sum(one["after"][domain][1] > one[first][domain][2] for one in found)
        told.append(f"{domain} on {count} of {len(found)} seeds")
    return f"`after` lies beyond the interval of `{first}`: {', '.join(told)}.\n"


def _table(seeds: dict[str, Seed], kind: str) -> str:
    """A row a seed; a column a stage and what it measured."""
    first = next(iter(seeds.values()))[kind]
    if not first:
        return ""
    columns = [(stage, column) for column in _columns(first) for stage in first if column in first[stage]]
    rows = [f"| seed | {' | '.join(f'{column}, {stage}' for stage, column in columns)} |"]
    rows.append("|---" * (1 + len(columns)) + "|")
    for seed, found in sorted(seeds.items()):
        cells = (_told(found[kind][stage][column]) for stage, column in columns)
        rows.append(f"| {seed} | {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def _columns(stages: dict[str, dict[str, Numbers]]) -> list[str]:
    return list(dict.fromkeys(column for columns in stages.values() for column in columns))


def _told(value: Numbers) -> str:
    mean, low, high = (f"{number:.3f}".removeprefix("0") for number in value)
    return f"{mean} [{low}, {high}]"


# ---- what it will cost


def _cost(recipe: Recipe) -> str:
    size = parameters(recipe.model)
    assert size is not None, recipe.model
    costs = [cost for cost in estimate(recipe) if cost.sampled_tokens or cost.updates]
    rows = ["| stage | rollouts | sampled tokens | updates | H100 hours |", "|---" * 5 + "|"]
    for cost in (*costs, total(costs)):
        hours = gpu_hours([cost], size)
        cells = f"{cost.rollouts:,} | {cost.sampled_tokens / 1e9:,.2f} G | {cost.updates:,} | {hours:,.0f}"
        rows.append(f"| {cost.stage} | {cells} |")
    state = 16 * size / 1e9  # GB: weights and two moments in 32 bits, weights and gradients in 16
    least, hours = 8 * ceil(2 * state / 80 / 8), gpu_hours(costs, size)
    expected = (
        f"Hardware: {least} cards of 80 GB or more, half of which the state of training may take "
        f"({state:,.0f} GB: 16 bytes a parameter). On 32 H100s some {hours / 32:,.0f} hours of sampling and "
        "training (what is assumed: `parnassus/recipes/hours.py`).\n"
    )
    return "\n".join((*rows, "", expected))


def main(runs: list[str]) -> None:
    measured = json.loads(MEASURED.read_text()) if MEASURED.exists() else {}
    for path in runs:
        run = read_run(Path(path))
        name, seed = run.manifest.recipe, str(run.manifest.settings["seed"])
        measured.setdefault(name, {})[seed] = numbers(run, find(name, Scale.TINY))
    MEASURED.write_text(json.dumps(dict(sorted(measured.items())), indent=1) + "\n")
    for file in sorted(PAGES.glob("*.md")):
        file.write_text(page(file.stem, file.read_text(), measured))


if __name__ == "__main__":
    main(sys.argv[1:])
