"""What a stage may change, hand over and end by: seen in the rows and files of real runs of a small model."""

import math
from dataclasses import dataclass, replace
from statistics import fmean

import pytest
from test_runner import SHORT, Brief, Watcher, recipe

from parnassus.algorithms.controls import ScheduledKL
from parnassus.algorithms.grpo import grpo, published
from parnassus.algorithms.losses import PPOClip
from parnassus.algorithms.preferences import Pairs
from parnassus.algorithms.reinforce_pp import reinforce_pp
from parnassus.algorithms.rewards import AnswerTags, Correct, PassRate, TrainedScore, Unless
from parnassus.curation.stage import Curate
from parnassus.curriculum.changes import Change
from parnassus.curriculum.mixture import Mixture
from parnassus.curriculum.triggers import AfterSteps
from parnassus.data.drawing import Generated
from parnassus.data.families.chain import Chain
from parnassus.data.families.guards import Guards
from parnassus.data.families.sort import Sort
from parnassus.errors import ConfigError
from parnassus.recipes.check import check
from parnassus.rundir.directory import RunDir, read_run
from parnassus.runner import run
from parnassus.train.optimizer import AdamW
from parnassus.train.reward_model import RewardModel
from parnassus.train.rl import BASE
from parnassus.train.state import TrainerState
from parnassus.types import Group

CURATE, WARM_UP, RL, _ = recipe().stages
SHORTER = replace(RL, algorithm=grpo(Brief()), steps=4)  # where there is always something to learn


def stages(*more, **changes):
    return recipe(stages=(CURATE, replace(WARM_UP, steps=5), replace(SHORTER, **changes), *more))


def rl_rows(done: RunDir) -> list[dict]:
    return [dict(row) for row in done.metrics() if row["stage"] == "rl"]


def test_a_source_whose_share_is_nothing_is_told(tmp_path):
    watcher = Watcher()
    wide = Mixture((("chain", 20.0), ("sort", 1.0)))
    sources = tuple(
        Generated(family=family, train=30, held_out=4, demonstrations=20)
        for family in (Chain((1, 1)), Sort())
    )
    curate = Curate(sources=sources)
    run(
        recipe(stages=(curate, replace(WARM_UP, steps=1), replace(SHORTER, steps=1, curriculum=wide))),
        tmp_path,
        watcher,
    )
    assert "rl never draws sort: of 6 prompts their share is 0" in watcher.notes


def test_a_change_acts_from_the_next_step_and_its_reason_is_kept(tmp_path):
    change = Change(AfterSteps(2), temperature=0.5, group_size=6, max_tokens=20)
    done = run(stages(changes=(change,)), tmp_path, Watcher())
    rows = rl_rows(done)
    assert [(row["temperature"], row["group_size"], row["max_tokens"]) for row in rows] == [
        (1.0, 4, 40), (1.0, 4, 40), (0.5, 6, 20), (0.5, 6, 20)
    ]  # fmt: skip
    assert [row["trajectories"] for row in rows] == [24, 24, 36, 36]
    assert [list(row["changes"]) for row in rows] == [[], [], ["1"], ["1"]]
    assert "after step 2" in rows[2]["changes"]["1"]
    lengths = [m.trajectory.num_sampled for g in done.rollouts("rl", 4) for m in g.members]
    assert max(lengths) <= 20
    assert "after step 2" in (tmp_path / "report.html").read_text()


