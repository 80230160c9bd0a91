"""Numbers that training makes on the way, in real but small runs, against plain forward passes in float64."""

import math
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from random import Random
from statistics import fmean, pstdev

import numpy as np
import pytest
import torch
from test_broken_judge import Brief
from test_ranker import groups as scored_groups
from test_ranker import stage as ranks
from transformers import PreTrainedModel

from parnassus.algorithms.grpo import grpo
from parnassus.algorithms.rewards import Correct
from parnassus.cli.progress import Quiet
from parnassus.curation.stage import Curate
from parnassus.curriculum.mixture import Mixture
from parnassus.data.drawing import Generated
from parnassus.data.families.chain import Chain
from parnassus.models.scorer import scorer_from
from parnassus.models.tiny import tiny_model
from parnassus.recipes.recipe import Recipe
from parnassus.rundir.directory import RunDir
from parnassus.runner import run
from parnassus.train.diagnostics import describe_learning
from parnassus.train.learner import Learner
from parnassus.train.optimizer import AdamW, Decay
from parnassus.train.policy import Policy
from parnassus.train.reward_model import Ranker
from parnassus.train.rl import RL
from parnassus.train.sft import SFT
from parnassus.types import Answer, Group, Outcome, Problem, Sampling, Scored, Stop, Trajectory, Verdict

PROBLEM = Problem("p", (), Answer("1"), "math", "test")
MODEL, REFERENCE = tiny_model(0), tiny_model(1)
TEMPERATURE = 0.7
SETTINGS = AdamW(learning_rate=1e-2, clip_norm=1e9)


def member(rng: Random, reward: float) -> Scored:
    prompt, response = rng.randint(1, 5), rng.randint(1, 6)
    tokens = tuple(rng.randrange(6, 90) for _ in range(prompt + response))
    mask = (False,) * prompt + (True,) * response
    logprobs = (0.0,) * prompt + tuple(-4.6 + rng.gauss(0, 0.3) for _ in range(response))
    trajectory = Trajectory(PROBLEM, tokens, mask, logprobs, "", 1, Stop.FINISHED, 0)
    return Scored(trajectory, Verdict(Outcome.CORRECT if reward else Outcome.WRONG, reward), reward, {})


RNG = Random(0)
# Advantages: 0.5 / (deviation + 1e-6), and as much below 0.
FOUR = [Group(PROBLEM, tuple(member(RNG, r) for r in (1.0, 0.0, 0.0, 1.0))) for _ in range(4)]
MEMBERS = [m.trajectory for group in FOUR for m in group.members]
ADVANTAGES = [sign * 0.5 / (math.sqrt(1 / 3) + 1e-6) for sign in (1, -1, -1, 1)] * 4


def learner(updates: int, epochs: int, reference: PreTrainedModel | None = None) -> Learner:
    policy = Policy(deepcopy(MODEL), SETTINGS)
    return Learner(policy, grpo(Correct()), reference, updates=updates, epochs=epochs, tokens_per_batch=30)


def own(model: torch.nn.Module, trajectory: Trajectory) -> tuple[torch.Tensor, torch.Tensor]:
    """Log-probabilities of the chosen tokens at TEMPERATURE, and entropies; `model` is in float64."""
    tokens = torch.tensor([trajectory.tokens])
    table = (model(tokens).logits[0, :-1] / TEMPERATURE).log_softmax(-1)
    chosen = torch.tensor(trajectory.mask)[1:]
    logp = table.gather(-1, tokens[0, 1:, None])[:, 0]
    return logp[chosen], -(table.exp() * table).sum(-1)[chosen]


def all_of(model: torch.nn.Module, trajectories: Sequence[Trajectory]) -> np.ndarray:
    exact = deepcopy(model).double()
    with torch.no_grad():
        return np.concatenate([own(exact, t)[0].numpy() for t in trajectories])


def sampled(trajectories: Sequence[Trajectory]) -> np.ndarray:
    return np.array([p for t in trajectories for p, ours in zip(t.logprobs, t.mask, strict=True) if ours])


