"""A judge that fails during a run: what the run learns, counts and keeps, and when it stops."""

import math
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from parnassus.algorithms.grpo import grpo
from parnassus.cli.progress import Quiet
from parnassus.curation.stage import Curate
from parnassus.curriculum.mixture import Mixture
from parnassus.data.drawing import Generated
from parnassus.data.families.chain import Chain
from parnassus.errors import ConfigError, JudgingError, TrainingError
from parnassus.recipes.recipe import Recipe
from parnassus.rundir.directory import RunDir, read_run
from parnassus.runner import run
from parnassus.train.optimizer import AdamW
from parnassus.train.rl import RL
from parnassus.types import Breakage, Outcome, Problem, Sampling, Sandbox, Trajectory, Verdict

ASKED: Counter[tuple[str, str]] = Counter()


@dataclass(frozen=True)
class Brief:
    """A reward that a model without any skill can tell apart: fewer tokens are better."""

    def __call__(self, trajectory: Trajectory, verdict: Verdict) -> float:
        return -trajectory.num_sampled / 10


@dataclass(frozen=True)
class Endless:
    """A reward with a mistake in it."""

    def __call__(self, trajectory: Trajectory, verdict: Verdict) -> float:
        return math.inf


@dataclass(frozen=True)
class Judge:
    """Fails on the responses of every `every`-th length, `times` times each."""

    every: int = 10**9
    times: int = 10**9

    async def __call__(self, problem: Problem, response: str, sandbox: Sandbox) -> Verdict:
        ASKED[problem.id, response] += 1
        if len(response) % self.every == 0 and ASKED[problem.id, response] <= self.times:
            return Verdict(Outcome.BROKEN, 0.0, "out of paper", Breakage.JUDGE)
        return Verdict(Outcome.WRONG, 0.0)


def recipe(**changes: object) -> Recipe:
    stage = RL(
        name="rl",
        steps=3,
        prompts=5,
        group_size=4,
        curriculum=Mixture((("chain", 1.0),)),
        algorithm=grpo(Brief()),
        verifier=Judge(),
        sampling=Sampling(max_tokens=12),
        optimizer=AdamW(learning_rate=1e-3),
    )
    source = Generated(family=Chain((1, 1)), train=30, held_out=5, demonstrations=0)
    stages = (Curate(sources=(source,)), replace(stage, **changes))
    return Recipe(name="small", summary="for tests", model="builtin:tiny", seed=3, stages=stages)


def ran(path: Path, **changes: object) -> RunDir:
    ASKED.clear()
    return run(recipe(**changes), path, Quiet())


def numbers(directory: RunDir) -> list[dict]:
    timing = ("seconds", "cpu_seconds", "elapsed")
    return [{k: v for k, v in row.items() if k not in timing} for row in directory.metrics()]


@pytest.fixture(scope="module")
def sound(tmp_path_factory) -> RunDir:
    return ran(tmp_path_factory.mktemp("runs") / "sound")


def test_failures_that_another_try_mends_change_no_number(sound: RunDir, tmp_path: Path):
    mended = ran(tmp_path / "mended", verifier=Judge(every=2, times=2))
    assert max(ASKED.values()) >= 3
    assert numbers(mended) == numbers(sound)


def test_what_broke_is_kept_counted_and_not_learnt_from(tmp_path: Path):
    lossy = ran(tmp_path / "lossy", verifier=Judge(every=2), broken_limit=1.0)
    for row in (r for r in lossy.metrics() if r["kind"] == "rl"):
        groups = lossy.rollouts("rl", int(str(row["step"])))
        members = [m for group in groups for m in group.members]
        broken = [m for m in members if m.verdict.outcome is Outcome.BROKEN]
        assert broken
        assert len(members) == 20
        assert row["breakages"] == {"judge": len(broken)}
        assert row["broken"] == len(broken) / 20
        known = [m.reward for m in members if m not in broken]
        assert row["reward"] == pytest.approx(sum(known) / len(known))
        alone = [g for g in groups if sum(m not in broken for m in g.members) < 2]
        assert row["dropped"].get("too_few_judged", 0) == len(alone)  # type: ignore[attr-defined]
        trained = sum(
            m.trajectory.num_sampled
            for g in groups
            if g not in alone and len({m.reward for m in g.members if m not in broken}) > 1
            for m in g.members
            if m not in broken
        )
        assert row.get("tokens_trained", 0) == trained


def test_too_much_of_it_stops_the_run_and_leaves_the_evidence(tmp_path: Path):
    with pytest.raises(JudgingError, match=r"stage 'rl': 20 of the last 20 .*\(judge: 20\).*out of paper"):
        ran(tmp_path / "run", verifier=Judge(every=1))
    left = read_run(tmp_path / "run")
    assert "rl" not in left.finished()
    (row,) = (r for r in left.metrics() if r["kind"] == "rl")
    assert row["breakages"] == {"judge": 20}
    assert "reward" not in row  # there is none, not even a zero
    assert {m.verdict.detail for g in left.rollouts("rl", 1) for m in g.members} == {
        "out of paper (asked 3 times)"
    }


def test_small_steps_are_taken_together(tmp_path: Path):
    """A step has 20 responses, of which about a third break: below 10 of 100 in the first, above in the next
    ones."""
    with pytest.raises(JudgingError, match=r"of the last (40|60) responses"):
        ran(tmp_path / "run", verifier=Judge(every=3))


def test_without_a_limit_it_goes_on_and_learns_nothing(tmp_path: Path):
    done = ran(tmp_path / "run", verifier=Judge(every=1), broken_limit=1.0)
    assert done.finished()["rl"].reason == "all 3 steps done, no update: every group was refused"
    rows = [row for row in done.metrics() if row["kind"] == "rl"]
    assert [row["dropped"] for row in rows] == [{"too_few_judged": 5}] * 3


def test_a_reward_that_is_no_number_is_named(tmp_path: Path):
    with pytest.raises(TrainingError, match=r"'endless' gave inf for a response to chain/\w+ \(wrong"):
        ran(tmp_path / "run", algorithm=grpo(Brief(), Endless()))


@pytest.mark.parametrize("limit", [-0.1, 1.1, math.nan])
def test_a_limit_is_a_share(limit: float):
    with pytest.raises(ConfigError, match=r"RL: broken_limit=.* must be in \[0, 1\]"):
        recipe(broken_limit=limit)


def test_two_terms_of_a_name_are_refused_when_the_recipe_is_made():
    with pytest.raises(ConfigError, match="2 reward terms are named 'brief'"):
        recipe(algorithm=grpo(Brief(), Brief()))
