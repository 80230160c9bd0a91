"""Which rows attend together: runs of neighbours, each as wide as its longest row. Pure arithmetic.

lengths  9 8 8 7 3 2 2 1   as one run: 8 x 9 = 72 cells are read; as two: 4 x 9 + 4 x 3 = 48; live cells: 40
"""

from __future__ import annotations

from typing import NamedTuple

from parnassus.engines.rows import Integers


class Span(NamedTuple):
    """Rows start..stop-1, attending to the first `width` cells of each."""

    start: int
    stop: int
    width: int

    @property
    def cells(self) -> int:
        return (self.stop - self.start) * self.width


def spans(lengths: Integers, worth: int, start: int = 0) -> list[Span]:
    """Cover rows of these `lengths` [n >= 1], halving a run for as long as that saves more than `worth`
    cells."""
    whole = Span(start, start + len(lengths), int(lengths.max()))
    half = len(lengths) // 2
    if whole.cells - int(lengths.sum()) <= worth:  # no cut can save more than all padding
        return [whole]
    left, right = spans(lengths[:half], worth, start), spans(lengths[half:], worth, start + half)
    saved = whole.cells - sum(span.cells for span in left + right)
    return left + right if saved > worth * (len(left) + len(right) - 1) else [whole]
