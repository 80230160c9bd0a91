"""Any server that speaks /v1/chat/completions (vllm serve, SGLang, llama.cpp, a vendor's) as an Answerer.

    __call__ ── POST ──> 200 and a completion        the reply
        ^                200 and nonsense            ─────┐
        │                429, 500, 502, 503, 504     ─────┤
        │                no connection, or lost      ─────┤
        │                nothing within `seconds`    ─────┤
        └── waits Retry-After, or longer each time <──────┘   after `retries` of them: AnsweringError,
                                                              of nonsense RefusedError
                         401, 403, 404               ConfigError: no question would be answered
                         any other                   RefusedError at once: a prompt too long, say

Not a queue: at most `concurrency` questions are with the server, the rest wait here, and their time does not
run. The environment's proxies and .netrc are not used: the token goes to the address and nowhere else.
"""

from __future__ import annotations

import asyncio
import email.utils
import os
import random
import time
from collections import Counter
from collections.abc import Sequence
from types import TracebackType
from typing import NamedTuple, Self
from urllib.parse import urlsplit

import httpx2

from parnassus.enrich.answerer import Reply
from parnassus.enrich.completion import read_completion, request_body
from parnassus.errors import AnsweringError, ConfigError, RefusedError, positive
from parnassus.types import Message, Sampling

BUSY = {429, 500, 502, 503, 504}
HOPELESS = {401, 403, 404}
NONSENSE = "nonsense"
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 60.0
MOST_PATIENCE_SECONDS = 3600.0  # of a server's Retry-After
CONNECT_SECONDS = 10.0


class _Trouble(NamedTuple):
    """One try that gave no answer: its kind, which is counted, and how long the server wants to be left."""

    kind: str
    said: str
    at_least: float = 0.0


class ServerAnswerer:
    """Used inside `async with`, which raises ConfigError where no server answers. `url` ends before
    /chat/completions; the token is read from the environment variable `token`, if that is set."""

    def __init__(
        self,
        url: str,
        model: str,
        *,
        token: str = "OPENAI_API_KEY",
        concurrency: int = 64,
        seconds: float = 600.0,
        retries: int = 8,
        pause: float = FIRST_PAUSE_SECONDS,
    ) -> None:
        positive(self, concurrency=concurrency, seconds=seconds, pause=pause, tries=retries + 1)
        self.url, self.model = _base(url), model
        self._concurrency, self._seconds, self._retries, self._first = concurrency, seconds, retries, pause
        self.counted = Counter[str]()
        self._token, self._turns = token, asyncio.Semaphore(concurrency)
        self._client: httpx2.AsyncClient | None = None

    async def __aenter__(self) -> Self:
        headers = {"Content-Type": "application/json"}
        if secret := os.environ.get(self._token, "").strip():
            headers["Authorization"] = f"Bearer {secret}"
        self._turns = asyncio.Semaphore(self._concurrency)  # anew: the last may be of another event loop
        limits = httpx2.Limits(max_connections=self._concurrency)
        self._client = httpx2.AsyncClient(trust_env=False, headers=headers, limits=limits, timeout=None)
        try:
            await self._greet(self._client)
        except BaseException:
            await self.__aexit__(None, None, None)
            raise
        return self

    async def _greet(self, client: httpx2.AsyncClient) -> None:
        """Raises ConfigError unless a server is there and lets us in: now, not after every problem failed."""
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                reply = await client.get(f"{self.url}/models")
        except (httpx2.HTTPError, TimeoutError) as error:
            raise ConfigError(
                f"no server answers at {self.url} ({_why(error)}): start it, or give its address"
            ) from error
        if reply.status_code in (401, 403):  # not every server lists its models, so 404 says nothing
            raise self._hopeless(reply)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def __call__(self, messages: Sequence[Message], sampling: Sampling, seed: int) -> Reply:
        body = request_body(self.model, messages, sampling, seed)
        async with self._turns:
            attempt = 0
            while True:
                said = await self._ask(body)
                if isinstance(said, Reply):
                    self.counted.update({"answers": 1, "tokens": said.tokens or 0})
                    self.counted["prompt tokens"] += said.prompt_tokens or 0
                    return said
                self.counted[said.kind] += 1
                if attempt == self._retries:
                    self.counted["given up"] += 1
                    kind = RefusedError if said.kind == NONSENSE else AnsweringError
                    tried = f"{said.kind} after {attempt + 1} tries"  # what is counted
                    raise kind(f"{tried}: {self.model} at {self.url}: {said.said}")
                await asyncio.sleep(max(said.at_least, self._pause(seed, attempt)))
                attempt += 1

    def _pause(self, seed: int, attempt: int) -> float:
        """Twice as long each time; spread, or those who failed together would come back together."""
        longest = min(self._first * 2**attempt, LONGEST_PAUSE_SECONDS)
        return longest * random.Random(f"{seed}/{attempt}").uniform(0.5, 1.0)

    async def _ask(self, body: bytes) -> Reply | _Trouble:
        if self._client is None:
            raise ConfigError("the server's connections are closed: use it inside `async with`")
        self.counted["requests"] += 1
        try:
            async with asyncio.timeout(self._seconds):
                reply = await self._client.post(f"{self.url}/chat/completions", content=body)
        except TimeoutError:
            return _Trouble("timeout", f"no answer within {self._seconds:g} s")
        except httpx2.HTTPError as error:
            return _Trouble("connection", f"not reached, or lost: {_why(error)}")
        if reply.status_code == 200:
            try:
                return read_completion(reply.content)
            except ValueError as error:
                return _Trouble(NONSENSE, str(error))
        if reply.status_code in BUSY:
            return _Trouble(str(reply.status_code), _said(reply), _retry_after(reply))
        if reply.status_code in HOPELESS:
            raise self._hopeless(reply)
        self.counted.update({str(reply.status_code): 1, "given up": 1})
        raise RefusedError(f"{self.model} at {self.url}: {_said(reply)}")

    def _hopeless(self, reply: httpx2.Response) -> ConfigError:
        return ConfigError(
            f"{self.url} said {_said(reply)}. Check the address, the name of the model ({self.model}) and "
            f"the token in ${self._token}."
        )


def _base(url: str) -> str:
    """http://host:8000 and http://host:8000/v1 are the same. Raises ConfigError for what is no address."""
    parts = urlsplit(url)
    try:
        known = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        known = False
    if not known or parts.username or parts.password or parts.query or parts.fragment:
        raise ConfigError("a server's address is http(s)://HOST:PORT/v1, without a user or a token in it")
    return url.rstrip("/") if parts.path.strip("/") else f"{url.rstrip('/')}/v1"


def _said(reply: httpx2.Response) -> str:
    return f"{reply.status_code}: {reply.text[:300] or reply.reason_phrase}"


def _why(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".rstrip(": ")


def _retry_after(reply: httpx2.Response) -> float:
    """Seconds, from either form of the header; 0 where it says nothing that can be read."""
    said = reply.headers.get("Retry-After", "0")
    try:
        wait = float(said) if said[:1].isdigit() else _until(said)
    except ValueError:
        return 0.0
    return min(max(wait, 0.0), MOST_PATIENCE_SECONDS)


def _until(date: str) -> float:
    return email.utils.parsedate_to_datetime(date).timestamp() - time.time()
