"""A model that knows a little, and an observer that watches nothing."""

from dataclasses import replace

import pytest

from parnassus.curation.stage import Curate
from parnassus.data.drawing import Generated
from parnassus.data.families.chain import Chain
from parnassus.data.families.guards import Guards
from parnassus.data.families.products import Products
from parnassus.recipes import tiny
from parnassus.recipes.recipe import Recipe
from parnassus.runner import run
from parnassus.train.sft import SFT


class Nobody:
    def __getattr__(self, name):
        return lambda *_: None


@pytest.fixture(scope="session")
def nobody() -> Nobody:
    return Nobody()


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