def gradient(model: torch.nn.Module, which: range) -> tuple[float, float, float]:
    """Loss of these members, token mean with a clip of 0.2, norm of its gradient, and their mean entropy."""
    exact = deepcopy(model).double()
    exact.zero_grad()
    losses, entropies = [], []
    for i in which:
        logp, entropy = own(exact, MEMBERS[i])
        ratio = (logp - torch.tensor(all_of(MODEL, [MEMBERS[i]]))).exp()
        losses.append(-torch.minimum(ratio * ADVANTAGES[i], ratio.clamp(0.8, 1.2) * ADVANTAGES[i]))
        entropies.append(entropy.detach())
    loss = torch.cat(losses).mean()
    loss.backward()
    squares = [float(p.grad.square().sum()) for p in exact.parameters() if p.grad is not None]
    return loss.item(), math.sqrt(sum(squares)), float(torch.cat(entropies).mean())


@pytest.fixture(scope="module")
def learnt() -> tuple[dict, list[torch.nn.Module]]:
    """The row of two epochs over two halves, and the policy as it was before each of the four updates."""
    ours = learner(2, 2, REFERENCE)
    step, before = ours.policy.step, []

    def noted(rate: float) -> float:
        before.append(deepcopy(ours.policy.model))
        return step(rate)

    ours.policy.step = noted
    return describe_learning(ours.learn(FOUR, 1e-2, TEMPERATURE)), before


def test_losses_norms_and_entropies_are_over_all_updates(learnt):
    row, before = learnt
    halves = [range(8), range(8, 16)] * 2
    losses, norms, entropies = zip(*map(gradient, before, halves), strict=True)
    assert min(norms) < 0.9 * max(norms)
    assert row["loss"] == pytest.approx(fmean(losses), abs=1e-5)
    assert row["grad_norm"] == pytest.approx(max(norms), rel=1e-4)
    tokens = [sum(MEMBERS[i].num_sampled for i in half) for half in halves]
    assert tokens[0] != tokens[1]
    assert row["entropy"] == pytest.approx(np.average(entropies, weights=tokens), abs=1e-5)
    assert (row["updates"], row["tokens_trained"]) == (4, sum(tokens))


def test_ratios_are_of_the_policy_before_the_last_update_and_the_one_that_drew(learnt):
    row, before = learnt
    half = MEMBERS[8:]
    now, old = all_of(before[-1], half), all_of(MODEL, half)
    ratio = np.exp(now - old)
    assert row["old_kl"] == pytest.approx(np.mean(ratio - 1 - np.log(ratio)), rel=1e-3)
    assert abs(row["old_kl"] / np.abs(ratio - 1).mean() - 1) > 0.1
    ordered = np.sort(ratio)
    ranks = {name: round(q * (len(ratio) - 1)) for name, q in (("p01", 0.01), ("p50", 0.5), ("p99", 0.99))}
    wanted = {name: ordered[rank] for name, rank in ranks.items()} | {"max": ordered[-1]}
    assert row["ratio"] == pytest.approx(wanted, rel=1e-4)
    weight = np.exp(now - sampled(half))
    share = weight.sum() ** 2 / (len(weight) * (weight**2).sum())
    assert row["effective_samples"] == pytest.approx(share, rel=1e-4)
    assert abs(ratio.sum() ** 2 / (len(ratio) * (ratio**2).sum()) - share) > 1e-2


def test_what_the_policy_that_drew_had_said_is_over_the_whole_batch(learnt):
    row, _ = learnt
    old, reference = all_of(MODEL, MEMBERS), all_of(REFERENCE, MEMBERS)
    assert row["old_logp_source"] == "trainer"
    assert row["sampled_entropy"] == pytest.approx(-old.mean(), abs=1e-5)
    assert row["sampler_gap"] == pytest.approx(np.abs(old - sampled(MEMBERS)).max(), abs=1e-5)
    apart = reference - old
    assert row["reference_kl"] == pytest.approx(np.mean(np.exp(apart) - apart - 1), rel=1e-4)


