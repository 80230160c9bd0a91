"""From logits to tokens: penalty, temperature, cuts, one uniform number a row. No generator and no state.

A token is the place where a uniform number falls in the cumulative distribution (inverse CDF): one number a
token however large the vocabulary, and a pure function of the logits and that number.
"""

from __future__ import annotations

from typing import Any

import numpy.typing as npt
import torch
from torch import Tensor

from parnassus.engines.rows import Rows


def sample(logits: Tensor, rows: Rows) -> tuple[Tensor, Tensor]:
    """logits [n, V] float32 of the live rows -> tokens [n] int64 and their log-probabilities [n].

    The log-probabilities are of softmax(logits / temperature) over the whole vocabulary, before any penalty
    or cut; a row of temperature 0 takes its likeliest token, and its log-probability at temperature 1.
    """
    temperature, top_p = rows.temperature[: rows.n], rows.top_p[: rows.n]
    top_k, penalty = rows.top_k[: rows.n], rows.penalty[: rows.n]
    if (temperature != 1).any():
        divisor = _like(temperature + (temperature == 0), logits)
        logits = logits / divisor[:, None]
    table = ranking = torch.log_softmax(logits, -1)
    if (penalty != 1).any():  # it keeps signs, so before or after the temperature is the same
        ranking = penalised(logits, _like(rows.seen(), logits), _like(penalty, logits)).log_softmax(-1)
    probability = ranking.exp()
    if top_k.any():
        cut = _like(top_k.nonzero()[0], logits)
        probability[cut] = likeliest(probability[cut], _like(top_k, logits)[cut])
    if (top_p < 1).any():
        cut = _like((top_p < 1).nonzero()[0], logits)
        probability[cut] = nucleus(probability[cut], _like(top_p, logits)[cut])
    cumulative = probability.cumsum(-1)
    point = _like(rows.uniforms(), logits)[:, None] * cumulative[:, -1:]
    # right=True: the first token whose cumulative probability exceeds the point, never one of probability 0
    token = torch.searchsorted(cumulative, point, right=True).clamp_(max=logits.shape[1] - 1)
    if (temperature == 0).any():
        greedy = _like(temperature == 0, logits)[:, None]
        token = torch.where(greedy, ranking.argmax(-1, keepdim=True), token)
    return token[:, 0], table.gather(1, token)[:, 0]


def penalised(logits: Tensor, seen: Tensor, penalty: Tensor) -> Tensor:
    """[n, V], [n, V] bool, [n] -> what was seen made less likely, by a penalty above 1."""
    by = penalty[:, None]
    return torch.where(seen, torch.where(logits > 0, logits / by, logits * by), logits)


def likeliest(probability: Tensor, top_k: Tensor) -> Tensor:
    """[m, V], [m] -> the `top_k` likeliest, of sum 1, and 0 outside; of equally likely ones the lower ids are
    kept."""
    ranked, order = torch.sort(probability, dim=-1, descending=True, stable=True)
    place = torch.arange(probability.shape[1], device=probability.device)
    kept = ranked.masked_fill(place >= top_k[:, None], 0.0)
    return torch.zeros_like(probability).scatter(1, order, kept / kept.sum(-1, keepdim=True))


def nucleus(probability: Tensor, top_p: Tensor) -> Tensor:
    """[m, V], [m] -> the same with 0 outside the fewest likeliest tokens whose probabilities reach `top_p`;
    of equally likely ones the lower ids are kept."""
    ranked, order = torch.sort(probability, dim=-1, descending=True, stable=True)
    before = ranked.cumsum(-1) - ranked
    kept = ranked.masked_fill(before >= top_p[:, None], 0.0)  # never the first: nothing is before it
    return torch.zeros_like(probability).scatter(1, order, kept)


def _like(array: npt.NDArray[Any], tensor: Tensor) -> Tensor:
    return torch.from_numpy(array).to(tensor.device)
