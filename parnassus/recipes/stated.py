"""What papers and released code say of a recipe's settings, held against the recipe itself.

    Stated("stages.math-rl.optimizer.learning_rate", 1e-6, "4.1")          the recipe has this value, or else
    Stated("stages.math-rl.algorithm.loss.c", None, "eq. 12", ours="...")  it says why it has another

A setting that no Stated names is our choice. Where sources disagree, each has its own Stated.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from parnassus.errors import ConfigError
from parnassus.recipes.recipe import Recipe
from parnassus.recipes.settings import flattened


@dataclass(frozen=True)
class Stated:
    """`where`: the setting, by the names that --set takes. `source`: section, table, or file of the code.
    `ours`: why the recipe has another value."""

    where: str
    value: object
    source: str
    ours: str = ""


@dataclass(frozen=True)
class Compared:
    """A setting of a recipe and what is stated of it: nothing, where it is our choice."""

    where: str
    value: object
    stated: tuple[Stated, ...]


def compared(recipe: Recipe, stated: Sequence[Stated]) -> Iterator[Compared]:
    """Every setting, in order. Raises ConfigError where a statement is about no setting, or where the recipe
    has another value and says no reason: then one of the two is wrong."""
    settings = flattened(recipe)
    for one in stated:
        if one.where not in settings:
            raise ConfigError(
                f"recipe {recipe.name!r} has no setting {one.where}, of which {one.source} speaks"
            )
        if settings[one.where] != one.value and not one.ours:
            raise ConfigError(
                f"recipe {recipe.name!r}: {one.where} is {settings[one.where]!r}, {one.source} has "
                f"{one.value!r}: change it, or say why it differs"
            )
        if settings[one.where] == one.value and one.ours:
            raise ConfigError(
                f"recipe {recipe.name!r}: {one.where} is what {one.source} has: there is nothing to excuse"
            )
    for where, value in settings.items():
        yield Compared(where, value, tuple(one for one in stated if one.where == where))