def believed(m: Scored) -> Scored:
    """`m` of a sampler that is off by 5e-5 nats at every token, half of what is put up with."""
    t = m.trajectory
    chosen = iter(all_of(MODEL, [t]) + 5e-5)
    words = tuple(float(next(chosen)) if ours else 0.0 for ours in t.mask)
    return replace(m, trajectory=replace(t, logprobs=words))


def test_where_the_sampler_is_believed_its_word_is_the_sampled_entropy():
    groups = [Group(PROBLEM, tuple(map(believed, group.members))) for group in FOUR]
    result = learner(1, 1).learn(groups, 1e-2, TEMPERATURE)
    words = sampled([m.trajectory for group in groups for m in group.members])
    assert result.old_logp_source == "sampler"
    assert result.sampled_entropy == pytest.approx(-words.mean(), abs=3e-6)
    assert result.sampler_gap == pytest.approx(5e-5, abs=1e-5)
    assert result.reference_kl is None


def test_the_rate_of_the_step_is_what_moves_the_weights():
    """Adam's first step moves every weight by rate * g / (|g| + 1e-8): the most by the rate itself."""
    ours = learner(2, 1)
    ours.learn(FOUR[:1], 3e-4, TEMPERATURE)
    pairs = zip(MODEL.parameters(), ours.policy.model.parameters(), strict=True)
    assert max((p - q).abs().max().item() for p, q in pairs) == pytest.approx(3e-4, rel=2e-3)


FALLING = AdamW(learning_rate=1e-3, warmup=2, decay=Decay.LINEAR, final=0.5)
RATES = [0.5e-3, 0.875e-3, 0.75e-3, 0.625e-3]  # 1e-3 min(1, (k + 1) / 2) (1 - k / 8)


@pytest.fixture(scope="module")
def done(tmp_path_factory) -> tuple[RunDir, list[float]]:
    """Four steps of imitation and four of RL, two updates each; the rates that the optimiser was told."""
    rates: list[float] = []
    step = Policy.step

    def noted(policy: Policy, rate: float) -> float:
        norm = step(policy, rate)
        rates.extend(group["lr"] for group in policy.optimizer.param_groups)
        return norm

    rl = RL(
        name="rl",
        steps=4,
        prompts=6,
        group_size=4,
        curriculum=Mixture((("chain", 1.0),)),
        algorithm=grpo(Brief()),
        sampling=Sampling(max_tokens=40),
        optimizer=FALLING,
        updates=2,
    )
    source = Generated(family=Chain((1, 1)), train=30, held_out=5, demonstrations=30)
    warm = SFT(name="warm-up", steps=4, batch=4, optimizer=FALLING)
    stages = (Curate(sources=(source,)), warm, rl)
    small = Recipe(name="small", summary="for tests", model="builtin:tiny", seed=3, stages=stages)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Policy, "step", noted)
        return run(small, tmp_path_factory.mktemp("runs") / "small", Quiet()), rates


def test_the_learning_rate_of_every_row_is_the_schedules_and_was_used(done):
    directory, used = done
    for stage in ("warm-up", "rl"):
        told = [row["learning_rate"] for row in directory.metrics(stage)]
        assert told == pytest.approx(RATES, rel=1e-12)
    twice = [rate for rate in RATES for _ in range(2)]
    assert used == pytest.approx([*RATES, *twice], rel=1e-12)


