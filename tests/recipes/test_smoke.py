"""Every recipe runs from its first stage to its report, in two steps a stage."""

from dataclasses import replace

import pytest

from parnassus.curation.stage import Curate
from parnassus.data.drawing import Generated
from parnassus.data.families.chain import Chain
from parnassus.data.families.guards import Guards
from parnassus.data.families.products import Products
from parnassus.recipes import tiny
from parnassus.recipes.find import find, has_scales, names
from parnassus.recipes.recipe import Recipe
from parnassus.recipes.scale import Scale
from parnassus.recipes.settings import describe
from parnassus.recipes.smoke import STEPS, smoke
from parnassus.report.page import write_report
from parnassus.rundir import manifest
from parnassus.rundir.directory import open_run
from parnassus.runner import run
from parnassus.train.sft import SFT

PUBLISHED = [name for name in names() if has_scales(name)]


class Nobody:
    def __getattr__(self, name):
        return lambda *_: None


@pytest.fixture(scope="session")
def skilled(tmp_path_factory) -> str:
    """A model that knows a little: without any skill, nothing is left where a stage screens by what the
    policy solves, and no two of its programs make a pair."""
    taught = (
        Generated(family=Chain((1, 2), noise=0.2), train=1, held_out=1, demonstrations=2000),
        Generated(family=Guards((1, 2), noise=0.3), train=1, held_out=1, demonstrations=2000),
        Generated(family=Products(), train=1, held_out=1, demonstrations=500),
    )
    recipe = Recipe(
        name="skilled",
        summary="",
        model="builtin:tiny",
        seed=0,
        stages=(
            Curate(sources=taught),
            SFT(name="sft", steps=350, batch=64, optimizer=replace(tiny.WARM_UP, warmup=10)),
        ),
    )
    done = run(recipe, tmp_path_factory.mktemp("skilled") / "run", Nobody())
    return str(done.checkpoint("sft"))


@pytest.mark.parametrize("name", PUBLISHED)
def test_every_recipe_runs_from_end_to_end(name: str, skilled: str, tmp_path):
    recipe = replace(smoke(find(name)), model=skilled)
    done = run(recipe, tmp_path / name, Nobody())
    assert set(done.finished()) == {stage.name for stage in recipe.stages}
    assert (done.path / "report.html").exists()
    for stage in recipe.stages:
        if isinstance(stage, Curate):
            assert (done.curation(stage.name) / "card.html").exists()
        elif hasattr(stage, "steps"):
            assert len(done.metrics(stage.name)) <= STEPS


@pytest.mark.parametrize("name", PUBLISHED)
def test_both_sizes_are_made_of_the_same_pieces(name: str):
    """Only sizes and what is read differ: the same stages, in the same order, with the same rules."""
    published, small = find(name, Scale.PUBLISHED), find(name, Scale.TINY)
    stages = [stage for stage in small.stages if stage.name != "pretraining"]
    assert [(type(s), s.name) for s in stages] == [(type(s), s.name) for s in published.stages]
    for ours, theirs in zip(stages, published.stages, strict=True):
        assert getattr(ours, "algorithm", None) == getattr(theirs, "algorithm", None)
        assert getattr(ours, "verifier", None) == getattr(theirs, "verifier", None)


@pytest.mark.parametrize("scale", list(Scale))
@pytest.mark.parametrize("name", PUBLISHED)
def test_a_report_shows_the_settings_of_every_recipe(name: str, scale: Scale, tmp_path):
    recipe = find(name, scale)
    with open_run(tmp_path / "run", manifest.describe(name, describe(recipe), "cpu")) as begun:
        write_report(begun)
    assert recipe.model in (tmp_path / "run" / "report.html").read_text()
