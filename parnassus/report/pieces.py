"""A response cut into thinking and answer, and into the texts of its tokens, each with its log-probability.

The tokenizer comes from a checkpoint of the run. Without one, or when the texts of the tokens do not add up
to the response (some tokenizers), the text stays whole: shown uncoloured rather than wrongly coloured.
"""

from dataclasses import dataclass

from tokenizers import Tokenizer

from parnassus.report.read import View
from parnassus.rundir.directory import RunDir
from parnassus.types import Trajectory

_INCOMPLETE = "\ufffd"  # what the first bytes of a character are written as, alone
_OPEN, _CLOSE = "<think>", "</think>"


@dataclass(frozen=True)
class Pieces:
    """Texts of tokens, or one whole text; `logprobs` has one number a token of both, or is None."""

    thinking: tuple[str, ...]
    answer: tuple[str, ...]
    logprobs: tuple[float, ...] | None


def tokenizer_of(run: RunDir, view: View) -> Tokenizer | None:
    """That of the last stage that left a checkpoint."""
    files = [run.checkpoint(stage.name) / "tokenizer.json" for stage in view.stages]
    found = [file for file in files if file.is_file()]
    return Tokenizer.from_file(str(found[-1])) if found else None


def pieces(trajectory: Trajectory, tokenizer: Tokenizer | None, allowance: int) -> Pieces:
    """`allowance`: characters that thinking and answer may each have. A longer text loses its middle."""
    response = trajectory.response
    chosen = [at for at, ours in enumerate(trajectory.mask) if ours]
    words = _words([trajectory.tokens[at] for at in chosen], tokenizer) if tokenizer else []
    thinking, answer = split_thinking(response)
    if "".join(words) != response or max(len(thinking), len(answer)) > allowance:
        return Pieces((_clipped(thinking, allowance),), (_clipped(answer, allowance),), None)
    at = _count(words, len(thinking))
    return Pieces(tuple(words[:at]), tuple(words[at:]), tuple(trajectory.logprobs[i] for i in chosen))


def split_thinking(response: str) -> tuple[str, str]:
    """Up to and with the last `</think>`, and the rest. All is thinking while a `<think>` is still open."""
    before, close, after = response.rpartition(_CLOSE)
    return (response, "") if _OPEN in after else (before + close, after)


def _words(tokens: list[int], tokenizer: Tokenizer) -> list[str]:
    """Each token's own text: what it adds to the one before. A character of several tokens is the last one's;
    special tokens have none."""
    words: list[str] = []
    start = done = (
        0  # words up to `done` are known; decoding begins at `start`, for some tokens begin with a space
    )
    for end in range(1, len(tokens) + 1):
        text = tokenizer.decode(tokens[start:end])
        if text.endswith(_INCOMPLETE):
            words.append("")
            continue
        words.append(text[len(tokenizer.decode(tokens[start:done])) :])
        start, done = done, end
    return words


def _count(words: list[str], characters: int) -> int:
    """How many words it takes to make up `characters`; the one that straddles the end counts."""
    length = 0
    for count, word in enumerate(words):
        if length >= characters:
            return count
        length += len(word)
    return len(words)


def _clipped(text: str, allowance: int) -> str:
    if len(text) <= allowance:
        return text
    half = allowance // 2
    return f"{text[:half]}\n[… {len(text) - 2 * half:,} characters left out …]\n{text[-half:]}"
