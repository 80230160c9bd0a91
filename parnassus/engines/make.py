"""Which engine answers for a model: the fast one where it is exact. Not a registry."""

from __future__ import annotations

from collections.abc import Collection

from transformers import PreTrainedModel

from parnassus.engines.batching import BatchingEngine
from parnassus.engines.embedded import EmbeddedEngine
from parnassus.engines.generic import GenericEngine
from parnassus.models.decoder import is_lean


def make_engine(model: PreTrainedModel, stop_ids: Collection[int], max_len: int) -> BatchingEngine:
    """An engine with a copy of the model's weights, on its device; `max_len` tokens for prompt and answer."""
    engine = EmbeddedEngine if is_lean(model.config) else GenericEngine
    return engine(model, stop_ids, max_len)
