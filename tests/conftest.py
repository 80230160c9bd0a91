"""Shared by tests of models and of engines: a small model of each family, one of them not lean (gpt2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from transformers import PreTrainedModel

LEAN = ("qwen3", "qwen2", "llama", "mistral")
VOCABULARY = 40
SMALL = {
    "vocab_size": VOCABULARY,
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "intermediate_size": 48,
    "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0},
    "bos_token_id": None,
    "eos_token_id": None,
}
EXTRA = {
    "qwen3": {"head_dim": 16, "tie_word_embeddings": True},
    "mistral": {"sliding_window": None},
}


@pytest.fixture(scope="session")
def small_model() -> Callable[[str], PreTrainedModel]:
    """family -> a fresh model of it, the same every time, in evaluation mode."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    def make(family: str) -> PreTrainedModel:
        torch.manual_seed(1)
        names = {"hidden_size": "n_embd", "num_hidden_layers": "n_layer", "num_attention_heads": "n_head"}
        gpt2 = {
            names.get(name, name): SMALL[name]
            for name in ("vocab_size", "bos_token_id", "eos_token_id", *names)
        }
        config = AutoConfig.for_model(family, **(gpt2 if family == "gpt2" else SMALL | EXTRA.get(family, {})))
        model = AutoModelForCausalLM.from_config(config).eval()
        with torch.no_grad():  # norms and biases start as ones and zeros, which hides that they are forgotten
            for parameter in model.parameters():
                parameter.add_(torch.randn_like(parameter) * 0.1)
        return model

    return make
