"""Packing: there and back, and micro-batches that hold every sequence once."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from parnassus.errors import DataError
from parnassus.models.packing import cut, pack

Sequences = st.lists(st.lists(st.integers(1, 99), min_size=1, max_size=9), min_size=1, max_size=6)


def test_ragged_sequences_by_hand():
    packed = pack([[5, 6, 7], [8], [9, 4]])
    assert packed.tokens.tolist() == [5, 6, 7, 8, 9, 4]
    assert packed.position.tolist() == [0, 1, 2, 0, 0, 1]
    assert packed.to_grid(packed.tokens).tolist() == [[5, 6, 7], [8, 0, 0], [9, 4, 0]]


def test_equal_lengths_need_no_holes():
    packed = pack([[1, 2], [3, 4]])
    assert packed.cell is None
    assert packed.to_grid(packed.tokens).tolist() == [[1, 2], [3, 4]]


@given(Sequences)
def test_the_grid_gives_back_what_it_took(sequences: list[list[int]]):
    packed = pack(sequences)
    flat = torch.stack([packed.tokens, packed.position], 1)
    assert torch.equal(packed.from_grid(packed.to_grid(flat)), flat)
    assert packed.tokens.tolist() == [token for sequence in sequences for token in sequence]


def test_gradients_go_through_the_grid():
    packed = pack([[1, 2, 3], [4]])
    flat = torch.randn(4, 2, requires_grad=True)
    (packed.from_grid(packed.to_grid(flat)) * torch.arange(8.0).view(4, 2)).sum().backward()
    assert flat.grad is not None
    assert flat.grad.flatten().tolist() == list(range(8))


@pytest.mark.parametrize("sequences", [[], [[1], []]])
def test_nothing_to_pack(sequences: list[list[int]]):
    with pytest.raises(DataError, match="lengths"):
        pack(sequences)


@given(st.lists(st.integers(1, 50), max_size=40), st.integers(1, 120))
def test_cut_keeps_every_index_once_within_budget(lengths: list[int], budget: int):
    batches = cut(lengths, budget)
    assert sorted(index for batch in batches for index in batch) == list(range(len(lengths)))
    for batch in batches:
        assert len(batch) == 1 or max(lengths[index] for index in batch) * len(batch) <= budget


@given(st.lists(st.integers(1, 50), min_size=1, max_size=40), st.integers(1, 120))
def test_cut_fills_its_batches(lengths: list[int], budget: int):
    """Longest first, and a batch ends only when the next sequence would not fit."""
    batches = cut(lengths, budget)
    order = [lengths[index] for batch in batches for index in batch]
    assert order == sorted(lengths, reverse=True)
    for batch in batches[:-1]:
        assert lengths[batch[0]] * (len(batch) + 1) > budget
