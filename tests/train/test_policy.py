"""The update: its loss and gradient against plain autograd on the Hugging Face model, however the step is
cut."""

from copy import deepcopy
from dataclasses import replace
from random import Random

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from parnassus.algorithms.grpo import grpo
from parnassus.algorithms.rewards import Correct
from parnassus.errors import TrainingError
from parnassus.models.tiny import tiny_model
from parnassus.train.assemble import Stream, assemble, flatten, imitation
from parnassus.train.old_logp import TOLERANCE, OldLogp
from parnassus.train.optimizer import AdamW
from parnassus.train.policy import Policy, Update, logprobs
from parnassus.train.sft import no_policy_loss
from parnassus.types import Answer, Group, Outcome, Problem, Scored, Stop, Trajectory, Verdict

PROBLEM = Problem("p", (), Answer("1"), "math", "test")
SETTINGS = AdamW(learning_rate=1e-3)
MODEL = tiny_model(0)
NONE = torch.empty(0)


def member(rng: Random, reward: float) -> Scored:
    prompt, response = rng.randint(1, 9), rng.randint(1, 12)
    tokens = tuple(rng.randrange(6, 90) for _ in range(prompt + response))
    mask = (False,) * prompt + (True,) * response
    logprobs = (0.0,) * prompt + tuple(-4.6 + rng.gauss(0, 0.3) for _ in range(response))
    trajectory = Trajectory(PROBLEM, tokens, mask, logprobs, "", 1, Stop.FINISHED, 0)
    return Scored(trajectory, Verdict(Outcome.CORRECT if reward else Outcome.WRONG, reward), reward, {})


def some_groups(seed: int) -> list[Group]:
    rng = Random(seed)
    return [Group(PROBLEM, tuple(member(rng, float(i % 3 == 0)) for i in range(4))) for _ in range(3)]


def reference_loss(model: torch.nn.Module, groups: list[Group]) -> torch.Tensor:
    """GRPO with token mean, written out with one padded-free forward pass a trajectory."""
    losses = []
    for group in groups:
        rewards = torch.tensor(group.rewards)
        advantages = (rewards - rewards.mean()) / (rewards.std() + 1e-6)
        for m, advantage in zip(group.members, advantages, strict=True):
            t = m.trajectory
            tokens = torch.tensor([t.tokens])
            logp = model(tokens).logits[0, :-1].log_softmax(-1).gather(-1, tokens[0, 1:, None])[:, 0]
            chosen = torch.tensor(t.mask)[1:]
            ratio = torch.exp(logp - torch.tensor(t.logprobs)[1:])[chosen]
            losses.append(-torch.minimum(ratio * advantage, ratio.clamp(0.8, 1.2) * advantage))
    return torch.cat(losses).mean()


def gradient(groups: list[Group], tokens_per_batch: int) -> tuple[float, torch.Tensor]:
    """Loss and flat gradient by the road of the trainer, taken just before the optimiser would step."""
    policy = Policy(deepcopy(MODEL), SETTINGS)
    streams = [Stream.of(m.trajectory) for g in groups for m in g.members]
    algorithm = grpo(Correct())
    total = 0.0
    for batch in assemble(flatten(groups), streams, algorithm, tokens_per_batch):
        value, _, _ = policy._backward(batch, algorithm.loss, 1.0)
        total += value
    return total, torch.cat([p.grad.flatten() for p in policy.model.parameters() if p.grad is not None])


def test_loss_and_gradient_equal_plain_autograd():
    groups = some_groups(0)
    model = deepcopy(MODEL)
    loss = reference_loss(model, groups)
    loss.backward()
    wanted = torch.cat([p.grad.flatten() for p in model.parameters() if p.grad is not None])
    value, found = gradient(groups, tokens_per_batch=60)
    assert value == pytest.approx(loss.item(), abs=1e-6)
    torch.testing.assert_close(found, wanted, atol=1e-6, rtol=1e-4)


