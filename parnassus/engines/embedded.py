"""Continuous batching in plain torch for the Llama family, in this process. Not a server, and no paging.

    waiting --prefill once a prompt--> prefixes --copied to siblings' rows--> rows --a token a step--> answers

Why it is fast where small models are trained: a row that ends is refilled (or closed up) at once, siblings
share their prompt's keys and values, a step is some twenty operations a layer whatever the number of rows,
and rows are kept sorted by length so that attention runs over slices that waste little.

A row's first step computes the last token of its prompt once more. So the first answer token is sampled
where all the others are, and prefill needs no head.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import groupby, islice
from math import inf

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor
from transformers import PreTrainedModel

from parnassus.engines.batching import BatchingEngine
from parnassus.engines.kv_cache import KVCache
from parnassus.engines.sampler import sample
from parnassus.engines.spans import Span, spans
from parnassus.engines.stop_texts import Decode
from parnassus.models import decoder
from parnassus.models.packing import cut, pack

PREFILL_TOKENS = 4096  # of one prefill: enough to fill the machine
LOOK_AHEAD = 2048  # tokens of prompts still waiting that are prefilled along with those that are not
SLICE_BYTES = 1 << 18  # reading this much padding takes as long as starting another attention call
SORT_AFTER = 8  # sort when this many times the live cells were read in vain: sorting costs about as much


class EmbeddedEngine(BatchingEngine):
    """types.Engine over copies of a model's weights, on its device; matrix products and cache in `dtype`."""

    def __init__(
        self,
        model: PreTrainedModel,
        stop_ids: Collection[int],
        max_len: int,
        slots: int = 256,
        dtype: torch.dtype = torch.float32,
        decode: Decode | None = None,
    ):
        super().__init__(stop_ids, slots, max_len, model.config.vocab_size, decode)
        self._shape, self._dtype, self._device = decoder.Shape.of(model.config), dtype, model.device
        copies = {name: tensor.detach().clone() for name, tensor in model.named_parameters()}
        self._weights = decoder.gather(copies, self._shape, dtype)
        self._cosine, self._sine = self._shape.rotations(max_len, self._device)
        self._cache = KVCache(self._shape, slots, max_len, dtype, self._device)
        self._columns = torch.arange(max_len, device=self._device)
        self._prefixes: dict[tuple[int, ...], Tensor] = {}  # prompt -> [layers, 2, P, KV, D]
        self._cells_wasted = 0
        self._slice_cells = SLICE_BYTES * self._shape.layers // self._shape.cache_bytes(dtype)

    @torch.no_grad()
    def _load(self, weights: Mapping[str, Tensor]) -> None:
        new = decoder.gather(weights, self._shape, self._dtype)
        for own, theirs in zip(_tensors(self._weights), _tensors(new), strict=True):
            own.copy_(theirs)
        self._prefixes.clear()
        self._cells_wasted = 0  # or rows would be sorted, and sums rounded, otherwise than after a restart

    @torch.inference_mode()
    def _step(self) -> list[int]:
        self._admit()
        logits = self._decode()
        tokens, logprobs = sample(logits, self._rows)
        return self._rows.record(tokens.cpu().numpy(), logprobs.cpu().numpy())

    def _vacate(self, row: int) -> None:
        source = self._rows.remove(row)
        if source != row:
            length = int(self._rows.position[row])
            self._cache.move(row, source, length)

    # ------------------------------------------------------------ prefill

    def _admit(self) -> None:
        room = min(self._rows.slots - self._rows.n, len(self._waiting))
        if not room:
            return
        self._prefill(room)
        taken = [self._waiting.popleft() for _ in range(room)]
        for prompt, siblings in groupby(taken, key=lambda request: request.prompt):
            rows = [self._rows.add(request) for request in siblings]
            self._cache.fill(slice(rows[0], rows[-1] + 1), self._prefixes[prompt])
        if not self._waiting:
            self._prefixes.clear()

    def _prefill(self, room: int) -> None:
        """Make the prefixes of the first `room` waiting requests; when one is missing, of some that follow
        as well."""
        missing = {request.prompt for request in islice(self._waiting, room)} - self._prefixes.keys()
        if not missing:
            return
        wanted = {request.prompt for request in self._waiting}
        self._prefixes = {prompt: kv for prompt, kv in self._prefixes.items() if prompt in wanted}
        spare = LOOK_AHEAD
        for request in islice(self._waiting, room, None):
            if request.prompt not in self._prefixes and request.prompt not in missing:
                spare -= len(request.prompt)
                if spare < 0:
                    break
                missing.add(request.prompt)
        prompts = sorted(missing)  # a set has no order that a second run would repeat
        self.prompts_prefilled += len(prompts)
        for batch in cut([len(prompt) for prompt in prompts], PREFILL_TOKENS):
            self._prefill_batch([prompts[index] for index in batch])

    def _prefill_batch(self, prompts: list[tuple[int, ...]]) -> None:
        packed = pack(prompts, self._device)
        layers: list[Tensor] = []  # each [2, L, KV, D]

        def keep(layer: int, key: Tensor, value: Tensor) -> None:
            layers.append(torch.stack([key, value]).to(self._dtype))

        decoder.forward(self._weights, self._shape, packed, keep)
        for prompt, prefix in zip(prompts, torch.stack(layers).split(packed.lengths, 2), strict=True):
            self._prefixes[prompt] = prefix

    # ------------------------------------------------------------ decode

    def _layout(self) -> list[Span]:
        """The runs of rows that attend together; sorts the rows first when that is worth its price."""
        lengths = self._rows.position[: self._rows.n] + 1
        layout = spans(lengths, self._slice_cells)
        live = int(lengths.sum())
        self._cells_wasted += sum(span.cells for span in layout) - live
        if self._cells_wasted <= SORT_AFTER * live:
            return layout
        self._cells_wasted = 0
        # Longest first: the last row is then the shortest and fills any hole, and new rows come last.
        order = np.argsort(-lengths, kind="stable")
        moved = np.flatnonzero(order != np.arange(len(order)))
        if len(moved):
            self._cache.reorder(moved, order[moved], int(lengths.max()))
            self._rows.reorder(moved, order[moved])
        return spans(self._rows.position[: self._rows.n] + 1, self._slice_cells)

    def _mask(self, position: Tensor, width: int) -> Tensor:
        """[rows, 1, 1, width]: 0 for a cell that holds a token of the row, else -inf."""
        visible = self._columns[:width] <= position[:, None]
        return torch.where(visible, 0.0, -inf).to(self._dtype)[:, None, None]

    def _decode(self) -> Tensor:
        """The logits [n, V] float32 after each row's newest token, whose keys and values enter the cache."""
        weights, shape, n = self._weights, self._shape, self._rows.n
        layout = self._layout()
        token, position = (
            torch.from_numpy(a[:n]).to(self._device) for a in (self._rows.token, self._rows.position)
        )
        masks = [self._mask(position[a:b], t) for a, b, t in layout]
        places = self._cache.places(position)
        rotation = self._cosine[position], self._sine[position]
        x = F.embedding(token, weights.embedding)
        for index, layer in enumerate(weights.layers):
            qk, value = decoder.project(x, layer, shape, rotation)
            query, key = qk.split([shape.heads, shape.kv_heads], 1)
            self._cache.write(index, places, torch.cat([key, value], 1))
            keys, values = self._cache.cells[index]
            grouped = query.unflatten(1, (shape.kv_heads, -1)).to(self._dtype)  # [n, KV, H / KV, D]
            parts = [
                F.scaled_dot_product_attention(grouped[a:b], keys[a:b, :, :t], values[a:b, :, :t], mask)
                for (a, b, t), mask in zip(layout, masks, strict=True)
            ]
            attended = parts[0] if len(parts) == 1 else torch.cat(parts)
            x = decoder.mix(x, attended.flatten(1).to(x.dtype), layer, shape)
        return F.linear(decoder.final_norm(x, weights, shape), weights.head).float()


def _tensors(weights: decoder.Weights) -> Iterator[Tensor]:
    """All of them, once each, in an order of their own."""
    yield from (weights.embedding, weights.norm)
    if weights.head is not weights.embedding:
        yield weights.head
    for layer in weights.layers:
        yield from (layer.norm, layer.qkv, layer.out, layer.mlp_norm, layer.gate_up, layer.down)
        yield from (tensor for tensor in (layer.qkv_bias, layer.qk_norm) if tensor is not None)
