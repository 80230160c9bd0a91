"""What a recipe asks may fail: an engine dies between two turns, judges talk nonsense."""

import random
from dataclasses import dataclass, replace

import pytest

from parnassus.curation.directory import DROPPED, CurationDir
from parnassus.engines.embedded import EmbeddedEngine
from parnassus.enrich.stand_ins import Judge
from parnassus.recipes.find import find
from parnassus.recipes.recipe import Recipe, StandIn
from parnassus.recipes.smoke import smoke
from parnassus.rundir.directory import RunDir
from parnassus.runner import run


def tokens(done: RunDir) -> list[tuple[int, ...]]:
    """Of the last batch. Metrics may differ in their last digits: which script ends first decides which rows
    are multiplied together."""
    return [m.trajectory.tokens for g in done.rollouts("rl", 2) for m in g.members]


class Dying:
    """Lets the engine die in the second step of a stage."""

    def __init__(self, monkeypatch, stage: str):
        self.stage, self.now, self.seen, self.steps = stage, "", 0, 0
        living = EmbeddedEngine._step

        def step(engine):
            if self.now == stage and self.seen == 1:
                self.steps += 1
                if self.steps >= 30:
                    raise RuntimeError("the engine is gone")
            return living(engine)

        monkeypatch.setattr(EmbeddedEngine, "_step", step)

    def begin_stage(self, name, kind, steps):
        self.now, self.seen = name, 0

    def row(self, row):
        self.seen += 1

    def __getattr__(self, name):
        return lambda *_: None


def test_a_run_goes_on_after_its_engine_died_between_two_turns(skilled, nobody, tmp_path, monkeypatch):
    recipe = replace(smoke(find("r1-code-interpreter")), model=skilled)
    whole = run(recipe, tmp_path / "whole", nobody)
    with monkeypatch.context() as patched:
        dying = Dying(patched, "rl")
        with pytest.raises(RuntimeError, match="the engine is gone"):
            run(recipe, tmp_path / "cut", dying, snapshot_seconds=0.0)
        assert dying.steps >= 30
    cut = run(recipe, tmp_path / "cut", nobody)
    assert cut.visits() == whole.visits()
    assert tokens(cut) == tokens(whole)
    assert any(m.trajectory.turns > 1 for g in cut.rollouts("rl", 2) for m in g.members)


@dataclass(frozen=True, kw_only=True)
class Babbling(Judge):
    """Says what is no vote."""

    def _said(self, asked: str, rng: random.Random) -> str | None:
        return rng.choice(["", "Verdict: perhaps", "keep", "{" * 500, "\x00"])


def babbled(share: int) -> Recipe:
    """`share` of the two judges babble."""
    recipe = smoke(find("skywork-or1"))
    changed = tuple(
        StandIn(one.name, Babbling(families=one.answerer.families)) if at < share else one
        for at, one in enumerate(recipe.stand_ins)
    )
    return replace(recipe, stand_ins=changed)


def test_judges_that_talk_nonsense_are_counted_and_keep_nothing(skilled, nobody, tmp_path):
    done = run(replace(babbled(2), model=skilled), tmp_path, nobody)
    [row] = done.metrics("curate")
    chains = row["counts"]["chain"]
    assert (chains["train"], chains["too few votes"]) == (0, 48)
    assert row["counts"]["guards"]["train"] > 0
    votes = [one["row"]["stats"] for one in CurationDir(done.curation("curate")).rows(DROPPED) if one["row"]]
    assert {stats["unreadable_votes"] for stats in votes if "votes" in stats} == {32.0}
