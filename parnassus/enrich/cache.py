"""An Answerer whose answers are kept on disk by what was asked, so that nothing is paid for twice.

    question ── in the file? ── yes: the reply that stands there
                     └── no: the model behind ── reply ── a line of the file ── reply

The key is a hash of the model's name, the messages, the sampling and the seed. What failed is not kept. The
file may be removed when the job that it served is done: nothing else reads it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from parnassus.enrich.answerer import Answerer, Reply
from parnassus.enrich.log import KeyedLog, key_of
from parnassus.rundir.records import from_json, to_json
from parnassus.types import Message, Sampling


@dataclass(frozen=True, slots=True)
class _Kept:
    key: str
    reply: Reply


class Cached:
    """Used inside `with`; one file a model in `directory`, for one process at a time. Raises RunDirError
    where the file cannot be written."""

    def __init__(self, answerer: Answerer, directory: Path) -> None:
        self._answerer = answerer
        name = re.sub(r"[^\w.-]+", "_", self.model)[-80:]
        self._log = KeyedLog(directory / f"{name}-{key_of(self.model)[:8]}.jsonl")
        self._counted = Counter[str]()

    @property
    def counted(self) -> Counter[str]:
        return self._answerer.counted + self._counted

    @property
    def model(self) -> str:
        return self._answerer.model

    def __enter__(self) -> Self:
        self._log.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._log.__exit__(kind, error, trace)

    async def __call__(self, messages: Sequence[Message], sampling: Sampling, seed: int) -> Reply:
        asked = [text for message in messages for text in (message.role, message.content)]
        key = key_of(self.model, repr(sampling), str(seed), *asked)
        line = self._log.get(key)
        try:  # a question counts when it has ended: those under way at a kill are asked again
            if line is not None:
                self._counted["from the cache"] += 1
                return from_json(_Kept, line, str(self._log.path)).reply
            reply = await self._answerer(messages, sampling, seed)
            self._log.put(key, to_json(_Kept(key, reply)))
            return reply
        finally:
            self._counted["questions"] += 1
