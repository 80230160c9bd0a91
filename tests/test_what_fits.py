"""What does not fit a stage is found as soon as there is data, or before anything runs."""

from dataclasses import replace

import pytest
from test_runner import Watcher, recipe

from parnassus.curriculum.epochs import Epochs
from parnassus.curriculum.mixture import Mixture
from parnassus.errors import ConfigError, DataError
from parnassus.rundir.directory import read_run
from parnassus.runner import run
from parnassus.types import Sampling

LONG, NOWHERE = Sampling(max_tokens=1020), Mixture((("chian", 1.0),))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"prompt_limit": 4}, "prompt_limit is 4"),
        ({"sampling": LONG}, "more than the model's context of 1024"),
        ({"curriculum": NOWHERE}, "wants problems of source 'chian'"),
    ],
)
def test_what_cannot_fit_is_found_as_soon_as_there_is_data(tmp_path, change, message):
    curate, sft, rl, after = recipe().stages
    with pytest.raises((DataError, ConfigError), match=message):
        run(recipe(stages=(curate, sft, replace(rl, **change), after)), tmp_path, Watcher())
    assert read_run(tmp_path).finished() == {}


def test_training_problems_that_do_not_fit_are_counted_and_left_out(tmp_path):
    """A prompt of guards is longer than one of a chain."""
    curate, sft, rl, after = recipe().stages
    fits = replace(rl, steps=1, prompt_limit=7, curriculum=Epochs())
    watcher = Watcher()
    done = run(recipe(stages=(curate, replace(sft, steps=1), fits, after)), tmp_path, watcher)
    assert {problem.source for problem in done.problems("train")} == {"chain"}
    assert {problem.source for problem in done.problems("held_out")} == {"chain", "guards"}
    [row] = done.metrics("curate")
    assert (row["counts"]["guards"]["train"], row["counts"]["guards"]["prompt too long"]) == (0, 20)
    assert any("curate: 20 training problems are left out: prompt too long" in n for n in watcher.notes)


def test_answers_as_long_as_the_context_are_refused_before_anything_runs(tmp_path):
    curate, sft, rl, after = recipe().stages
    whole = replace(rl, sampling=Sampling(max_tokens=1024))
    with pytest.raises(ConfigError, match=r"stage 'rl': max_tokens=1,024 is the model's whole context"):
        run(recipe(stages=(curate, sft, whole, after)), tmp_path / "run", Watcher())
    assert not list(tmp_path.iterdir())
