"""A real server of chat completions for tests, in a thread: its answers are a function of the questions."""

import asyncio
import contextlib
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from types import TracebackType
from typing import Self


@dataclass(frozen=True)
class Say:
    """An answer as it goes over the line. `cut`: only so many bytes of it, then the connection is closed."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    hold: threading.Event | None = None  # answered when it is set

    def content(self) -> bytes:
        lines = [f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}"]
        headers = {"Content-Type": "application/json", "Content-Length": str(len(self.body)), **self.headers}
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode() + self.body


Script = Callable[[dict], Say | str]


def said(text: str | None, stop: str = "stop", **usage: int) -> Say:
    """A completion."""
    message = {"role": "assistant", "content": text}
    value = {
        "object": "chat.completion",
        "choices": [{"index": 0, "message": message, "finish_reason": stop}],
    }
    return Say(json.dumps(value | ({"usage": usage} if usage else {})).encode())


class ModelServer:
    """`asked`: the body of every question, in the order that they came; `most`: at a time."""

    def __init__(self, script: Script, models: Say | None = None, port: int = 0) -> None:
        self._port = port
        self._script, self._models = script, models or Say(b'{"data": []}')
        self.asked: list[dict] = []
        self.headers: list[dict[str, str]] = []
        self.now = self.most = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)

    def __enter__(self) -> Self:
        self._thread.start()
        listening = asyncio.start_server(self._serve, "127.0.0.1", self._port)
        self._server = asyncio.run_coroutine_threadsafe(listening, self._loop).result()
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _close(self) -> None:
        self._server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while await self._answered(reader, writer):
                pass
        writer.close()

    async def _answered(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One question; whether the connection lasts."""
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().splitlines()
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines if line)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        if first.startswith("GET"):
            writer.write(self._models.content())
            return True
        self.asked.append(json.loads(body))
        self.headers.append(headers)
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            say = self._script(self.asked[-1])
            say = said(say) if isinstance(say, str) else say
            await asyncio.sleep(0.01)
            while say.hold is not None and not say.hold.is_set():
                await asyncio.sleep(0.01)
        finally:
            self.now -= 1
        writer.write(say.content()[: say.cut])
        await writer.drain()
        return say.cut is None
