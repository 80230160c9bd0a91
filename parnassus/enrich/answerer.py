"""The seam to a model that is only asked: messages in, text out, wherever it runs. Trains nothing.

EngineAnswerer   an engine in this process             engine.py
ServerAnswerer   /v1/chat/completions of any server    server.py
Cached           another one, each answer kept on disk cache.py
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Protocol

from parnassus.types import Message, Sampling, Stop


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model said; the counts of tokens where whoever ran it tells them."""

    text: str
    stop: Stop
    prompt_tokens: int | None = None
    tokens: int | None = None  # sampled


@dataclass(frozen=True, slots=True)
class Request:
    """One question to the model that an enrichment calls `model`."""

    model: str
    messages: tuple[Message, ...]
    sampling: Sampling
    seed: int


class Answerer(Protocol):
    """Raises AnsweringError where there is no answer to this question, ConfigError where there would be none
    to any: a token that is refused, a model that is not there."""

    @property
    def model(self) -> str:
        """Which model answers: another one must have another name, for answers are kept under it."""
        ...

    @property
    def counted(self) -> Counter[str]:
        """Since it was made: "answers" of the model, "tokens" in them, "prompt tokens" before them;
        "requests" to a server, "questions" and those answered "from the cache", "given up"; all else is
        trouble, by its kind."""
        ...

    async def __call__(self, messages: Sequence[Message], sampling: Sampling, seed: int) -> Reply: ...


def seed_of(*parts: object) -> int:
    """A seed named by `parts`; 31 bits, which every server takes."""
    digest = blake2b("/".join(map(str, parts)).encode("utf-8", "surrogatepass"), digest_size=4).digest()
    return int.from_bytes(digest) >> 1
