"""YaRN: rotary positions for sequences longer than any that a model was trained on. Peng et al.,
arXiv:2309.00071, section 3, as transformers and vLLM compute it. Trains nothing.

    rotations of a pair of dimensions over the positions trained on:   32 or more   keep their frequency
                                                                        1 or fewer   frequency / factor
                                                                        between      a line, over the pairs
    cosine and sine are both multiplied by 0.1 ln(factor) + 1
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from parnassus.errors import ConfigError, ModelError

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import PreTrainedConfig, PreTrainedModel

_FAST, _SLOW = 32, 1  # rotations
_KNOWN = {
    "rope_type",
    "rope_theta",
    "partial_rotary_factor",
    "factor",
    "original_max_position_embeddings",
}


@dataclass(frozen=True, slots=True)
class Yarn:
    """`factor` times the positions that the model was trained on. Klear-Reasoner (arXiv:2508.07629, its
    inference.py) evaluates with Yarn(2.5, 32768): a context of 81,920 tokens."""

    factor: float
    trained: int  # positions

    def __post_init__(self) -> None:
        if not 1 <= self.factor < math.inf or self.trained < 1:
            raise ConfigError(f"{self}: wanted a factor of at least 1, and at least one position trained on")

    @property
    def context(self) -> int:
        """Tokens that a sequence may have."""
        return int(self.factor * self.trained)

    @property
    def amplitude(self) -> float:
        """What cosine and sine are multiplied by."""
        return 0.1 * math.log(self.factor) + 1

    def stretched(self, frequencies: Tensor, theta: float) -> Tensor:
        """Those of plain rotary positions with base `theta`, [D / 2] -> as YaRN has them, [D / 2]."""
        pairs = len(frequencies)
        fast, slow = (self._pair(rotations, pairs, theta) for rotations in (_FAST, _SLOW))
        low, high = max(math.floor(fast), 0), min(math.ceil(slow), 2 * pairs - 1)
        ramp = frequencies.new_tensor([(i - low) / ((high - low) or 0.001) for i in range(pairs)]).clamp(0, 1)
        return frequencies / self.factor * ramp + frequencies * (1 - ramp)

    def _pair(self, rotations: int, pairs: int, theta: float) -> float:
        """Which pair of dimensions turns so often over the positions trained on; a place between pairs."""
        return pairs * math.log(self.trained / (rotations * 2 * math.pi)) / math.log(theta)


def yarn_of(config: PreTrainedConfig) -> Yarn | None:
    """What a model says of itself; None where its positions are others, or a YaRN with more settings."""
    rope: dict[str, Any] = config.to_dict()["rope_parameters"] or {}
    given = {name for name, value in rope.items() if value is not None}
    if (
        rope.get("rope_type") != "yarn"
        or not {"factor", "original_max_position_embeddings"} <= given <= _KNOWN
    ):
        return None
    return Yarn(rope["factor"], rope["original_max_position_embeddings"])


def with_yarn(model: PreTrainedModel, yarn: Yarn) -> PreTrainedModel:
    """A model of the very same parameters, no copies, whose positions are `yarn`'s and whose context is
    longer. Raises ModelError where the model has no plain rotary positions, or would have a shorter context.
    """
    import torch

    own: Any = model.config
    rope = own.to_dict().get("rope_parameters") or {}
    base = getattr(model.base_model, "rotary_emb", None)
    if base is None or rope.get("rope_type") != "default":
        raise ModelError(
            f"YaRN is for models with plain rotary positions; a model of type {own.model_type} has "
            f"{rope.get('rope_type', 'none of its config')}. Evaluate it without."
        )
    if yarn.context < own.max_position_embeddings:
        raise ModelError(
            f"{yarn} has room for {yarn.context} tokens, the model without it for "
            f"{own.max_position_embeddings}: raise the factor, or evaluate without YaRN."
        )
    scaled = rope | {
        "rope_type": "yarn",
        "factor": yarn.factor,
        "original_max_position_embeddings": yarn.trained,
    }
    changes = {"rope_parameters": scaled, "max_position_embeddings": yarn.context}
    config = type(own).from_dict(own.to_dict() | changes)
    with torch.device("meta"):
        result: Any = type(model)(config)
    result.load_state_dict(model.state_dict(), assign=True)
    result.tie_weights()
    result.base_model.rotary_emb = type(base)(config).to(model.device)
    return result.eval().requires_grad_(False)
