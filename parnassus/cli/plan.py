"""What a run would be, before it is one: the settings as a tree and the work they ask for, as text."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from parnassus.preflight.needs import needed
from parnassus.recipes.check import check
from parnassus.recipes.cost import Cost, estimate, total
from parnassus.recipes.hours import gpu_hours, parameters
from parnassus.recipes.recipe import Recipe
from parnassus.recipes.settings import describe
from parnassus.recipes.stated import Compared, Stated, compared
from parnassus.rundir.directory import is_run

_WIDE = 200  # columns: more than the table has, so that no number is cut; a narrow terminal wraps it
_UNITS = {"M": 1e6, "G": 1e9, "T": 1e12}


def print_plan(
    recipe: Recipe, stated: Sequence[Stated], out: Path, device: str, named: Iterable[str] = ()
) -> None:
    """`stated`: what is published of the recipe's settings; without any, they are printed alone. `named`:
    models for curation to ask."""
    check(recipe)
    if stated:
        print_compared(recipe, stated)
    else:
        print_settings(recipe)
    print()
    Console(highlight=False, width=_WIDE).print(_cost_table(recipe))
    state = "continued" if is_run(out) else "made"
    print(f"\nwould run on {device}; {out} would be {state}. Nothing was touched.")
    if needs := list(needed(recipe, named)):
        print("\n".join(["\nbefore it can start", *(f"  {need}" for need in needs)]))


def print_settings(recipe: Recipe) -> None:
    """Every setting on a line of its own, under the names that --set takes."""
    print("\n".join(_tree(describe(recipe), depth=0)))


def print_compared(recipe: Recipe, stated: Sequence[Stated]) -> None:
    """Stage by stage every setting of which something was published, with its source and, where the recipe
    differs, why; then those that are our choice."""
    published, ours = dict[str, list[str]](), list[str]()
    for setting in compared(recipe, stated):
        stage, name = _placed(setting)
        lines = published.setdefault(stage, [])
        for number, one in enumerate(setting.stated):
            begin = f"  {name:<44} {_text(setting.value):<12}" if number == 0 else " " * 59
            lines.append(f"{begin} {_said(one)}")
        if not setting.stated and name.rpartition(".")[2] not in ("kind", "name"):
            ours.append(f"  {setting.where} = {_text(setting.value)}")
    print(f"{recipe.name}: {recipe.summary}\n\nas published")
    for stage, lines in published.items():
        if lines:
            print("\n".join([stage, *lines]))
    print("\nour choice, as we know of nothing published\n" + "\n".join(ours))


def _placed(setting: Compared) -> tuple[str, str]:
    """Its stage, or the recipe itself, and its name within it."""
    if not setting.where.startswith("stages."):
        return "recipe", setting.where
    stage, _, name = setting.where.removeprefix("stages.").partition(".")
    return stage, name


def _said(one: Stated) -> str:
    return f"{_text(one.value)} in {one.source}; here: {one.ours}" if one.ours else one.source


def _tree(settings: Mapping[str, object], depth: int) -> Iterator[str]:
    for name, value in settings.items():
        if name != "kind":
            yield from _branch(name, value, depth)


def _branch(name: str, value: object, depth: int) -> Iterator[str]:
    indent = "  " * depth
    if isinstance(value, Mapping):
        yield f"{indent}{name:<16} {value['kind']}" if "kind" in value else f"{indent}{name}"
        yield from _tree(value, depth + 1)
    elif isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
        yield f"{indent}{name}"
        for index, item in enumerate(value):
            yield from _branch(_name(name, item, index), item, depth + 1)
    else:
        yield f"{indent}{name:<16} {_text(value)}"


def _name(of: str, item: object, index: int) -> str:
    """How --set addresses an item of a tuple: a stage by its name, others by index."""
    return str(item["name"]) if isinstance(item, Mapping) and of == "stages" else str(index)


def _text(value: object) -> str:
    if isinstance(value, list | tuple):
        return "(" + ", ".join(_text(item) for item in value) + ")"
    return str(value)


def _cost_table(recipe: Recipe) -> Table:
    table = Table(box=box.SIMPLE_HEAD, title="work, at most", title_justify="left")
    table.add_column("stage")
    for heading in ("rollouts", "sampled tokens", "updates", "trained sequences", "trained tokens (RL)"):
        table.add_column(heading, justify="right")
    if size := parameters(recipe.model):
        table.add_column("H100 hours", justify="right")
        table.caption = "hours: assumptions in parnassus/recipes/hours.py; without supervised stages"
    costs = estimate(recipe)
    for cost in costs:
        table.add_row(*_cells(cost, size))
    table.add_section()
    table.add_row(*_cells(total(costs), size))
    return table


def _cells(cost: Cost, size: float | None) -> tuple[str, ...]:
    """`size`: parameters of the model, where its name tells."""
    numbers = (cost.rollouts, cost.sampled_tokens, cost.updates, cost.trained_sequences, cost.trained_tokens)
    cells = cost.stage, *(_short(number) if number else "" for number in numbers)
    return (*cells, f"{hours:,.0f}" if (hours := gpu_hours([cost], size)) else "") if size else cells


def _short(number: int) -> str:
    """9,600; 67.1 M; 22.8 G."""
    if number < 1_000_000:
        return f"{number:,}"
    unit = next((unit for unit, size in _UNITS.items() if number / size < 999.95), "T")
    return f"{number / _UNITS[unit]:,.1f} {unit}"