@given(st.integers(0, 10**6), st.integers(1, 200))
@settings(max_examples=10, deadline=None)
def test_gradient_does_not_depend_on_how_a_step_is_cut(seed, tokens_per_batch):
    groups = some_groups(seed)
    whole_value, whole = gradient(groups, 10**6)
    value, parts = gradient(groups, tokens_per_batch)
    assert value == pytest.approx(whole_value, abs=1e-6)
    torch.testing.assert_close(parts, whole, atol=1e-6, rtol=1e-4)


def test_supervised_update_lowers_the_mean_negative_log_likelihood():
    policy = Policy(deepcopy(MODEL), AdamW(learning_rate=1e-2))
    streams = [Stream((20, 21, 22, 23), (2, 3)), Stream((30, 31, 32), (2,))]
    losses = []
    for _ in range(20):
        losses.append(policy.gradient(imitation(streams, 5), no_policy_loss).loss)
        policy.step(1e-2)
    assert losses[0] == pytest.approx(-logprobs(MODEL, streams, 100, 1.0).mean().item(), abs=1e-5)
    assert losses[-1] < losses[0] / 4
    assert policy.version == 20


def test_logprobs_come_in_the_order_of_the_streams():
    streams = [Stream((20, 21, 22, 23), (1, 3)), Stream((30, 31), (1,)), Stream((40, 41, 42), (2,))]
    apart = torch.cat([logprobs(MODEL, [s], 100, 1.0) for s in streams])
    torch.testing.assert_close(logprobs(MODEL, streams, 4, 1.0), apart, atol=1e-5, rtol=1e-5)


def test_a_gradient_that_is_not_finite_stops_before_the_weights_change():
    policy = Policy(deepcopy(MODEL), SETTINGS)
    before = [p.clone() for p in policy.model.parameters()]

    def poisoned(view):
        return view.logp * torch.nan, {}

    groups = some_groups(1)
    streams = [Stream.of(m.trajectory) for g in groups for m in g.members]
    policy.gradient(assemble(flatten(groups), streams, grpo(Correct()), 10**6), poisoned)
    with pytest.raises(TrainingError, match="gradient norm is nan"):
        policy.step(1e-3)
    assert all(torch.equal(p, q) for p, q in zip(before, policy.model.parameters(), strict=True))


def test_several_updates_a_batch_believe_nobody_else():
    assert OldLogp(MODEL, 1000, off_policy=True).source == "trainer"


def test_the_sampler_is_believed_until_it_is_off():
    groups = some_groups(2)  # made-up log-probabilities: far from the model's
    streams = [Stream.of(m.trajectory) for g in groups for m in g.members]
    step, old = flatten(groups), OldLogp(MODEL, 1000)
    assert old.fill(step, streams, 1.0).old_logp is step.sampled_logp
    assert not old.refuted_by(Update(0.0, 1, TOLERANCE / 2, {}, NONE, NONE))
    assert old.source == "sampler"
    assert old.refuted_by(Update(0.0, 1, TOLERANCE * 2, {}, NONE, NONE))
    assert old.source == "trainer"
    torch.testing.assert_close(old.fill(step, streams, 1.0).old_logp, logprobs(MODEL, streams, 1000, 1.0))
    assert not old.refuted_by(
        Update(0.0, 1, TOLERANCE * 2, {}, NONE, NONE)
    )  # its own word: nothing to refute


def test_imitation_of_correct_samples_adds_their_mean_log_likelihood():
    """Klear's positive-sample loss, arXiv:2508.07629 eq. 13: over the tokens of correct trajectories."""
    groups = some_groups(4)
    streams = [Stream.of(m.trajectory) for g in groups for m in g.members]
    algorithm = replace(grpo(Correct()), imitate_correct=0.1)
    (plain,) = assemble(flatten(groups), streams, grpo(Correct()), 10**6)
    (with_it,) = assemble(flatten(groups), streams, algorithm, 10**6)
    loss = [Policy(deepcopy(MODEL), SETTINGS).gradient([b], algorithm.loss).loss for b in (plain, with_it)]
    right = [s for s, m in zip(streams, (m for g in groups for m in g.members), strict=True) if m.correct]
    likelihood = logprobs(MODEL, right, 10**6, 1.0).mean().item()
    assert loss[1] - loss[0] == pytest.approx(-0.1 * likelihood, abs=1e-5)
