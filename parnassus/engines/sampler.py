"""From logits to tokens: temperature, nucleus, one uniform number a row. Holds no generator and no state.

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

    The log-probabilities are of softmax(logits / temperature) over the whole vocabulary, before any nucleus
    cut; a row of temperature 0 takes its likeliest token, and its log-probability at temperature 1.
    """
    temperature, top_p = rows.temperature[: rows.n], rows.top_p[: rows.n]
    if (temperature != 1).any():
        divisor = _like(temperature + (temperature == 0), logits)
        logits = logits / divisor[:, None]
    table = torch.log_softmax(logits, -1)
    probability = table.exp()
    if (top_p < 1).any():
        cut = _like((top_p < 1).nonzero()[0], logits)
        probability[cut] = nucleus(probability[cut], _like(top_p, logits)[cut])
    cumulative = probability.cumsum(-1)
    point = _like(rows.uniforms(), logits)[:, None] * cumulative[:, -1:]
    # right=True: the first token whose cumulative probability exceeds the point, never one of probability 0
    token = torch.searchsorted(cumulative, point, right=True).clamp_(max=logits.shape[1] - 1)
    if (temperature == 0).any():
        greedy = _like(temperature == 0, logits)[:, None]
        token = torch.where(greedy, table.argmax(-1, keepdim=True), token)
    return token[:, 0], table.gather(1, token)[:, 0]


def nucleus(probability: Tensor, top_p: Tensor) -> Tensor:
    """[m, V], [m] -> the same with 0 outside the fewest likeliest tokens whose probabilities reach `top_p`;
    of equally likely ones the lower ids are kept."""
    ranked, order = torch.sort(probability, dim=-1, descending=True, stable=True)
    before = ranked.cumsum(-1) - ranked
    kept = ranked.masked_fill(before >= top_p[:, None], 0.0)  # never the first: nothing is before it
    return torch.zeros_like(probability).scatter(1, order, kept)


def _like(array: npt.NDArray[Any], tensor: Tensor) -> Tensor:
    return torch.from_numpy(array).to(tensor.device)