@pytest.mark.parametrize("step", [1, 2, 3, 4])
def test_a_row_is_of_the_rollouts_that_are_kept(done, step: int):
    directory, _ = done
    row, groups = directory.metrics("rl")[step - 1], directory.rollouts("rl", step)
    members = [m for group in groups for m in group.members]
    lengths = [m.trajectory.num_sampled for m in members]
    finished = [m.trajectory.stop is Stop.FINISHED for m in members]
    assert 0 < sum(finished) < len(members)
    assert row["reward_std"] == pytest.approx(pstdev(-n / 10 for n in lengths))
    assert row["finish_rate"] == pytest.approx(fmean(finished))
    assert row["length"] == pytest.approx(fmean(lengths))
    assert row["length_truncated"] == pytest.approx(40)
    trained = [m.trajectory for g in groups if len(set(g.rewards)) > 1 for m in g.members]
    assert row["tokens_trained"] == sum(t.num_sampled for t in trained)
    assert row["sampled_entropy"] == pytest.approx(-sampled(trained).mean(), abs=2e-5)


LEADS = (0.5, 0.75, 0.8, 0.4)
PAIRS = scored_groups((1.0, 0.5), (1.0, 0.25), (0.9, 0.1), (0.8, 0.4))


def ranker(margin: float, head: float) -> Ranker:
    """Four pairs, all in a batch. `head`: the deviation of the weights that read the score off."""
    optimizer = replace(FALLING, clip_norm=1e9)
    stage = ranks(steps=3, batch=4, margin=margin, optimizer=optimizer, tokens_per_batch=20)
    model = scorer_from(tiny_model(0))
    with torch.no_grad():
        for weight in model.get_submodule("score").parameters():
            weight.normal_(0, head, generator=torch.Generator().manual_seed(0))
    return Ranker(stage, model, PAIRS, 0)


def lost(model: torch.nn.Module, margin: float) -> tuple[float, float, float]:
    """-log sigmoid(better - worse - margin lead) and the norm of its gradient, and the share ranked right."""
    exact = deepcopy(model).double()
    exact.zero_grad()
    losses, right = [], []
    for group, lead in zip(PAIRS, LEADS, strict=True):
        better, worse = (exact(torch.tensor([m.trajectory.tokens])).logits[0, 0] for m in group.members)
        losses.append(torch.log1p(torch.exp(worse + margin * lead - better)))
        right.append(bool(better > worse))
    loss = torch.stack(losses).mean()
    loss.backward()
    squares = [float(p.grad.square().sum()) for p in exact.parameters() if p.grad is not None]
    return loss.item(), math.sqrt(sum(squares)), fmean(right)


def test_the_margin_is_what_the_better_score_should_lead_by():
    """A model that scores all 0 loses log 2 a pair, and with a margin of 3 log(1 + e^(3 lead))."""
    without, with_it = (next(iter(ranker(margin, 0.0).rows()))["loss"] for margin in (0.0, 3.0))
    assert without == pytest.approx(math.log(2), rel=1e-6)
    by_hand = [1.7014133, 2.3502066, 2.4868362, 1.4632825]  # of 1.5, 2.25, 2.4 and 1.2
    assert with_it == pytest.approx(fmean(by_hand), rel=1e-6)


@pytest.mark.parametrize("margin", [0.0, 3.0])
def test_a_row_of_a_reward_model_is_of_the_weights_before_its_update(margin: float):
    made = ranker(margin, 0.3)
    rows = made.rows()
    for rate in (1e-3 * x for x in (0.5, 5 / 6, 2 / 3)):  # min(1, (k + 1) / 2) (1 - k / 6)
        loss, norm, right = lost(made.model, margin)
        row = next(rows)
        assert row["loss"] == pytest.approx(loss, rel=1e-5)
        assert row["grad_norm"] == pytest.approx(norm, rel=1e-4)
        assert row["pair_accuracy"] == right
        assert row["learning_rate"] == pytest.approx(rate, rel=1e-12)


def test_the_spread_is_of_every_response_once():
    made = ranker(0.0, 0.3)
    exact = deepcopy(made.model).double()
    with torch.no_grad():
        tokens = [torch.tensor([m.trajectory.tokens]) for group in PAIRS for m in group.members]
        scores = np.array([float(exact(each).logits[0, 0]) for each in tokens])
    assert made.spread() == pytest.approx((scores.mean(), scores.std()), abs=1e-5)
