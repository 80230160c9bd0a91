"""The engine that knows its answers beforehand: for tests and for rehearsing a run without a model. Not a
mock: it keeps the whole contract of types.Engine, length limits included."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence

from torch import Tensor

from parnassus.engines.stop_texts import Decode, StopTexts, check_stop
from parnassus.errors import DataError
from parnassus.types import Completion, Sampling, Stop

Script = Callable[[tuple[int, ...], int], Sequence[int]]


class ScriptedEngine:
    """Answers a prompt with what `script(prompt, seed)` says, cut where a stop id, a stop text or the room
    for it ends.

    Every token has log-probability 0: the script would always say it.
    """

    def __init__(self, script: Script, stop_ids: Collection[int], max_len: int, decode: Decode | None = None):
        self._script, self._stop_ids, self._max_len, self._version = script, frozenset(stop_ids), max_len, 0
        self._texts = None if decode is None else StopTexts(decode)

    @classmethod
    def of(cls, table: Mapping[tuple[int, ...], Sequence[int]], stop_ids: Collection[int], max_len: int):
        return cls(lambda prompt, seed: table[prompt], stop_ids, max_len)

    async def generate(self, prompt: Sequence[int], sampling: Sampling, seed: int) -> Completion:
        if not 0 < len(prompt) < self._max_len:
            raise DataError(f"got a prompt of {len(prompt)} tokens; wanted 1..{self._max_len - 1}")
        check_stop(sampling, self._texts is not None)
        await asyncio.sleep(0)  # as a real one: never an answer before the caller has let go
        room = min(sampling.max_tokens, self._max_len - len(prompt))
        tokens = tuple(self._script(tuple(prompt), seed))[:room]
        stop = next(
            (count for count in range(1, len(tokens) + 1) if self._ends(tokens[:count], sampling)), None
        )
        tokens = tokens[:stop]
        ending = Stop.LENGTH if stop is None else Stop.FINISHED
        return Completion(tokens, (0.0,) * len(tokens), ending, self._version)

    def _ends(self, tokens: Sequence[int], sampling: Sampling) -> bool:
        """Whether the last of `tokens` does, given that none before did."""
        said = self._texts is not None and sampling.stop and self._texts.completed(tokens, sampling.stop)
        return tokens[-1] in self._stop_ids or bool(said)

    def load(self, weights: Mapping[str, Tensor], version: int) -> None:
        self._version = version
