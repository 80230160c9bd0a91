"""From hidden states to log-probabilities of next tokens and entropies of their distributions. Not a loss.

A full table of logits is [tokens, vocabulary]: for long batches it is larger than the model. Here it exists
for one chunk of tokens at a time, and backward builds each chunk again rather than remember it.

With z = h W^T / temperature, p = softmax(z), log p_y the wanted log-probability and H the entropy:

    d log p_y / dz_j = [j = y] - p_j              dH / dz_j = -p_j (log p_j + H)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd.function import Function, once_differentiable

CELLS = 1 << 22  # logits held at once: 16 MB in float32, small enough to be cheap and large enough to be fast
FEWEST_ROWS = 256  # but a matrix product of fewer rows than this wastes the machine, whatever the vocabulary


def head(hidden: Tensor, weight: Tensor, targets: Tensor, temperature: float = 1.0) -> tuple[Tensor, Tensor]:
    """hidden [T, d], weight [V, d], targets [T] int64 -> log-probability [T] and entropy [T] in nats, both of
    softmax(hidden weight^T / temperature), both differentiable in `hidden` and `weight` (once)."""
    logp, entropy = _Head.apply(hidden, weight, targets, temperature)  # pyright: ignore
    return logp, entropy


def _chunks(rows: int, vocabulary: int) -> Iterator[slice]:
    step = max(FEWEST_ROWS, CELLS // vocabulary)
    return (slice(start, min(rows, start + step)) for start in range(0, rows, step))


def _log_softmax(hidden: Tensor, weight: Tensor, temperature: float) -> Tensor:
    logits = F.linear(hidden, weight)
    if logits.dtype in (torch.bfloat16, torch.float16):
        logits = logits.float()
    return torch.log_softmax(logits if temperature == 1.0 else logits / temperature, -1)


class _Head(Function):
    @staticmethod
    def forward(
        ctx: Any, hidden: Tensor, weight: Tensor, targets: Tensor, temperature: float
    ) -> tuple[Tensor, Tensor]:
        logp, entropy = [], []
        for rows in _chunks(len(hidden), len(weight)):
            table = _log_softmax(hidden[rows], weight, temperature)
            logp.append(table.gather(1, targets[rows, None])[:, 0])
            entropy.append(-torch.linalg.vecdot(table.exp(), table))
        ctx.temperature = temperature
        ctx.set_materialize_grads(False)
        ctx.save_for_backward(hidden, weight, targets)
        nothing = hidden.new_empty(0)
        return torch.cat(logp or [nothing]), torch.cat(entropy or [nothing])

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *grad_outputs: Tensor | None) -> tuple[Tensor | None, ...]:  # pyright: ignore
        grad_logp, grad_entropy = grad_outputs
        hidden, weight, targets = ctx.saved_tensors
        wants_hidden, wants_weight = ctx.needs_input_grad[:2]
        grad_hidden = torch.zeros_like(hidden) if wants_hidden else None
        grad_weight = torch.zeros_like(weight) if wants_weight else None
        for rows in _chunks(len(hidden), len(weight)):
            table = _log_softmax(hidden[rows], weight, ctx.temperature)
            grad = _grad_logits(
                table,
                targets[rows, None],
                None if grad_logp is None else grad_logp[rows, None],
                None if grad_entropy is None else grad_entropy[rows, None],
            )
            grad = (grad if ctx.temperature == 1.0 else grad / ctx.temperature).to(hidden.dtype)
            if grad_hidden is not None:
                torch.mm(grad, weight, out=grad_hidden[rows])
            if grad_weight is not None:
                grad_weight.addmm_(grad.t(), hidden[rows])
        return grad_hidden, grad_weight, None, None


def _grad_logits(
    table: Tensor, targets: Tensor, grad_logp: Tensor | None, grad_entropy: Tensor | None
) -> Tensor:
    """[C, V]: the gradient of the scaled logits of one chunk, from log-probabilities `table` [C, V]."""
    probability = table.exp()
    scale = torch.zeros_like(targets, dtype=table.dtype)  # [C, 1]: what every p_j is multiplied by
    if grad_entropy is not None:
        scale = grad_entropy * torch.linalg.vecdot(probability, table)[:, None]
    if grad_logp is not None:
        scale = scale - grad_logp
    if grad_entropy is None:
        grad = probability.mul_(scale)
    else:
        grad = table.mul_(-grad_entropy).add_(scale).mul_(probability)
    return grad if grad_logp is None else grad.scatter_add_(1, targets, grad_logp)
