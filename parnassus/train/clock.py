"""Where the time goes: wall and CPU seconds of this process by phase. Children's CPU (the sandbox) is not in
it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Clock:
    """Accumulates seconds under the names of phases; `rows` gives them as metrics and starts anew."""

    def __init__(self) -> None:
        self._wall: dict[str, float] = {}
        self._cpu: dict[str, float] = {}

    @contextmanager
    def __call__(self, phase: str) -> Iterator[None]:
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        self._wall[phase] = self._wall.get(phase, 0.0) + time.perf_counter() - wall
        self._cpu[phase] = self._cpu.get(phase, 0.0) + time.process_time() - cpu

    def rows(self) -> dict[str, dict[str, float]]:
        wall, cpu = self._wall, self._cpu
        self._wall, self._cpu = {}, {}
        return {"seconds": _rounded(wall), "cpu_seconds": _rounded(cpu)}


def _rounded(seconds: dict[str, float]) -> dict[str, float]:
    return {phase: round(value, 4) for phase, value in seconds.items()}
