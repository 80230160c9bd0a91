"""Runs of rows: they cover every row once, and are cut only where it pays."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from parnassus.engines.spans import Span, spans


def test_by_hand():
    lengths = np.array([9, 8, 8, 7, 3, 2, 2, 1])
    assert spans(lengths, worth=20) == [Span(0, 4, 9), Span(4, 8, 3)]
    assert spans(lengths, worth=30) == [Span(0, 8, 9)]


@given(st.lists(st.integers(1, 300), min_size=1, max_size=60), st.integers(0, 500))
def test_cover_every_row_and_never_read_more(lengths: list[int], worth: int):
    found = spans(np.array(lengths), worth)
    assert [row for span in found for row in range(span.start, span.stop)] == list(range(len(lengths)))
    assert all(span.width == max(lengths[span.start : span.stop]) for span in found)
    saved = len(lengths) * max(lengths) - sum(span.cells for span in found)
    assert saved >= worth * (len(found) - 1)
