"""What a recipe needs that is not here: files, data sets of the hub, models. Only `check_sources`, by which a
run begins, reads anything.

    Curate stages -- sources, held_out, taught --> files that no pattern finds, and where they are published
                                               --> data sets of the hub that are no folder here
                  -- steps ----------------------> models that no stand-in answers for

`parnassus.curation.ready` asks again as each stage begins, for that stage and with its models.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from parnassus.curation.pipeline import Source
from parnassus.curation.stage import Curate
from parnassus.data.reading.files import Files
from parnassus.data.reading.gym import GymRows
from parnassus.data.reading.hub import HubRows
from parnassus.data.reading.layout import Layout, innermost
from parnassus.data.reading.row import Rows
from parnassus.errors import ConfigError, DataError
from parnassus.preflight.finding import Finding, Level
from parnassus.recipes.check import check_models
from parnassus.recipes.recipe import Recipe


def check_needs(recipe: Recipe) -> Iterator[Finding]:
    """Nothing where nothing is missing."""
    if files := _files(recipe):
        yield Finding("files", Level.ERROR, "\n".join(files), "Fetch each, and put it there.")
    for told in _models(recipe, ()):
        yield Finding("models", Level.WARNING, told, "Give these options to `parnassus run`.")


def check_sources(recipe: Recipe) -> None:
    """Reads a row of each data set of each stage: a later stage should not be the first to find that the hub
    cannot be reached. Raises DataError naming all files that are not there and all sets that give none."""
    told = "\n".join(f"  {one}" for one in (*_files(recipe), *_unreadable(recipe)))
    if told:
        raise DataError(f"recipe {recipe.name!r} cannot begin:\n{told}\nFetch each, and put it there.")


def needed(recipe: Recipe, named: Iterable[str]) -> Iterator[str]:
    """All of it, a line each. `named`: models that are there."""
    yield from _files(recipe)
    yield from _hub_sets(recipe)
    yield from _models(recipe, named)


def _files(recipe: Recipe) -> list[str]:
    """Patterns without a file, each once."""
    missing = dict[str, str]()
    for rows, origin in _wanted(recipe):
        if isinstance(rows, Files):
            try:
                rows.paths()
            except DataError as error:
                missing.setdefault(str(error), origin)
    return [f"{error}{origin}" for error, origin in missing.items()]


def _unreadable(recipe: Recipe) -> list[str]:
    """Sets of the hub that give no row, and a task of reasoning-gym: its package is there or is not. All at
    once, for whoever cannot reach the hub is told so after many tries."""
    wanted = dict.fromkeys(rows for rows, _ in _wanted(recipe))
    gym = [rows for rows in wanted if isinstance(rows, GymRows)]
    asked = [*(rows for rows in wanted if isinstance(rows, HubRows)), *gym[:1]]
    with ThreadPoolExecutor(max_workers=16) as threads:
        return [error for error in threads.map(_first_row, asked) if error]


def _first_row(rows: Rows) -> str:
    """Why there is none."""
    try:
        next(iter(rows), None)
    except (ConfigError, DataError) as error:
        return str(error)
    return ""


def _hub_sets(recipe: Recipe) -> list[str]:
    sets = [rows for rows, _ in _wanted(recipe) if isinstance(rows, HubRows) and not Path(rows.id).is_dir()]
    names = ["/".join(filter(None, (rows.id, rows.config, rows.split))) for rows in sets]
    return [f"read from the Hugging Face hub: {name}" for name in dict.fromkeys(names)]


def _models(recipe: Recipe, named: Iterable[str]) -> list[str]:
    try:
        check_models(recipe, [*named, *(stand_in.name for stand_in in recipe.stand_ins)])
    except ConfigError as error:
        return [str(error)]
    return []


def _wanted(recipe: Recipe) -> Iterator[tuple[Rows, str]]:
    """Where rows come from, and where they are published."""
    for stage in recipe.stages:
        if isinstance(stage, Curate):
            for source in (*stage.files, *stage.held_out):
                yield source.rows, _published(source)
            for taught in stage.taught:
                yield taught.rows, ""


def _published(source: Source) -> str:
    layout = innermost(source.format)
    return f"; {layout.name} is published at {layout.link}" if isinstance(layout, Layout) else ""
