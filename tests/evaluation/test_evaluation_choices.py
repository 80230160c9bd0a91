"""An evaluation in a run: a reward model of an earlier stage chooses; positions beyond those trained on."""

import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from parnassus.algorithms.preferences import Pairs
from parnassus.cli.progress import Quiet
from parnassus.curation.stage import Curate
from parnassus.data.drawing import Generated
from parnassus.data.families.guards import Guards
from parnassus.errors import ConfigError
from parnassus.evaluation.best_of_n import BestOfN, Choice
from parnassus.evaluation.run import Evaluate, Result
from parnassus.models.scorer import all_scores, read_scorer
from parnassus.models.tiny import CONTEXT
from parnassus.models.yarn import Yarn
from parnassus.recipes.check import check
from parnassus.recipes.recipe import Recipe
from parnassus.rundir.directory import RunDir
from parnassus.runner import run
from parnassus.train.optimizer import AdamW
from parnassus.train.reward_model import RewardModel
from parnassus.train.sft import SFT
from parnassus.types import Sampling

SHORT = Sampling(max_tokens=40)
ADAM = AdamW(learning_rate=3e-3)
CURATE = Curate(sources=(Generated(family=Guards((2, 2)), train=40, held_out=12, demonstrations=900),))
WARM_UP = SFT(name="warm-up", steps=100, batch=32, optimizer=ADAM)
JUDGE = RewardModel(
    name="judge", steps=20, batch=16, prompts=30, samples=6, sampling=SHORT, pairs=Pairs(0.3, 0.2),
    held_out=0.3, optimizer=ADAM,
)  # fmt: skip
CHOOSE = Evaluate(
    name="choose", samples=4, sampling=SHORT, best_of=BestOfN(reward_model="judge", counts=(1, 4))
)
SMALL = Recipe(
    name="small", summary="", model="builtin:tiny", seed=1, stages=(CURATE, WARM_UP, JUDGE, CHOOSE)
)


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> RunDir:
    return run(SMALL, tmp_path_factory.mktemp("choices") / "run", Quiet())


def test_the_reward_model_of_the_run_chooses(done: RunDir):
    groups = done.rollouts("choose", 0)
    model, *_ = read_scorer(done.checkpoint("judge"), torch.device("cpu"))
    right: dict[int, list[float]] = {1: [], 4: []}
    for group in groups:
        told = [float(all_scores(model, [m.trajectory.tokens], 1)) for m in group.members]
        assert [m.reward for m in group.members] == pytest.approx(told, abs=1e-5)
        for count, found in right.items():
            found.append(float(group.members[told.index(max(told[:count]))].correct))
    assert len({m.reward for g in groups for m in g.members}) > 20
    whole = {c.count: c for c in done.best_of("choose", Choice) if c.source is None}
    assert {n: c.reward_model.mean for n, c in whole.items()} == pytest.approx(
        {n: sum(found) / len(groups) for n, found in right.items()}
    )
    (result, _) = done.evaluation("choose", Result)
    assert whole[4].mean == result.estimate
    (row,) = done.metrics("choose")
    assert isinstance(row["seconds"], dict)
    assert row["seconds"].keys() == {"rollout", "score", "record"}


def test_the_samples_are_those_of_an_evaluation_in_which_nobody_chooses(done: RunDir, tmp_path: Path):
    plain = replace(SMALL, stages=(CURATE, WARM_UP, replace(CHOOSE, best_of=None)))
    other = run(plain, tmp_path / "run", Quiet())
    assert other.evaluation("choose", Result) == done.evaluation("choose", Result)
    assert other.best_of("choose", Choice) == []
    one, two = (
        [m.trajectory.tokens for g in of.rollouts("choose", 0) for m in g.members] for of in (done, other)
    )
    assert one == two


def test_what_the_scores_are_worth_is_kept_beside_the_model(done: RunDir):
    last = [row for row in done.metrics("judge") if "reliability" in row][-1]
    accuracy = last["held_out_accuracy"]
    assert isinstance(accuracy, float)
    assert f'"held_out_accuracy": {accuracy}' in (done.checkpoint("judge") / "scores.json").read_text()
    error = last["held_out_calibration_error"]
    assert isinstance(error, float)
    assert 0 <= error < 0.5
    assert math.isfinite(error)


def test_a_reward_model_must_have_been_trained_before():
    with pytest.raises(ConfigError, match=r"'choose' wants the reward model of stage 'judge'.*: none"):
        check(replace(SMALL, stages=(CURATE, WARM_UP, CHOOSE, JUDGE)))


def test_with_yarn_there_is_room_beyond_the_models_context(tmp_path: Path):
    """Of a model that knows nothing, answers have no end but the limit."""
    long = Evaluate(name="long", sampling=Sampling(max_tokens=CONTEXT + 40, temperature=0.0), prompt_limit=60)
    curate = Curate(sources=(Generated(family=Guards((2, 2)), train=1, held_out=2, demonstrations=0),))
    plain = replace(SMALL, stages=(curate, long))
    with pytest.raises(ConfigError, match="is the model's whole context of 1,024"):
        run(plain, tmp_path / "plain", Quiet())
    far = replace(plain, stages=(curate, replace(long, yarn=Yarn(2.0, CONTEXT))))
    done = run(far, tmp_path / "far", Quiet())
    lengths = [m.trajectory.num_sampled for g in done.rollouts("long", 0) for m in g.members]
    assert max(lengths) == CONTEXT + 40
    near = replace(long, sampling=Sampling(max_tokens=60, temperature=0.0))
    told = []
    for name, stage in (("near", near), ("near-yarn", replace(near, yarn=Yarn(2.0, CONTEXT)))):
        of = run(replace(plain, stages=(curate, replace(stage, name="e"))), tmp_path / name, Quiet())
        told.append([m.trajectory.logprobs for g in of.rollouts("e", 0) for m in g.members])
    assert told[0] != told[1]  # it is no plain model with more room
