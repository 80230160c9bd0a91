"""Which engine answers for a model: the fast one where it is exact. Not a registry."""

from __future__ import annotations

import os
from collections.abc import Collection

import torch
from transformers import PreTrainedModel

from parnassus.engines.batching import BatchingEngine
from parnassus.engines.embedded import EmbeddedEngine
from parnassus.engines.generic import GenericEngine
from parnassus.engines.stop_texts import Decode
from parnassus.models.decoder import Shape, is_lean

MOST_SLOTS = 256  # beyond it nothing is gained: matrix products are full and attention waits for memory
CACHE_SHARE = 4  # one part in so many of the device's memory may hold keys and values


def make_engine(
    model: PreTrainedModel, stop_ids: Collection[int], max_len: int, decode: Decode | None = None
) -> BatchingEngine:
    """An engine with a copy of the model's weights, on its device; prompt and answer share `max_len`. Without
    `decode` no text of `Sampling.stop` can end an answer."""
    if not is_lean(model.config):
        return GenericEngine(model, stop_ids, max_len, decode=decode)
    row = Shape.of(model.config).cache_bytes(torch.float32) * max_len
    return EmbeddedEngine(model, stop_ids, max_len, slots=slots(row, memory(model.device)), decode=decode)


def slots(row: int, memory: int) -> int:
    """Rows at a time, of `row` bytes of keys and values each."""
    return max(1, min(MOST_SLOTS, memory // CACHE_SHARE // row))


def memory(device: torch.device) -> int:
    """Bytes in all, not those that happen to be free: a run must not depend on its neighbours."""
    if device.type == "cuda":
        return torch.cuda.get_device_properties(device).total_memory
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
