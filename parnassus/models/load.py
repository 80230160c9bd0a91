"""A model and its chat from a name, and back to a directory: Hugging Face format, weights as safetensors only.

    "builtin:tiny"                     made on the spot from the seed (models/tiny.py)
    a directory, "models/qwen"         read from disk; the network is never asked
    a hub id, "Qwen/Qwen3-0.6B"        from the local cache or the network

Pickled weights (pytorch_model.bin) can run code when opened, so they are not opened. Code that ships inside a model is not
run either. Weights come as float32: what the optimiser needs; who wants another type casts.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from parnassus.errors import DeviceError, ModelError
from parnassus.models.tiny import tiny_model, tiny_tokenizer
from parnassus.text.chat import Chat

if TYPE_CHECKING:
    from transformers import PretrainedConfig, PreTrainedModel, PreTrainedTokenizerBase

BUILTIN = "builtin:tiny"
_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?")


@dataclass(frozen=True)
class Loaded:
    name: str
    model: PreTrainedModel  # float32, on the device asked for, in evaluation mode
    chat: Chat


def load(name: str, seed: int, device: str) -> Loaded:
    """`seed` is used by the built-in model only: weights that are read need none.

    Raises DeviceError when this machine lacks `device`; ModelError when there is no such model, it is no causal
    language model, its weights are missing, incomplete or not safetensors, or it has no tokenizer or chat template.
    """
    place = find_device(device)
    if name == BUILTIN:
        return Loaded(name, tiny_model(seed).to(place), Chat(tiny_tokenizer()))
    is_directory = _check_name(name)
    with _quiet():
        config = _checked(name, is_directory, lambda: _read_config(name, is_directory))
        chat_only = _checked(name, is_directory, lambda: _read_tokenizer(name, is_directory))
        Chat(chat_only)  # what is wrong with the tokenizer should not wait for gigabytes of weights
        model = _checked(name, is_directory, lambda: _read_model(name, is_directory, config))
    return Loaded(name, model.to(place), Chat(chat_only, _stops(model)))  # pyright: ignore[reportArgumentType]


def save(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, directory: Path) -> None:
    """What `load(str(directory), ...)` and AutoModelForCausalLM.from_pretrained read back."""
    with _quiet():
        model.save_pretrained(directory)
        tokenizer.save_pretrained(directory)
