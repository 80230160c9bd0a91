"""Recipes are found by name, without a list and without importing them."""

import subprocess
import sys
from pathlib import Path

import pytest

from parnassus.errors import ConfigError
from parnassus.recipes.features import features
from parnassus.recipes.find import find, has_scales, names, nearest
from parnassus.recipes.recipe import Recipe
from parnassus.recipes.scale import Scale


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
    assert find(name.replace("-", "_")) == recipe


@pytest.mark.parametrize("name", ["quickstrat", "quick-start", ""])
def test_an_unknown_recipe_is_answered_with_the_known_ones(name: str):
    with pytest.raises(ConfigError, match=f"no recipe '{name}'.*Recipes: .*quickstart"):
        find(name)
    if name:
        with pytest.raises(ConfigError, match=r"Did you mean .*quickstart"):
            find(name)


OWN = """
from dataclasses import replace
from parnassus.recipes.quickstart import RECIPE as QUICKSTART
from parnassus.recipes.scale import Scale

{body}
"""


def own(tmp_path, name: str, body: str) -> str:
    (tmp_path / f"{name}.py").write_text(OWN.format(body=body))
    return str(tmp_path / f"{name}.py")


def test_a_recipe_of_ones_own_is_a_file(tmp_path):
    path = own(tmp_path, "mine_alone", "RECIPE = replace(QUICKSTART, name='mine', seed=7)")
    assert (find(path).name, find(path).seed) == ("mine", 7)
    with pytest.raises(ConfigError, match="one size only: leave --scale out"):
        find(path, Scale.TINY)


def test_a_recipe_of_two_sizes_is_tiny_unless_asked_otherwise(tmp_path):
    body = "def recipe(scale):\n    return replace(QUICKSTART, seed=scale.of(1, 2))"
    path = own(tmp_path, "mine_scaled", body)
    assert has_scales(path)
    assert not has_scales("quickstart")
    assert [find(path, scale).seed for scale in (None, Scale.TINY, Scale.PUBLISHED)] == [2, 2, 1]


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("mine_empty", "", "holds no recipe: wanted RECIPE = "),
        ("mine_wrong", "RECIPE = 3", "got 3"),
        ("mine_broken", "RECIPE = replace(QUICKSTART, sead=1)", "cannot be run: TypeError.*sead"),
    ],
)
def test_a_file_that_holds_none_says_what_is_wanted(tmp_path, name: str, body: str, said: str):
    with pytest.raises(ConfigError, match=said):
        find(own(tmp_path, name, body))


def test_a_file_that_is_not_there_is_named():
    with pytest.raises(ConfigError, match=r"there is no file nowhere\.py"):
        find("nowhere.py")


def test_nearest_words():
    assert nearest("eps_hi", ["eps_low", "eps_high"]).startswith("Did you mean eps_high")
    assert nearest("zzz", ["eps_low"]) == ""


def test_listing_names_imports_no_recipe():
    code = "import sys; from parnassus.recipes.find import names; assert names(); print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"torch", "pydantic", "parnassus.recipes.quickstart"} & set(loaded)


def test_the_documented_recipe_of_ones_own_differs_from_ours_as_it_says():
    path = str(Path(__file__).parents[2] / "examples" / "my_recipe.py")
    ours, theirs = features(find("deepcoder")), features(find(path))
    assert {name for name in ours if ours[name] != theirs[name]} == {"group", "loss"}
