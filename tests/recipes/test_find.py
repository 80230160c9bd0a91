"""Recipes are found by name, without a list and without importing them."""

import subprocess
import sys

import pytest

from parnassus.errors import ConfigError
from parnassus.recipes.find import find, names, nearest
from parnassus.recipes.recipe import Recipe


def test_the_quickstart_is_found_by_its_name():
    assert "quickstart" in names()
    assert names() == sorted(names())
    assert find("quickstart").name == "quickstart"


def test_modules_without_a_recipe_are_none():
    assert not {"recipe", "settings", "find", "cost"} & set(names())


@pytest.mark.parametrize("name", names())
def test_every_recipe_is_one_and_bears_its_modules_name(name: str):
    recipe = find(name)
    assert isinstance(recipe, Recipe)
    assert recipe.name == name
    assert find(name.replace("-", "_")) is recipe


@pytest.mark.parametrize("name", ["quickstrat", "quick-start", ""])
def test_an_unknown_recipe_is_answered_with_the_known_ones(name: str):
    with pytest.raises(ConfigError, match=f"no recipe '{name}'.*Recipes: .*quickstart"):
        find(name)
    if name:
        with pytest.raises(ConfigError, match=r"Did you mean .*quickstart"):
            find(name)


def test_a_path_is_not_a_recipe():
    with pytest.raises(ConfigError, match="no recipe"):
        find("quickstart.py")


def test_nearest_words():
    assert nearest("eps_hi", ["eps_low", "eps_high"]).startswith("Did you mean eps_high")
    assert nearest("zzz", ["eps_low"]) == ""


def test_listing_names_imports_no_recipe():
    code = "import sys; from parnassus.recipes.find import names; assert names(); print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"torch", "pydantic", "parnassus.recipes.quickstart"} & set(loaded)
