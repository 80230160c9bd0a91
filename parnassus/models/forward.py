"""The policy's word on sampled tokens: log-probabilities and entropies, with gradients.

Two ways to the same numbers. The lean way (the Llama family) computes over flat tokens and never holds a
full table of logits; the generic way asks transformers for any other architecture, on a right-padded grid:
slower and larger. Not a loss, and no dropout: the sampler has none, and the two must agree.
"""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor
from transformers import PreTrainedModel
from transformers.modeling_outputs import CausalLMOutputWithPast

from parnassus.models import decoder
from parnassus.models.head import head
from parnassus.models.packing import Packed


def token_logprobs(
    model: PreTrainedModel,
    packed: Packed,
    at: Tensor,
    temperature: float = 1.0,
    dtype: torch.dtype | None = None,
) -> tuple[Tensor, Tensor]:
    """For each flat position in `at` [T] int64: the log-probability of the token at `at + 1` given its own
    sequence up to `at`, and the entropy in nats of that distribution; both [T], at `temperature`,
    differentiable.

    A position in `at` must not be the last of its sequence: what follows it belongs to another. `dtype` is
    that of the matrix products, the parameters' own by default; the generic way does not know it.
    """
    if decoder.is_lean(model.config):
        shape = decoder.Shape.of(model.config)
        weights = decoder.gather(dict(model.named_parameters()), shape, dtype or model.dtype)
        hidden = decoder.final_norm(decoder.forward(weights, shape, packed)[at], weights, shape)
        return head(hidden, weights.head, packed.tokens[at + 1], temperature)
    assert dtype is None
    return _generic(model, packed, at, temperature)


def _generic(model: PreTrainedModel, packed: Packed, at: Tensor, temperature: float) -> tuple[Tensor, Tensor]:
    training = model.training
    model.eval()
    output = cast(
        CausalLMOutputWithPast,
        model(
            input_ids=packed.to_grid(packed.tokens),
            attention_mask=packed.to_grid(torch.ones_like(packed.tokens)),
            use_cache=False,
        ),
    )
    model.train(training)
    assert output.logits is not None
    table = torch.log_softmax(packed.from_grid(output.logits)[at].float() / temperature, -1)
    logp = table.gather(1, packed.tokens[at + 1][:, None])[:, 0]
    return logp, -torch.linalg.vecdot(table.exp(), table)
