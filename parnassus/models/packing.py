"""Sequences back to back, without padding. Not a data loader: it neither shuffles nor drops anything.

    sequences   a0 a1 a2 | b0 | c0 c1            tokens  [L = 6], what norms and matrix products see
                a0 a1 a2
    grid        b0  .  .                         [B = 3, W = 3], made inside attention only, and left again
                c0 c1  .

Norms and matrix products treat every token alike, so padding would be paid for and thrown away; only
attention needs to know which tokens belong together. Micro-batches are cut from length-sorted sequences,
which keeps the grid full.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import torch
from torch import Tensor

from parnassus.errors import DataError


@dataclass(frozen=True, slots=True, eq=False)
class Packed:
    """L tokens of B sequences, back to back."""

    tokens: Tensor  # [L] int64
    position: Tensor  # [L] int64: each token's place in its own sequence, from 0
    lengths: tuple[int, ...]  # B of them; they sum to L
    cell: Tensor | None  # [L] int64: each token's place in the flattened grid; None: the grid has no holes

    @property
    def width(self) -> int:
        return max(self.lengths)

    def to_grid(self, flat: Tensor) -> Tensor:
        """[L, ...] -> [B, W, ...], right-padded with zeros."""
        shape = (len(self.lengths), self.width, *flat.shape[1:])
        if self.cell is None:
            return flat.view(shape)
        holes = flat.new_zeros(shape[0] * shape[1], *flat.shape[1:])
        return holes.index_copy(0, self.cell, flat).view(shape)

    def from_grid(self, grid: Tensor) -> Tensor:
        """[B, W, ...] -> [L, ...]: the inverse of `to_grid`."""
        flat = grid.reshape(-1, *grid.shape[2:])
        return flat if self.cell is None else flat.index_select(0, self.cell)


def pack(sequences: Sequence[Sequence[int]], device: torch.device | str = "cpu") -> Packed:
    """Raises DataError when there is no sequence or one of them is empty."""
    lengths = tuple(len(sequence) for sequence in sequences)
    if not lengths or min(lengths) == 0:
        raise DataError(
            f"got sequences of lengths {list(lengths)}; wanted at least one, and none of them empty"
        )
    length = torch.tensor(lengths)
    start = length.cumsum(0) - length
    row = torch.repeat_interleave(length)
    position = torch.arange(sum(lengths)) - start[row]
    ragged = min(lengths) < max(lengths)
    return Packed(
        tokens=torch.tensor(list(chain.from_iterable(sequences))).to(device),
        position=position.to(device),
        lengths=lengths,
        cell=(row * max(lengths) + position).to(device) if ragged else None,
    )


def cut(lengths: Sequence[int], budget: int) -> list[list[int]]:
    """Indices of `lengths` in micro-batches, longest first, such that every grid (longest length x count)
    has at most `budget` cells; a sequence that is longer than that gets a micro-batch of its own."""
    batches: list[list[int]] = []
    room = 0
    for index in sorted(range(len(lengths)), key=lambda index: (-lengths[index], index)):
        if room == 0:
            batches.append([])
            room = max(1, budget // max(1, lengths[index]))
        batches[-1].append(index)
        room -= 1
    return batches
