"""Whose word is taken for old_logp: the sampler's where it is seen to agree, else the trainer's own.

An engine that computes in another precision or with other kernels reports log-probabilities that differ a
little from the trainer's; a ratio built on them is off from the start. With one update a batch, the forward
pass of the update itself shows by how much, for every token and before the weights change. While the largest
difference stays within TOLERANCE the sampler's word stands and costs nothing. When it does not, the gradient
is thrown away, and from then on the stage computes its own: one more forward pass a step. Where a batch is
learnt from in several updates, that could be seen too late, and where it was drawn by older weights, the two
differ by right: there the stage computes its own from the start, so that its first ratio is 1 (DeepCoder's
pipelining does so, recipes of the release).
"""

from collections.abc import Sequence
from dataclasses import replace

from transformers import PreTrainedModel

from parnassus.train.assemble import Stream
from parnassus.train.policy import Update, logprobs
from parnassus.types import Step

TOLERANCE = 1e-4  # nats


class OldLogp:
    """Fills the old_logp of a stage's steps, and remembers once the sampler has been off."""

    def __init__(self, model: PreTrainedModel, tokens_per_batch: int, off_policy: bool = False):
        self.model, self.tokens_per_batch = model, tokens_per_batch
        self.source = "trainer" if off_policy else "sampler"

    def fill(self, step: Step, streams: Sequence[Stream], temperature: float) -> Step:
        """`step` with the old_logp to train with; `temperature` is the sampler's."""
        if self.source == "sampler":
            return step
        own = logprobs(self.model, streams, self.tokens_per_batch, temperature)
        return replace(step, old_logp=own)

    def refuted_by(self, update: Update) -> bool:
        """Whether `update` trusted a sampler that was off; if so the next `fill` is the trainer's."""
        refuted = self.source == "sampler" and update.sampler_gap > TOLERANCE
        if refuted:
            self.source = "trainer"
        return refuted
