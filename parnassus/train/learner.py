"""Learns from one batch of admitted groups: advantages over all of it, then updates on parts of it.

    groups --flatten--> Step --old_logp, ref_logp--> advantage [T] --cut into parts--> gradient -> weights
                        frozen for the whole batch                  x `updates`, x `epochs`

With parts = epochs = 1 every ratio is 1 and the update is on-policy. Else later parts meet a policy that has
moved: what a loss does about that is what tells algorithms apart.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce

from torch import Tensor
from transformers import PreTrainedModel

from parnassus.algorithms.core import Algorithm
from parnassus.algorithms.losses import KL
from parnassus.train.assemble import Stream, assemble, flatten
from parnassus.train.old_logp import OldLogp
from parnassus.train.policy import Policy, Update, logprobs
from parnassus.train.state import TrainerState
from parnassus.types import Group, PolicyLoss, State, Step


@dataclass(frozen=True)
class Learnt:
    """What one batch did to the policy."""

    updates: list[Update]  # in order
    norms: list[float]  # of their gradients, before clipping
    sampler_gap: float  # largest |trainer's - sampler's log-probability| of the policy that drew the batch
    sampled_entropy: float  # -mean(old_logp), nats: what the sampled tokens say of the policy that drew them
    reference_kl: float | None  # K3, of the policy that drew the batch from the reference, if there is one
    old_logp_source: str  # "sampler" or "trainer"
    controls: dict[str, float]  # what the controls were, by name and field


@dataclass(frozen=True)
class Part:
    """The whole groups of one update."""

    step: Step
    streams: Sequence[Stream]
    advantage: Tensor  # [t], from the whole batch


class Learner:
    """The policy with all that it needs to learn, and all that a resumed run must find again."""

    def __init__(
        self,
        policy: Policy,
        algorithm: Algorithm,
        reference: PreTrainedModel | None,
        *,
        updates: int,
        epochs: int,
        tokens_per_batch: int,
        stale: bool = False,
    ):
        """`stale`: batches are drawn by weights from before the last update."""
        self.policy, self.algorithm, self.reference = policy, algorithm, reference
        self.updates, self.epochs, self.tokens_per_batch = updates, epochs, tokens_per_batch
        self.old = OldLogp(policy.model, tokens_per_batch, off_policy=stale or updates * epochs > 1)
        self.controls: list[State] = [control.start() for control in algorithm.controls]

    def learn(self, groups: Sequence[Group], rate: float, temperature: float) -> Learnt:
        """Change the weights. Raises TrainingError, with the weights as after the last good update."""
        streams = [Stream.of(m.trajectory) for group in groups for m in group.members]
        step = self.old.fill(flatten(groups), streams, temperature)
        if self.reference is not None:
            told = logprobs(self.reference, streams, self.tokens_per_batch, temperature)
            step = replace(step, ref_logp=told)
        updates, norms = list[Update](), list[float]()
        for _ in range(self.epochs):
            for part in parts(step, streams, self.algorithm.advantage(step), self.updates):
                update = self._gradient(part, temperature)
                if self.old.refuted_by(update):  # the only one of a batch, and the weights are as before
                    return self.learn(groups, rate, temperature)
                norms.append(self.policy.step(rate))
                updates.append(update)
        own = self.old.source == "trainer"  # else the one update there is has compared them
        gap = float((step.old_logp - step.sampled_logp).abs().max()) if own else updates[0].sampler_gap
        return Learnt(
            updates=updates,
            norms=norms,
            sampler_gap=gap,
            sampled_entropy=float(-step.old_logp.mean()),
            reference_kl=_reference_kl(step),
            old_logp_source=self.old.source,
            controls=self._control_values(),
        )

    def adjust(self, measured: Mapping[str, float]) -> None:
        """Let the controls see what the step measured."""
        pairs = zip(self.algorithm.controls, self.controls, strict=True)
        self.controls = [control.after(state, measured) for control, state in pairs]

    def state(self, step: int, draws: int, elapsed: float) -> TrainerState:
        """Between two steps, of which `step` are done."""
        return TrainerState(
            step=step,
            version=self.policy.version,
            optimizer=self.policy.optimizer.state_dict(),
            draws=draws,
            controls=tuple(dict(state) for state in self.controls),
            old_logp_source=self.old.source,
            elapsed=elapsed,
        )

    def load(self, state: TrainerState) -> None:
        """What `state` told."""
        self.policy.load(state.optimizer, state.version)
        self.controls = list(state.controls)
        self.old.source = state.old_logp_source

    def _control_values(self) -> dict[str, float]:
        pairs = zip(self.algorithm.controls, self.controls, strict=True)
        return {f"{type(control).__name__}.{k}": v for control, state in pairs for k, v in state.items()}

    def _gradient(self, part: Part, temperature: float) -> Update:
        batches = assemble(part.step, part.streams, self.algorithm, self.tokens_per_batch, part.advantage)
        return self.policy.gradient(batches, self._loss(), temperature)

    def _loss(self) -> PolicyLoss:
        pairs = zip(self.algorithm.controls, self.controls, strict=True)
        return reduce(lambda loss, pair: pair[0].apply(loss, pair[1]), pairs, self.algorithm.loss)


def _reference_kl(step: Step) -> float | None:
    return None if step.ref_logp is None else float(KL.K3.of(step.old_logp, step.ref_logp).mean())


def parts(step: Step, streams: Sequence[Stream], advantage: Tensor, count: int) -> Iterator[Part]:
    """The step in `count` parts of whole groups, in order, their numbers of groups as equal as can be."""
    groups = step.num_groups
    count = min(count, groups)
    for index in range(count):
        first, end = groups * index // count, groups * (index + 1) // count
        members = (step.group >= first) & (step.group < end)
        tokens = members[step.seq]
        start = int(members.int().argmax())
        yield Part(
            step=Step(
                reward=step.reward[members],
                correct=step.correct[members],
                truncated=step.truncated[members],
                group=step.group[members] - first,
                seq=step.seq[tokens] - start,
                old_logp=step.old_logp[tokens],
                sampled_logp=step.sampled_logp[tokens],
                ref_logp=None if step.ref_logp is None else step.ref_logp[tokens],
            ),
            streams=streams[start : start + int(members.sum())],
            advantage=advantage[tokens],
        )
