"""The words of a row, whatever kind of stage it is of; and a real run of a kind that few recipes have."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

import pytest

from parnassus.algorithms.preferences import Pairs
from parnassus.cli.progress import Lines
from parnassus.cli.words import headline
from parnassus.curation.stage import Curate
from parnassus.data.drawing import Generated
from parnassus.data.families.chain import Chain
from parnassus.recipes.recipe import Recipe, Stage
from parnassus.runner import run
from parnassus.train.optimizer import AdamW
from parnassus.train.reward_model import RewardModel
from parnassus.types import Outcome, Problem, Sampling, Sandbox, Verdict

SECONDS = {"seconds": {"update": 0.5}, "tokens": 1000}
ROWS: Mapping[str, tuple[dict[str, object], str]] = {  # by kind: what a row of it has, and its words
    "curate": ({"counts": {"chain": {"train": 12, "held_out": 3}}}, "12 problems to train on, 3 held out"),
    "sft": ({"loss": 0.5, "entropy": 0.25, **SECONDS}, "loss 0.500  entropy 0.250  2,000 tokens/s"),
    "rl": (
        {"loss": 9.0, "reward": 0.5, "correct": 0.25, "entropy": 1.0, **SECONDS},
        "reward 0.500  pass@1 0.250  entropy 1.000  2,000 tokens/s",
    ),
    "rewardmodel": (
        {"loss": 0.5, "pair_accuracy": 0.75, "grad_norm": 9.0, "seconds": {"update": 1.0}},
        "loss 0.500  pairs right 0.750",
    ),
    "evaluate": ({"average": {"math": 0.5}}, "math 0.500"),
}


@pytest.mark.parametrize("kind", [kind.__name__.lower() for kind in get_args(Stage)])
def test_every_kind_of_stage_has_its_words(kind: str) -> None:
    row, words = ROWS[kind]  # a kind that is not there wants words of its own
    assert headline({"kind": kind, **row}) == words


def test_a_kind_without_words_ends_no_run() -> None:
    assert headline({"kind": "later", "loss": 0.5, **SECONDS}) == "2,000 tokens/s"
    assert headline({"kind": "later", "loss": 0.5}) == ""


def test_pairs_held_out_are_told_where_they_were_measured() -> None:
    row, words = ROWS["rewardmodel"]
    assert headline({"kind": "rewardmodel", **row, "held_out_accuracy": 0.6}) == f"{words}  held out 0.600"


@dataclass(frozen=True)
class Longer:
    """Longer responses are better ones: two of any length make a pair."""

    async def __call__(self, problem: Problem, response: str, sandbox: Sandbox) -> Verdict:
        return Verdict(Outcome.WRONG, min((1 + len(response)) / 1000, 1.0))


def test_a_run_with_a_reward_model_is_told_line_by_line(tmp_path, capsys: pytest.CaptureFixture[str]) -> None:
    ranks = RewardModel(
        name="judge",
        steps=3,
        batch=4,
        prompts=6,
        samples=4,
        sampling=Sampling(max_tokens=12),
        pairs=Pairs(best=0.0, gap=0.001),
        held_out=0.3,
        optimizer=AdamW(learning_rate=1e-3),
        verifier=Longer(),
    )
    curate = Curate(sources=(Generated(family=Chain((1, 1)), train=8, held_out=2, demonstrations=8),))
    small = Recipe(name="small", summary="for tests", model="builtin:tiny", seed=3, stages=(curate, ranks))
    run(small, tmp_path, Lines(["curate", "judge"]))
    said = [line for line in capsys.readouterr().out.splitlines() if line.startswith("judge")]
    assert [line.split()[1] for line in said[1:-1]] == ["1/3", "2/3", "3/3"]
    assert all("loss 0." in line and "pairs right" in line for line in said[1:-1])
    assert "held out" in said[-2]
