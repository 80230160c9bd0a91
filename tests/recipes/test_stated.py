"""What is published of a recipe is held against its settings: nothing differs without a reason."""

from dataclasses import replace

import pytest

from parnassus.errors import ConfigError
from parnassus.recipes.features import NONE, features
from parnassus.recipes.find import find, has_scales, names, stated
from parnassus.recipes.quickstart import RECIPE
from parnassus.recipes.scale import Scale
from parnassus.recipes.settings import flattened, override
from parnassus.recipes.stated import Stated, compared

STEPS = "stages.rl-math.steps"
PUBLISHED = [name for name in names() if has_scales(name)]


def test_a_statement_stands_beside_the_setting_that_it_is_about():
    said = Stated(STEPS, 80, "table 1")
    rows = {row.where: row for row in compared(RECIPE, [said])}
    assert rows[STEPS].value == 80
    assert rows[STEPS].stated == (said,)
    assert rows["stages.rl-code.steps"].stated == ()
    assert list(rows) == list(flattened(RECIPE))


def test_sources_that_disagree_are_both_shown():
    two = [Stated(STEPS, 80, "paper"), Stated(STEPS, 100, "code", ours="the paper says 80")]
    assert next(row for row in compared(RECIPE, two) if row.where == STEPS).stated == tuple(two)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (Stated(STEPS, 81, "table 1"), "is 80, table 1 has 81: change it, or say why"),
        (Stated(STEPS, 80, "table 1", ours="ours is longer"), "there is nothing to excuse"),
        (Stated("stages.rl-math.stepz", 80, "table 1"), "has no setting stages.rl-math.stepz"),
    ],
)
def test_a_statement_that_is_not_so_is_an_error(said: Stated, told: str):
    with pytest.raises(ConfigError, match=told):
        list(compared(RECIPE, [said]))


def test_settings_are_flattened_under_the_names_that_set_takes():
    settings = flattened(RECIPE)
    assert settings["stages.rl-math.algorithm.loss.eps_high"] == 0.2
    assert settings["stages.warm-up.optimizer.betas"] == (0.9, 0.98)
    assert override(RECIPE, STEPS, "9") != RECIPE


@pytest.mark.parametrize("name", PUBLISHED)
def test_what_papers_say_holds_for_every_recipe(name: str):
    rows = list(compared(find(name, Scale.PUBLISHED), stated(name)))
    assert sum(bool(row.stated) for row in rows) >= 10


def test_features_are_read_off_the_recipe():
    told = features(RECIPE)
    assert told["problems"] == "chain, sort, lin, guards, guards_chain"
    assert told["steps"] == "80 → 60"
    assert told["reward model"] == NONE
    changed = features(override(RECIPE, STEPS, "9"))
    assert {name for name in told if told[name] != changed[name]} == {"steps"}
    assert features(replace(RECIPE, model="other"))["model"] == "other"
