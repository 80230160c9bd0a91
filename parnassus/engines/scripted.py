"""The engine that knows its answers beforehand: for tests and for rehearsing a run without a model. Not a
mock: it keeps the whole contract of types.Engine, length limits included."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence

from torch import Tensor

from parnassus.errors import DataError
from parnassus.types import Completion, Sampling, Stop

Script = Callable[[tuple[int, ...], int], Sequence[int]]


class ScriptedEngine:
    """Answers a prompt with what `script(prompt, seed)` says, cut where a stop id or the room for it ends.

    Every token has log-probability 0: the script would always say it.
    """

    def __init__(self, script: Script, stop_ids: Collection[int], max_len: int):
        self._script, self._stop_ids, self._max_len, self._version = script, frozenset(stop_ids), max_len, 0

    @classmethod
    def of(cls, table: Mapping[tuple[int, ...], Sequence[int]], stop_ids: Collection[int], max_len: int):
        return cls(lambda prompt, seed: table[prompt], stop_ids, max_len)

    async def generate(self, prompt: Sequence[int], sampling: Sampling, seed: int) -> Completion:
        if not 0 < len(prompt) < self._max_len:
            raise DataError(f"got a prompt of {len(prompt)} tokens; wanted 1..{self._max_len - 1}")
        await asyncio.sleep(0)  # as a real one: never an answer before the caller has let go
        room = min(sampling.max_tokens, self._max_len - len(prompt))
        tokens = tuple(self._script(tuple(prompt), seed))[:room]
        stop = next((index for index, token in enumerate(tokens) if token in self._stop_ids), None)
        tokens = tokens if stop is None else tokens[: stop + 1]
        ending = Stop.LENGTH if stop is None else Stop.FINISHED
        return Completion(tokens, (0.0,) * len(tokens), ending, self._version)

    def load(self, weights: Mapping[str, Tensor], version: int) -> None:
        self._version = version
