"""A curation under way, told in lines: what a pass dropped, and how far a long one is."""

import time
from collections import Counter
from collections.abc import Callable

_EVERY_SECONDS = 30.0


class Told:
    """An observer of a curation; `note` is where lines go."""

    def __init__(self, stage: str, note: Callable[[str], None]) -> None:
        self._stage, self._note = stage, note

    def begin(self, what: str, total: int | None) -> None:
        self._what, self._total, self._last = what, total, time.monotonic()

    def advance(self, done: int) -> None:
        if time.monotonic() - self._last > _EVERY_SECONDS:
            self._last = time.monotonic()
            of = f" of {self._total:,}" if self._total else ""
            self._note(f"{self._stage}: {self._what}: {done:,}{of}")

    def end(self, kept: int, reasons: Counter[str]) -> None:
        if reasons:
            listed = ", ".join(f"{number:,} {reason}" for reason, number in reasons.most_common())
            self._note(f"{self._stage}: {self._what}: {kept:,} left ({listed})")

    def tell(self, line: str) -> None:
        """What asking a model will cost, and what came of it."""
        self._note(f"{self._stage}: {line}")
