"""An evaluation whose judge fails: averages over what was judged, the rest counted, and a limit."""

import math
from dataclasses import dataclass
from pathlib import Path

import pytest

from parnassus.cli.progress import Quiet
from parnassus.curation.stage import Curate
from parnassus.data.drawing import Generated
from parnassus.data.families.chain import Chain
from parnassus.errors import ConfigError, JudgingError
from parnassus.evaluation.run import Evaluate, summarize
from parnassus.recipes.recipe import Recipe
from parnassus.rundir.directory import read_run
from parnassus.runner import run
from parnassus.types import (
    Answer,
    Breakage,
    Group,
    Outcome,
    Problem,
    Sampling,
    Sandbox,
    Scored,
    Stop,
    Trajectory,
    Verdict,
)

RIGHT, WRONG = Verdict(Outcome.CORRECT, 1.0), Verdict(Outcome.WRONG, 0.0)
DEAD = Verdict(Outcome.BROKEN, 0.0, "died", Breakage.SANDBOX)
LATE = Verdict(Outcome.BROKEN, 0.0, "9^9", Breakage.TIMEOUT)


def group(source: str, *verdicts: Verdict) -> Group:
    problem = Problem(f"{source}/1", (), Answer("1"), "math", source)
    trajectory = Trajectory(problem, (1, 2), (False, True), (0.0, -1.0), "", 1, Stop.FINISHED, 0)
    return Group(problem, tuple(Scored(trajectory, v, v.score, {}) for v in verdicts))


def test_estimates_are_over_the_judged_samples_and_the_others_are_counted():
    groups = [
        group("a", RIGHT, DEAD, WRONG),
        group("a", RIGHT, RIGHT, RIGHT),
        group("b", DEAD, LATE, DEAD),  # a problem of which nothing is known
        group("b", WRONG, LATE, WRONG),
    ]
    math_, a, b = summarize(groups)
    assert (math_.source, a.source, b.source) == (None, "a", "b")
    assert a.estimate.mean == 0.75  # of 1/2 and 1; a zero for the broken one would make it 2/3
    assert (b.estimate.mean, b.estimate.problems) == (0.0, 1)
    assert (math_.estimate.mean, math_.estimate.problems) == (0.5, 3)
    assert (math_.responses, math_.breakages) == (12, {"sandbox": 3, "judge timeout": 2})
    assert (a.responses, a.breakages) == (6, {"sandbox": 1})
    assert b.breakages == {"sandbox": 2, "judge timeout": 2}


def test_a_source_of_which_nothing_is_known_has_no_score():
    with pytest.raises(JudgingError, match=r"none of the 2 responses to problems of b .*sandbox: 1.*died"):
        summarize([group("a", RIGHT, WRONG), group("b", DEAD, LATE)])


@dataclass(frozen=True)
class Judge:
    """Fails on all responses whose length is a multiple of `every`."""

    every: int

    async def __call__(self, problem: Problem, response: str, sandbox: Sandbox) -> Verdict:
        return DEAD if len(response) % self.every == 0 else WRONG


def evaluated(path: Path, every: int, **changes: float):
    sampling = Sampling(max_tokens=12)
    stage = Evaluate(name="after", samples=4, sampling=sampling, verifier=Judge(every), **changes)  # type: ignore[arg-type]
    curate = Curate(sources=(Generated(family=Chain((1, 1)), train=30, held_out=10, demonstrations=0),))
    recipe = Recipe(name="small", summary="", model="builtin:tiny", seed=3, stages=(curate, stage))
    return run(recipe, path, Quiet())


def test_the_run_says_how_many_could_not_be_judged(tmp_path: Path):
    done = evaluated(tmp_path, every=3, broken_limit=0.9)
    broken = [m for g in done.rollouts("after", 0) for m in g.members if m.verdict.outcome is Outcome.BROKEN]
    assert 0 < len(broken) < 40
    assert all(r["breakages"] == {"sandbox": len(broken)} for r in done.evaluation("after", dict))
    (row,) = (row for row in done.metrics() if row["kind"] == "evaluate")
    assert row["breakages"] == {"sandbox": len(broken)}


def test_too_many_stop_the_evaluation_and_leave_the_evidence(tmp_path: Path):
    with pytest.raises(JudgingError, match=r"stage 'after': 40 of the last 40 .*\(sandbox: 40\)"):
        evaluated(tmp_path, every=1)
    left = read_run(tmp_path)
    assert "after" not in left.finished()
    assert len(left.rollouts("after", 0)) == 10


@pytest.mark.parametrize("limit", [-0.1, 1.1, math.nan])
def test_a_limit_is_a_share(limit: float):
    with pytest.raises(ConfigError, match=r"Evaluate: broken_limit=.* must be in \[0, 1\]"):
        Evaluate(name="after", sampling=Sampling(max_tokens=8), broken_limit=limit)
