"""Recipes by name, or by a file of one's own.

A module of this package is a recipe if its top level defines `recipe`, a function of a Scale, or `RECIPE`,
where there is one size only. Listing names reads source text and imports nothing, so that the command line
can name them without torch.
"""

import importlib
import pkgutil
import re
from importlib.resources import files
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from parnassus.errors import ConfigError
from parnassus.text.nearest import nearest

if TYPE_CHECKING:
    from parnassus.recipes.recipe import Recipe
    from parnassus.recipes.scale import Scale
    from parnassus.recipes.stated import Stated

_HERE = "parnassus.recipes"
_DEFINITION = re.compile(r"^(RECIPE\b|def recipe\()", re.MULTILINE)
_WANTED = "RECIPE = Recipe(...), or def recipe(scale)"


def names() -> list[str]:
    """All recipes of the package, sorted, with dashes for underscores."""
    folder = files(_HERE)
    modules = [module.name for module in pkgutil.iter_modules([str(folder)])]
    return sorted(
        module.replace("_", "-")
        for module in modules
        if _DEFINITION.search((folder / f"{module}.py").read_text(encoding="utf-8"))
    )


def find(name: str, scale: "Scale | None" = None) -> "Recipe":
    """The recipe called `name`, dashes or underscores, or that of a file; tiny, unless `scale` says
    otherwise. Raises ConfigError naming the nearest ones, or where a scale is asked for and it has one."""
    from parnassus.recipes.recipe import Recipe
    from parnassus.recipes.scale import Scale

    module = _module(name)
    if has_scales(name):
        found = module.recipe(scale or Scale.TINY)
    elif scale is None:
        found = getattr(module, "RECIPE", None)
    else:
        raise ConfigError(f"{name} has one size only: leave --scale out")
    if not isinstance(found, Recipe):
        raise ConfigError(f"{name} holds no recipe: wanted {_WANTED}, got {found!r:.60}")
    return found


def has_scales(name: str) -> bool:
    """Whether the recipe is one of several sizes."""
    return hasattr(_module(name), "recipe")


def stated(name: str) -> "tuple[Stated, ...]":
    """What is published of the recipe's settings."""
    return getattr(_module(name), "STATED", ())


def _module(name: str) -> ModuleType:
    if name.endswith(".py"):
        from parnassus.curation.find import run_file

        return run_file(Path(name), _WANTED)
    known = names()
    if name.replace("_", "-") not in known:
        hint = f"{nearest(name, known)}Recipes: {', '.join(known)}; or a file: ./mine.py"
        raise ConfigError(f"there is no recipe {name!r}. {hint}")
    return importlib.import_module(f"{_HERE}.{name.replace('-', '_')}")
