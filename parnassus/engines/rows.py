"""Requests and the rows they occupy while they are being answered. Host-side book-keeping only: no model.

Rows 0..n-1 are live, one request each; a row that ends is filled with the last one: live rows stay together.
A request brings its own random numbers, drawn from its seed by a counter-based generator: which row it
gets, when, and beside whom, cannot change them.
"""

from __future__ import annotations

from asyncio import Future
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import inf

import numpy as np
import numpy.typing as npt

from parnassus.engines.stop_texts import Decode, StopTexts
from parnassus.errors import DataError
from parnassus.types import Completion, Sampling, Stop

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    prompt: tuple[int, ...]
    sampling: Sampling
    seed: int
    limit: int  # how many tokens it may get: the sampling's word, or the room that the prompt leaves
    answer: Future[Completion]


def token_limit(prompt: Sequence[int], sampling: Sampling, max_len: int, vocabulary: int) -> int:
    """How many tokens `prompt` may be answered with. Raises DataError when that is none."""
    if not prompt or min(prompt) < 0 or max(prompt) >= vocabulary:
        raise DataError(f"got a prompt of {len(prompt)} tokens; wanted some, each of 0..{vocabulary - 1}")
    if len(prompt) >= max_len:
        raise DataError(
            f"got a prompt of {len(prompt)} tokens, which leaves no room for an answer within {max_len}: "
            "shorten it or raise max_len"
        )
    if sampling.max_tokens < 1 or sampling.temperature < 0 or not 0 < sampling.top_p <= 1:
        raise DataError(f"got {sampling}; wanted max_tokens >= 1, temperature >= 0 and 0 < top_p <= 1")
    if sampling.top_k < 0 or not 0 < sampling.repetition_penalty < inf:
        raise DataError(f"got {sampling}; wanted top_k >= 0 and a repetition_penalty above 0")
    return min(sampling.max_tokens, max_len - len(prompt))


class Rows:
    """The live requests: parallel arrays of which the first `n` rows count."""

    def __init__(
        self,
        slots: int,
        max_len: int,
        vocabulary: int,
        stop_ids: Collection[int],
        decode: Decode | None = None,
    ):
        self.slots, self.n = slots, 0
        self.requests: list[Request] = []
        self.token = np.zeros(slots, np.int64)  # the newest one, which the model has not seen yet
        self.position = np.zeros(slots, np.int64)  # where it stands in its sequence
        self.temperature = np.ones(slots, np.float32)
        self.top_p = np.ones(slots, np.float32)
        self.top_k = np.zeros(slots, np.int64)
        self.penalty = np.ones(slots, np.float32)
        self._seen: npt.NDArray[np.bool_] | None = None  # [slots, V]: once a request has a penalty
        self._limit = np.zeros(slots, np.int64)
        self._count = np.zeros(slots, np.int64)
        self._tokens = np.zeros((slots, max_len), np.int64)
        self._logprobs = np.zeros((slots, max_len), np.float32)
        self._uniforms = np.zeros((slots, max_len), np.float32)
        self._stops = np.zeros(vocabulary, np.bool_)
        self._stops[list(stop_ids)] = True
        self._texts = None if decode is None else StopTexts(decode)
        self._watched = 0  # live rows that a text may end
        self._said = np.zeros(slots, np.bool_)  # whether one has
        self._index = np.arange(slots)

    def add(self, request: Request) -> int:
        """Give `request` the next row and return it."""
        row, self.n = self.n, self.n + 1
        self.requests.append(request)
        self.token[row], self.position[row] = request.prompt[-1], len(request.prompt) - 1
        self.temperature[row], self.top_p[row] = request.sampling.temperature, request.sampling.top_p
        self.top_k[row], self.penalty[row] = request.sampling.top_k, request.sampling.repetition_penalty
        if request.sampling.repetition_penalty != 1 and self._seen is None:
            self._seen = np.zeros((self.slots, len(self._stops)), np.bool_)
        if self._seen is not None:
            self._seen[row] = False
            self._seen[row, list(request.prompt)] = True
        self._limit[row], self._count[row] = request.limit, 0
        self._said[row] = False
        self._watched += bool(request.sampling.stop)
        generator = np.random.Generator(np.random.Philox(key=request.seed))
        generator.random(out=self._uniforms[row, : request.limit], dtype=np.float32)
        return row

    def uniforms(self) -> Floats:
        """[n] in [0, 1): each live row's next random number."""
        return self._uniforms[self._index[: self.n], self._count[: self.n]]

    def seen(self) -> npt.NDArray[np.bool_]:
        """[n, V]: whether a row's prompt or answer so far has the token; of no use while `penalty` is 1."""
        assert self._seen is not None
        return self._seen[: self.n]

    def record(self, tokens: Integers, logprobs: Floats) -> list[int]:
        """Take a sampled token a row [n] and its log-probability [n]; return the rows that ended with it."""
        live, count = self._index[: self.n], self._count[: self.n]
        self._tokens[live, count] = tokens
        self._logprobs[live, count] = logprobs
        if self._seen is not None:
            self._seen[live, tokens] = True
        self.token[: self.n] = tokens
        self.position[: self.n] += 1
        count += 1
        ended = self._stops[tokens] | (count >= self._limit[: self.n])
        if self._watched:
            self._listen()
            ended |= self._said[: self.n]
        return np.flatnonzero(ended).tolist()

    def _listen(self) -> None:
        """Note the live rows whose newest token completes a text that ends them."""
        assert self._texts is not None  # or the request would have been refused
        for row, request in enumerate(self.requests):
            if request.sampling.stop:
                sampled = self._tokens[row, : self._count[row]]
                self._said[row] = self._texts.completed(sampled, request.sampling.stop)

    def completion(self, row: int, version: int) -> Completion:
        count = self._count[row]
        stopped = bool(self._stops[self._tokens[row, count - 1]] | self._said[row])
        return Completion(
            tokens=tuple(self._tokens[row, :count].tolist()),
            logprobs=tuple(self._logprobs[row, :count].tolist()),
            stop=Stop.FINISHED if stopped else Stop.LENGTH,
            policy_version=version,
        )

    def remove(self, row: int) -> int:
        """Free `row`; return the row that took its place, the last one, which may be `row` itself."""
        self.n -= 1
        self._watched -= bool(self.requests[row].sampling.stop)
        last = self.requests.pop()
        if row != self.n:
            self.requests[row] = last
            self._assign(row, self.n)
        return self.n

    def reorder(self, to: Integers, source: Integers) -> None:
        """Row `to[i]` becomes what row `source[i]` was: a permutation of the rows named."""
        moved = [self.requests[row] for row in source]
        for row, request in zip(to, moved, strict=True):
            self.requests[row] = request
        self._assign(to, source)

    def _assign(self, to: Integers | int, source: Integers | int) -> None:
        each = (self.token, self.position, self.temperature, self.top_p, self.top_k, self.penalty)
        for array in (*each, self._limit, self._count, self._said):
            array[to] = array[source]
        for table in (self._tokens, self._logprobs, self._uniforms):
            table[to] = table[source]
        if self._seen is not None:
            self._seen[to] = self._seen[source]
