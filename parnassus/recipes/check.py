"""What can be said of a recipe before anything runs: that its stages fit together."""

import re

from parnassus.data.curate import Curate
from parnassus.errors import ConfigError
from parnassus.recipes.recipe import Recipe

_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")


def check(recipe: Recipe) -> None:
    """Raises ConfigError when a stage's name cannot be a file's, two share one, or the first does not
    curate."""
    names = [stage.name for stage in recipe.stages]
    for name in names:
        if not _NAME.fullmatch(name):
            raise ConfigError(
                f"recipe {recipe.name!r} has a stage named {name!r}; it becomes a directory, "
                "so letters, digits, '-', '_' and '.' only"
            )
        if names.count(name) > 1:
            raise ConfigError(f"recipe {recipe.name!r} has two stages named {name!r}: give each its own")
    if not recipe.stages or not isinstance(recipe.stages[0], Curate):
        raise ConfigError(
            f"recipe {recipe.name!r} must begin with a stage that curates its data; got {names}"
        )
    if not 0 <= recipe.seed < 2**63:
        raise ConfigError(f"recipe {recipe.name!r}: seed={recipe.seed} must be in [0, 2**63)")