def test_time_before_an_interruption_counts(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        run(stages(), tmp_path, Watcher(stop_at=("rl", 3)), snapshot_seconds=0.0)
    done = run(stages(), tmp_path, Watcher())
    elapsed = [row["elapsed"] for row in rl_rows(done)]
    spent = [sum(row["seconds"].values()) for row in rl_rows(done)]
    assert elapsed == pytest.approx([sum(spent[: n + 1]) for n in range(4)], abs=1e-2)
    assert done.finished()["rl"].wall_seconds >= sum(spent)


def test_a_stage_that_takes_over_the_optimiser_counts_its_updates_on(tmp_path):
    second = replace(SHORTER, name="more", steps=1, keep_optimizer=True)
    done = run(stages(second), tmp_path, Watcher())
    versions = {m.trajectory.policy_version for g in done.rollouts("more", 1) for m in g.members}
    assert versions == {4}


@dataclass(frozen=True)
class EveryOther:
    """Refuses the groups of every other problem."""

    def __call__(self, group: Group) -> str | None:
        return "odd" if int(group.problem.id[-1], 16) % 2 else None


def test_a_step_draws_again_until_it_has_enough_and_leaves_the_surplus(tmp_path):
    picky = replace(SHORTER.algorithm, admit=(EveryOther(),))
    done = run(stages(algorithm=picky, train_groups=5, refill=3), tmp_path, Watcher())
    draws = 0
    for row in rl_rows(done):
        sampled = row["trajectories"] // 4
        assert sampled % 6 == 0
        assert row["groups_trained"] == 5 or sampled == 24
        assert row["groups_trained"] + sum(row["dropped"].values()) == sampled
        assert sampled == 6 or row["groups_trained"] + row["dropped"].get("surplus", 0) - 5 < 6
        draws += sampled // 6
    assert draws > 4  # in 4 steps: some were refilled
    assert rl_rows(done)[-1]["draws"] == draws
    visits = [visit for visit in done.visits() if visit.stage == "rl"]
    assert [visit.draw for visit in visits] == [draw for draw in range(draws) for _ in range(6)]


def test_the_optimisers_moments_may_go_on(tmp_path):
    second = replace(SHORTER, name="more", steps=1, keep_optimizer=True)
    done = run(stages(second), tmp_path / "kept", Watcher())
    assert (done.checkpoint("rl") / "trainer.pt").is_file()
    steps = [
        next(iter(TrainerState.load(done.checkpoint(name)).optimizer["state"].values()))["step"].item()
        for name in ("rl", "more")
    ]
    assert steps == [4, 5]
    anew = run(stages(replace(second, keep_optimizer=False)), tmp_path / "anew", Watcher())
    assert not (anew.checkpoint("rl") / "trainer.pt").exists()
    weights = [run.checkpoint("more") / "model.safetensors" for run in (done, anew)]
    assert weights[0].read_bytes() != weights[1].read_bytes()


def test_the_reference_may_be_that_of_an_earlier_stage(tmp_path):
    held = replace(SHORTER, name="held", steps=1, algorithm=published(Brief()))
    kl = {}
    for reference in (None, "rl", "warm-up", BASE):
        done = run(stages(replace(held, reference=reference)), tmp_path / str(reference), Watcher())
        kl[reference] = next(row["reference_kl"] for row in done.metrics() if row["stage"] == "held")
    assert kl[None] == kl["rl"] == pytest.approx(0.0, abs=1e-9)
    assert 1e-6 < kl["warm-up"] < kl[BASE]


def test_how_far_the_reference_is_is_told_whatever_the_loss(tmp_path):
    """REINFORCE++ pays the distance as a reward; its loss knows no reference."""
    row = rl_rows(run(stages(algorithm=reinforce_pp(Brief()), reference=BASE), tmp_path, Watcher()))[0]
    assert row["reference_kl"] > 1e-3


def test_what_no_stage_leaves_cannot_be_taken_over():
    with pytest.raises(ConfigError, match=r"'held' wants the reference of stage 'gone'.*warm-up, rl"):
        check(stages(replace(SHORTER, name="held", reference="gone")))
    first = recipe(stages=(CURATE, replace(SHORTER, keep_optimizer=True)))
    with pytest.raises(ConfigError, match=r"keeps the optimiser's moments.*there is none"):
        check(first)
    with pytest.raises(ConfigError, match="refill=2 needs train_groups"):
        replace(SHORTER, refill=2)


def test_several_updates_leave_the_ratio_and_are_counted(tmp_path):
    done = run(stages(updates=2, epochs=2, steps=2), tmp_path, Watcher())
    for row in rl_rows(done):
        assert row["updates"] == 4
        assert row["old_logp_source"] == "trainer"
        assert row["ratio"]["p01"] < 1 < row["ratio"]["max"]
        assert row["old_kl"] > 0
        assert 0 < row["effective_samples"] <= 1
        assert row["tokens_trained"] == 2 * row["tokens"]


def test_diagnostics_of_a_step(tmp_path):
    row = rl_rows(run(stages(algorithm=grpo(PassRate()), steps=1, sampling=SHORT), tmp_path, Watcher()))[0]
    assert row["pass_at_k"].keys() == {"1", "2", "4"}
    assert row["pass_at_k"]["1"] == pytest.approx(row["correct"])
    assert row["reflection"].keys() == {"recheck", "hesitation", "exploration"}
    assert 0 <= row["code_share"] <= 1
    assert row["epoch"] == 0


def test_a_reward_model_is_trained_on_the_policys_responses_and_pays_a_later_stage(tmp_path):
    ranks = RewardModel(
        name="judge",
        steps=60,
        batch=16,
        prompts=30,
        samples=6,
        sampling=SHORT,
        pairs=Pairs(best=0.3, gap=0.2),
        optimizer=AdamW(learning_rate=3e-3),
    )
    curate = Curate(sources=(Generated(family=Guards((2, 2)), train=40, held_out=4, demonstrations=900),))
    paid = replace(
        SHORTER,
        steps=2,
        curriculum=Mixture((("guards", 1.0),)),
        algorithm=grpo(Unless(AnswerTags(), TrainedScore("judge"))),  # whose model is found within it
        sampling=SHORT,
    )
    warm = replace(WARM_UP, steps=150)
    done = run(recipe(stages=(curate, warm, ranks, paid)), tmp_path, Watcher())
    rows = [row for row in done.metrics() if row["stage"] == "judge"]
    assert [row["step"] for row in rows] == list(range(1, 61))
    assert rows[0]["pair_accuracy"] == 0.5  # it begins by knowing nothing
    assert rows[0]["loss"] == pytest.approx(math.log(2))
    assert fmean(row["pair_accuracy"] for row in rows[-10:]) > 0.7
    groups = done.rollouts("rl", 1)
    told = [m.parts for group in groups for m in group.members if m.parts]
    assert all(parts.keys() == {"trained_score"} for parts in told)
    values = [parts["trained_score"] for parts in told]
    assert len(set(values)) > 5
    assert max(map(abs, values)) <= 10
    assert done.finished()["judge"].steps == 60
    with pytest.raises(ConfigError, match=r"'rl' wants the reward model of stage 'judge'.*none"):
        check(recipe(stages=(curate, warm, paid, ranks)))


def test_a_schedule_goes_by_the_steps_of_the_stage(tmp_path):
    fading = replace(published(Brief()), loss=PPOClip(), controls=(ScheduledKL(((0, 1.0), (3, 0.0))),))
    done = run(stages(algorithm=fading), tmp_path, Watcher())
    assert [row["controls"]["ScheduledKL.step"] for row in rl_rows(done)] == [0.0, 1.0, 2.0, 3.0]


def test_shares_of_no_advantage_are_told_whatever_the_algorithm_admits(tmp_path):
    everything = replace(SHORTER.algorithm, admit=(), rewards=(Correct(),))
    row = rl_rows(run(stages(algorithm=everything, steps=1), tmp_path, Watcher()))[0]
    equal = [g for g in read_run(tmp_path).rollouts("rl", 1) if len(set(g.rewards)) == 1]
    assert equal
    assert row["zero_advantage"] == pytest.approx(len(equal) / 6)
    assert row["dropped"] == {}


def test_settings_of_the_optimiser_are_the_stages_own(tmp_path):
    own = AdamW(learning_rate=1e-3, betas=(0.5, 0.6), weight_decay=0.3)
    second = replace(SHORTER, name="more", steps=1, keep_optimizer=True, optimizer=own)
    done = run(stages(second), tmp_path, Watcher())
    (group,) = TrainerState.load(done.checkpoint("more")).optimizer["param_groups"]
    assert (group["betas"], group["weight_decay"]) == ((0.5, 0.6), 0.3)
