"""The asyncio side of an engine: callers wait, one task decodes for all of them. Knows no model.

    generate --> waiting --> rows --step--> rows --step--> ...    one task, alive while there is work; between
        ^                      |                                  steps the event loop runs, so a completion
        +---- its completion <-+  the moment it ends              is judged while others still decode

What goes wrong in a step reaches every caller. A caller that is cancelled gives its row back before the
next step.
"""

from __future__ import annotations

import asyncio
import math
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Collection, Mapping, Sequence

from torch import Tensor

from parnassus.engines.rows import Request, Rows, token_limit
from parnassus.engines.stop_texts import Decode, check_stop
from parnassus.errors import ModelError
from parnassus.types import Completion, Sampling


class BatchingEngine(ABC):
    """A types.Engine but for the model: an heir says how rows advance and how weights are taken."""

    def __init__(
        self,
        stop_ids: Collection[int],
        slots: int,
        max_len: int,
        vocabulary: int,
        decode: Decode | None = None,
    ):
        self.prompts_prefilled = 0  # ever; siblings that waited together count once
        self._max_len, self._vocabulary, self._version = max_len, vocabulary, 0
        self._rows = Rows(slots, max_len, vocabulary, stop_ids, decode)
        self._hears = decode is not None
        self._waiting: deque[Request] = deque()
        self._task: asyncio.Task[None] | None = None
        self._cancelled = False

    async def generate(self, prompt: Sequence[int], sampling: Sampling, seed: int) -> Completion:
        """As types.Engine; the completion ends with a stop id or a stop text (FINISHED), or with the room for
        it (LENGTH).

        The same tokens whatever else runs, up to rounding: matrix products of other sizes may round the
        last bit differently, which matters when a random number falls within 1e-6 of the border between two
        tokens. Temperature 0 takes the likeliest token; its log-probabilities are then those of temperature
        1.
        """
        limit = token_limit(prompt, sampling, self._max_len, self._vocabulary)
        check_stop(sampling, self._hears)
        answer: asyncio.Future[Completion] = asyncio.get_running_loop().create_future()
        self._waiting.append(Request(tuple(prompt), sampling, seed, limit, answer))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
        try:
            return await answer
        except asyncio.CancelledError:
            self._cancelled = True
            raise

    def load(self, weights: Mapping[str, Tensor], version: int) -> None:
        """As types.Engine. Raises RuntimeError while requests are in flight: their tokens would be of two
        policies."""
        self._drop_cancelled()
        if self._rows.n or self._waiting:
            raise RuntimeError(
                f"cannot load weights {version} while {self._rows.n + len(self._waiting)} requests are "
                "in flight: await them first"
            )
        self._load(weights)
        self._version = version

    @abstractmethod
    def _load(self, weights: Mapping[str, Tensor]) -> None: ...

    @abstractmethod
    def _step(self) -> list[int]:
        """Give waiting requests rows as there is room, advance every row by a token, return the rows that
        ended."""
        ...

    @abstractmethod
    def _vacate(self, row: int) -> None:
        """Free `row` by moving the last one into it."""
        ...

    async def _run(self) -> None:
        try:
            while True:
                self._drop_cancelled()
                if not self._rows.n and not self._waiting:
                    return
                ended = self._step()
                for row in reversed(ended):  # from the end: a row that moves is one that stays
                    self._deliver(row)
                    self._vacate(row)
                await asyncio.sleep(0)
        except Exception as error:
            self._fail(error)
        finally:
            self._fail(None)

    def _deliver(self, row: int) -> None:
        answer = self._rows.requests[row].answer
        completion = self._rows.completion(row, self._version)
        if answer.done():
            return
        if math.isnan(sum(completion.logprobs)):
            answer.set_exception(ModelError("the model's logits are not finite: its weights have diverged"))
        else:
            answer.set_result(completion)

    def _fail(self, error: Exception | None) -> None:
        """Let nobody wait for what will not come; without an error, because the event loop is being
        closed."""
        for request in (*self._rows.requests, *self._waiting):
            if not request.answer.done():
                _ = request.answer.cancel() if error is None else request.answer.set_exception(error)
        self._cancelled = True
        self._drop_cancelled()

    def _drop_cancelled(self) -> None:
        if not self._cancelled:
            return
        self._cancelled = False
        self._waiting = deque(request for request in self._waiting if not request.answer.done())
        for row in reversed(range(self._rows.n)):
            if self._rows.requests[row].answer.done():
                self._vacate(row)
