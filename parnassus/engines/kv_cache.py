"""Keys and values of the live rows. Not paged: a row owns `length` cells a layer, and what it has not
written yet is masked by whoever attends.

    cells [layers, 2 (keys, values), slots, KV, length, D]     zeros at first: a masked cell is never a NaN
"""

from __future__ import annotations

import torch
from torch import Tensor

from parnassus.engines.rows import Integers
from parnassus.models.decoder import Shape


class KVCache:
    """Row r of layer l holds its keys in cells[l, 0, r] and its values in cells[l, 1, r]."""

    def __init__(self, shape: Shape, slots: int, length: int, dtype: torch.dtype, device: torch.device):
        size = (shape.layers, 2, slots, shape.kv_heads, length, shape.head_dim)
        self.cells = torch.zeros(size, dtype=dtype, device=device)
        self._flat = self.cells.view(shape.layers, -1, shape.head_dim)
        place = torch.arange(2 * slots * shape.kv_heads, device=device).view(2, slots, shape.kv_heads)
        self._first_cell = (
            (place * length).transpose(0, 1).flatten(1)
        )  # [slots, 2 KV]: where each head's cells begin

    def places(self, position: Tensor) -> Tensor:
        """[n] positions of rows 0..n-1 -> where `write` is to put their keys and values."""
        return (self._first_cell[: len(position)] + position[:, None]).flatten()

    def write(self, layer: int, places: Tensor, kv: Tensor) -> None:
        """kv [n, 2 KV, D]: one key and value a head for each row, keys first."""
        self._flat[layer].index_copy_(0, places, kv.reshape(-1, kv.shape[-1]).to(self.cells.dtype))

    def fill(self, rows: slice, prefix: Tensor) -> None:
        """prefix [layers, 2, P, KV, D]: the same first P positions for every one of `rows`."""
        self.cells[:, :, rows, :, : prefix.shape[2]] = prefix.transpose(2, 3)[:, :, None]

    def move(self, to: int, source: int, length: int) -> None:
        """The first `length` cells of row `source` to row `to`."""
        self.cells[:, :, to, :, :length] = self.cells[:, :, source, :, :length]

    def reorder(self, to: Integers, source: Integers, length: int) -> None:
        """The same for many rows at once: a permutation, gone through cycle by cycle, so that one row is all
        that is ever held beside the cache."""
        origin = dict(zip(to.tolist(), source.tolist(), strict=True))
        while origin:
            first, next_ = origin.popitem()
            spare = self.cells[:, :, first, :, :length].clone()
            hole = first
            while next_ != first:
                self.move(hole, next_, length)
                hole, next_ = next_, origin.pop(next_)
            self.cells[:, :, hole, :, :length] = spare
