"""Every recipe runs from its first stage to its report, in two steps a stage."""

from dataclasses import replace

import pytest

from parnassus.curation.stage import Curate
from parnassus.recipes.find import find, has_scales, names
from parnassus.recipes.scale import Scale
from parnassus.recipes.settings import describe
from parnassus.recipes.smoke import STEPS, smoke
from parnassus.report.page import write_report
from parnassus.rundir import manifest
from parnassus.rundir.directory import open_run
from parnassus.runner import run

PUBLISHED = [name for name in names() if has_scales(name)]


@pytest.mark.parametrize("name", PUBLISHED)
def test_every_recipe_runs_from_end_to_end(name: str, skilled: str, nobody, tmp_path):
    recipe = replace(smoke(find(name)), model=skilled)
    done = run(recipe, tmp_path / name, nobody)
    assert set(done.finished()) == {stage.name for stage in recipe.stages}
    assert (done.path / "report.html").exists()
    for stage in recipe.stages:
        if isinstance(stage, Curate):
            assert (done.curation(stage.name) / "card.html").exists()
        elif hasattr(stage, "steps"):
            assert 0 < len(done.metrics(stage.name)) <= STEPS


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
