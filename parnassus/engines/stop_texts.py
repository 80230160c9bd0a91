"""Texts that end what is sampled, beside stop ids: whether the newest token completes one. No model, no state
but what was looked up.

A token is looked at more closely only if it holds a text's last character, alone or in bytes that spell none;
then the last few tokens are decoded: as many as it takes for a text to fit in before the newest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from parnassus.errors import ConfigError, DataError
from parnassus.types import Sampling

Decode = Callable[[Sequence[int]], str]  # special tokens left out
Tokens = Sequence[int] | npt.NDArray[np.int64]

_PART = "\ufffd"  # what bytes are decoded as that are only a part of a character
_SPARE = 4  # characters that may come out otherwise where decoding begins in the middle


def check_stop(sampling: Sampling, hears: bool) -> None:
    """Raises DataError for a text that cannot end anything, ConfigError where none can: the engine `hears` if
    it was given a decoder."""
    if not all(sampling.stop):
        raise DataError(f"got an empty text in stop={sampling.stop}, which would end all that is said")
    if sampling.stop and not hears:
        raise ConfigError(f"this engine knows no text, so stop={sampling.stop} cannot end what it says")


class StopTexts:
    """For one tokenizer."""

    def __init__(self, decode: Decode) -> None:
        self._decode = decode
        self._may_end: dict[tuple[tuple[str, ...], int], bool] = {}

    def completed(self, tokens: Tokens, stop: tuple[str, ...]) -> bool:
        """Whether the text of all `tokens` holds one of `stop`, given that without the last it does not."""
        known = stop, int(tokens[-1])
        if known not in self._may_end:
            self._may_end[known] = self._looked_up(*known)
        if not self._may_end[known]:
            return False
        needed = max(map(len, stop)) + _SPARE
        count = needed
        while count < len(tokens) and len(self._text(tokens[-count - 1 : -1])) < needed:
            count *= 2
        text = self._text(tokens[-count - 1 :])
        return any(one in text for one in stop)

    def _looked_up(self, stop: tuple[str, ...], token: int) -> bool:
        piece = self._text([token])
        # A space at the head of a text is left out by some decoders.
        return _PART in piece or any(one[-1] == " " or one[-1] in piece for one in stop)

    def _text(self, tokens: Tokens) -> str:
        return self._decode([int(token) for token in tokens])
