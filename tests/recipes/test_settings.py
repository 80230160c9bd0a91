"""Recipes as data and with one field changed by text."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parnassus.algorithms.core import Algorithm
from parnassus.algorithms.grpo import grpo
from parnassus.algorithms.rewards import Correct
from parnassus.curation.stage import Curate
from parnassus.curriculum.mixture import Mixture
from parnassus.data.drawing import Generated
from parnassus.data.families.chain import Chain
from parnassus.errors import ConfigError
from parnassus.evaluation.run import Evaluate
from parnassus.recipes.recipe import Recipe
from parnassus.recipes.settings import describe, override
from parnassus.train.optimizer import AdamW
from parnassus.train.rl import RL
from parnassus.types import Sampling

RECIPE = Recipe(
    name="small",
    summary="for tests",
    model="builtin:tiny",
    seed=0,
    stages=(
        Curate(sources=(Generated(family=Chain(operations=(1, 4)), train=20, held_out=5),)),
        RL(
            name="rl-math",
            steps=4,
            curriculum=Mixture((("chain", 2.0), ("sort", 1.0))),
            algorithm=grpo(Correct()),
            sampling=Sampling(max_tokens=8),
            optimizer=AdamW(learning_rate=1e-3),
        ),
        Evaluate(name="after", sampling=Sampling(max_tokens=8)),
    ),
)


def rl(recipe: Recipe) -> RL:
    stage = recipe.stages[1]
    assert isinstance(stage, RL)
    return stage


def at(settings: object, path: str) -> object:
    for part in path.split("."):
        settings = settings[int(part)] if isinstance(settings, list) else settings[part]  # type: ignore[index]
    return settings


def test_description_survives_json_and_names_every_class():
    settings = describe(RECIPE)
    assert json.loads(json.dumps(settings)) == settings
    assert next(iter(settings)) == "kind"
    loss = {"kind": "PPOClip", "eps_low": 0.2, "eps_high": 0.2}
    assert at(settings, "stages.1.algorithm.loss") == loss
    assert at(settings, "stages.1.env") == {"kind": "SingleTurn", "system": "", "after": []}
    assert at(settings, "stages.0.sources.0.family.operations") == [1, 4]
    assert at(settings, "stages.1.curriculum.weights") == [["chain", 2.0], ["sort", 1.0]]


def test_description_is_the_same_twice():
    assert json.dumps(describe(RECIPE)) == json.dumps(describe(RECIPE))


@pytest.mark.parametrize(
    ("path", "text", "value"),
    [
        ("seed", "7", 7),
        ("model", "7", "7"),
        ("model", "'some dir'", "some dir"),
        ("stages.rl-math.steps", "60", 60),
        ("stages.1.steps", "60", 60),
        ("stages.1.steps", " 60 ", 60),
        ("stages.rl-math.optimizer.learning_rate", "3e-4", 3e-4),
        ("stages.rl-math.optimizer.learning_rate", "1", 1.0),
        ("stages.rl-math.optimizer.betas", "(0.8, 0.9)", [0.8, 0.9]),
        ("stages.rl-math.optimizer.betas", "0.8,0.9", [0.8, 0.9]),
        ("stages.rl-math.optimizer.betas", "[0.8,0.9]", [0.8, 0.9]),
        ("stages.rl-math.optimizer.betas.1", "0.5", 0.5),
        ("stages.rl-math.algorithm.loss.eps_high", "0.3", 0.3),
        ("stages.rl-math.algorithm.rewards.0.value", "2.5", 2.5),
        ("stages.rl-math.keep_optimizer", "TRUE", True),
        ("stages.rl-math.curriculum.weights.1.1", "0.25", 0.25),
        ("stages.rl-math.curriculum.weights", "('chain',1.0),('lin',3.0)", [["chain", 1.0], ["lin", 3.0]]),
        ("stages.curate.sources.0.family.operations", "2,3", [2, 3]),
        ("stages.curate.sources.0.train", "9", 9),
        ("stages.after.sampling.temperature", "0.6", 0.6),
    ],
)
def test_override_sets_what_the_text_says(path: str, text: str, value: object):
    changed = override(RECIPE, path, text)
    index = path.replace("rl-math", "1").replace("curate", "0").replace("after", "2")
    assert at(describe(changed), index) == value
    assert type(at(describe(changed), index)) is type(value)


def test_override_changes_nothing_else():
    changed = describe(override(RECIPE, "stages.rl-math.algorithm.loss.eps_high", "0.3"))
    loss = at(changed, "stages.1.algorithm.loss")
    assert isinstance(loss, dict)
    loss["eps_high"] = 0.2
    assert changed == describe(RECIPE)


@given(rate=st.floats(allow_nan=False, allow_infinity=False))
def test_any_number_a_person_can_print_is_read_exactly(rate: float):
    assert rl(override(RECIPE, "stages.1.optimizer.weight_decay", repr(rate))).optimizer.weight_decay == rate


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("stages.rl-math.algorithm.loss.eps_hi", "PPOClip has no field 'eps_hi'.*Did you mean eps_high"),
        (
            "stages.rl-maths.steps",
            "no item 'rl-maths' at stages.*Did you mean rl-math.*curate, rl-math, after",
        ),
        ("stages.7.steps", "no item '7' at stages"),
        ("stages.-1.steps", "no item '-1' at stages"),
        ("sed", "Recipe has no field 'sed'.*Did you mean seed.*Known: name, summary, model, seed, stages"),
        ("stages.rl-math.steps.more", "stages.rl-math.steps is 4 and has no fields"),
        ("stages.rl-math.env.x", "SingleTurn has no field .x."),
        ("stages.rl-math.optimizer.betas.2", "no item '2' at stages.rl-math.optimizer.betas.*Known: 0, 1"),
        ("", "Recipe has no field ''"),
        ("stages..steps", "no item '' at stages"),
    ],
)
def test_an_unknown_field_is_answered_with_the_known_ones(path: str, words: str):
    with pytest.raises(ConfigError, match=words):
        override(RECIPE, path, "1")


@pytest.mark.parametrize(
    ("path", "text", "words"),
    [
        ("stages.rl-math.steps", "many", "got 'many', wanted int, as in 4"),
        ("stages.rl-math.steps", "1.5", "wanted int"),
        ("stages.rl-math.steps", "true", "wanted int"),
        ("stages.rl-math.steps", "none", "wanted int"),
        ("stages.rl-math.optimizer.learning_rate", "fast", "wanted float, as in 0.001"),
        ("stages.rl-math.optimizer.betas", "0.9", r"wanted tuple\[float, float\]"),
        ("stages.rl-math.keep_optimizer", "1", "wanted bool"),
        (
            "stages.rl-math.algorithm.loss",
            "1",
            "is a PPOClip: set a field within it. Its fields: eps_low, eps",
        ),
        ("stages.rl-math.algorithm.advantage", "1", "is a Standardized.*Its fields: eps"),
        ("stages.rl-math.env", "Other", "is a SingleTurn: set a field within it"),
        ("stages.curate.sources", "1", "cannot set stages.curate.sources: got '1'"),
        ("stages", "()()", "cannot set stages"),
        ("stages.curate.sources.0.family.operations", "4,1", "operations"),
    ],
)
def test_a_wrong_value_is_refused(path: str, text: str, words: str):
    with pytest.raises(ConfigError, match=words):
        override(RECIPE, path, text)


def test_every_described_setting_can_be_addressed():
    """What `show recipe` prints is what --set takes: setting a value to itself gives the same recipe."""
    for path, value in _leaves(describe(RECIPE), ()):
        if isinstance(value, int | float | str) and not str(value).startswith("parnassus."):
            assert override(RECIPE, ".".join(path), str(value)) == RECIPE, path


def test_a_choice_that_is_none_of_the_known_ones_is_refused():
    path = "stages.rl-math.verifier.answers.policy.units"
    with pytest.raises(ConfigError, match=r"got 'optionall'\. Did you mean optional\? Known: .*optional"):
        override(RECIPE, path, "optionall")


def _leaves(settings: object, path: tuple[str, ...]) -> list[tuple[tuple[str, ...], object]]:
    if isinstance(settings, dict):
        pairs = [(key, value) for key, value in settings.items() if key != "kind"]
    elif isinstance(settings, list):
        pairs = [(str(index), value) for index, value in enumerate(settings)]
    else:
        return [(path, settings)]
    return [leaf for key, value in pairs for leaf in _leaves(value, (*path, str(key)))]


def test_pieces_that_cannot_be_written_down_are_refused():
    unprintable = Algorithm(
        rewards=(),
        admit=(),
        advantage=object(),
        weighting=lambda s: s.reward,
        loss=grpo().loss,  # type: ignore
    )
    bad = Recipe(name="x", summary="", model="", seed=0, stages=(unprintable,))  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="a recipe may hold"):
        describe(bad)
