"""Whose word is taken for old_logp: the sampler's where it was seen to equal the trainer's, else the
trainer's own.

An engine that computes in another precision or with other kernels reports log-probabilities that differ a
little from the trainer's; a ratio built on them is off from the start. So the first batch of a stage is
recomputed and compared; while the largest difference stays within TOLERANCE the sampler's are used, which
saves a forward pass.
"""

from collections.abc import Sequence
from dataclasses import replace

from transformers import PreTrainedModel

from parnassus.train.assemble import Stream
from parnassus.train.policy import Update, logprobs
from parnassus.types import Step

TOLERANCE = 1e-4  # nats


class OldLogp:
    """Fills the old_logp of a stage's steps, and remembers whether the sampler agreed the last time."""

    def __init__(self, model: PreTrainedModel, tokens_per_batch: int, temperature: float):
        self.model = model
        self.tokens_per_batch, self.temperature = tokens_per_batch, temperature
        self.trusts_sampler = False
        self.source = "trainer"  # of the last step filled: "trainer" or "sampler"

    def fill(self, step: Step, streams: Sequence[Stream]) -> Step:
        """`step` with the old_logp to train with."""
        self.source = "sampler" if self.trusts_sampler else "trainer"
        if self.trusts_sampler:
            return step
        own = logprobs(self.model, streams, self.tokens_per_batch, self.temperature)
        return replace(step, old_logp=own)

    def observe(self, update: Update) -> None:
        """Each update of fresh samples is a new comparison: it decides for the next step."""
        self.trusts_sampler = update.sampler_gap <= TOLERANCE
