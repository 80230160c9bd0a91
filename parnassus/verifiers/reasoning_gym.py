"""Judges an answer to an item of the package reasoning-gym by the package's own scorer for its task.

    response -> the answer in <answer></answer>, after the thinking
             -> reasoning_gym_worker.py, in a process that is killed: makes the item again, scores the answer

The score is the scorer's; CORRECT means 1. What no scorer can read as the expression that is asked for is
UNPARSED, as is a response without an answer; nothing of a response is run as a program (arithmetic.py).
An answer at which a scorer raises, crashes or runs out of time is WRONG, unless the package's own answer
fares no better: BROKEN. So is an item that is not the question which was asked: another version made it.

Not all of its scorers are strict: a list of words with more words behind is right for word_sorting. Tasks
where an answer is always right are no problems (data/plain.py).
"""

import atexit
import importlib.metadata
import json
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from parnassus.errors import ConfigError, DataError
from parnassus.text.answers import after_thinking, final_answer, last_marked
from parnassus.types import Breakage, GymEntry, Message, Outcome, Problem, Sandbox, Verdict
from parnassus.verifiers.workers import Died, JudgeError, Unable, Workers, command

# Scorers and questions of another are others: which of them run an answer was looked up in this one.
VERSION = "0.1.25"
_MAKING_SECONDS = 60.0  # of processor time, for one item
_OPEN, _CLOSE = "<answer>", "</answer>"
_POOL = Workers("reasoning-gym", lambda: command("parnassus.verifiers.reasoning_gym_worker"))
atexit.register(_POOL.close)


class Place(StrEnum):
    """Where the answer stands, after the thinking."""

    TAGS = "in the last <answer></answer>"  # as the package itself reads it; where there are none, <<< >>>
    BOX = "in the last \\boxed{}"


@dataclass(frozen=True)
class ReasoningGym:
    """Raises DataError for a problem of another kind, ConfigError where the package is not installed."""

    place: Place = Place.TAGS
    seconds: float = 5.0  # processor time for scoring one answer

    async def __call__(self, problem: Problem, response: str, sandbox: Sandbox) -> Verdict:
        entry = _entry(problem)
        _check_installed()
        answer = self._read(after_thinking(response))
        if answer is None:
            return Verdict(Outcome.UNPARSED, 0.0, f"no answer {self.place}")
        try:
            reply = await self._scored(entry, answer)
        except JudgeError as error:
            return Verdict(Outcome.BROKEN, 0.0, str(error), error.breakage)
        return _verdict(problem, answer, reply)

    def _read(self, text: str) -> str | None:
        if self.place is Place.BOX:
            return final_answer(text)
        return last_marked(text) if (tagged := _last_tagged(text)) is None else tagged

    async def _scored(self, entry: GymEntry, answer: str) -> dict[str, Any]:
        """What the worker says of the answer. Raises JudgeError where that is not the answer's doing."""
        try:
            reply = await self._ask(entry, answer)
        except Unable as error:
            reply = {"raised": str(error)}
        if "raised" in reply:
            own = await self._ask(entry, None)
            if own.get("score") != 1:
                said = f"{reply['raised']}; and of the package's own answer: {_said(own)}"
                raise JudgeError(said, Breakage.CHECKER)
            reply = own | reply
        return reply

    async def _ask(self, entry: GymEntry, answer: str | None) -> dict[str, Any]:
        """What the worker says of the answer, or of the package's own. Raises JudgeError."""
        made = {"task": entry.task, "seed": entry.seed, "size": entry.size, "index": entry.index}
        asked = made | {"config": json.dumps(dict(entry.config), sort_keys=True), "answer": answer}
        allowed = self.seconds + _MAKING_SECONDS
        try:
            reply = await _POOL.ask([asked, self.seconds], allowed)
        except Died:  # if it was not the answer's doing, another worker lives
            try:
                reply = await _POOL.ask([asked, self.seconds], allowed)
            except Died as error:
                raise Unable(str(error)) from error
        if isinstance(reply, str):
            raise JudgeError(
                f"{entry.task}, item {entry.index}, could not be made: {reply}", Breakage.CHECKER
            )
        return reply


def _said(reply: dict[str, Any]) -> str:
    return str(next(reply[key] for key in ("raised", "unread", "score") if key in reply))


def _verdict(problem: Problem, answer: str, reply: dict[str, Any]) -> Verdict:
    read = f"read {_short(answer)}"
    if not any(reply["asked"].strip() in message.content for message in problem.prompt):
        why = f"the item made again asks otherwise: {_short(reply['asked'])}"
        return Verdict(Outcome.BROKEN, 0.0, why, Breakage.CHECKER)
    if "unread" in reply:
        return Verdict(Outcome.UNPARSED, 0.0, f"{read}: {reply['unread']}")
    if "raised" in reply:
        return Verdict(Outcome.WRONG, 0.0, f"{read}: the scorer fails at it: {reply['raised']}")
    score = reply["score"]
    return Verdict(Outcome.CORRECT if score == 1 else Outcome.WRONG, score, read)


def _last_tagged(text: str) -> str | None:
    """What stands in the last pair of tags that is closed."""
    start = text.rfind(_OPEN, 0, max(text.rfind(_CLOSE), 0))
    return None if start < 0 else text[start + len(_OPEN) : text.find(_CLOSE, start)].strip()


def _entry(problem: Problem) -> GymEntry:
    if not isinstance(problem.reference, GymEntry):
        kind = type(problem.reference).__name__
        raise DataError(f"{problem.id}: an item of reasoning-gym is needed, the reference is {kind}")
    return problem.reference


@cache
def _check_installed() -> None:
    try:
        found = importlib.metadata.version("reasoning-gym")
    except importlib.metadata.PackageNotFoundError:
        found = "none"
    if found != VERSION:
        raise ConfigError(
            f"problems of reasoning-gym are judged by its version {VERSION}, found is {found}: "
            "pip install 'parnassus[gym]'"
        )


def _short(text: str, length: int = 80) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


def _problem(task: str, question: str) -> Problem:
    return Problem(f"cases/{task}", (Message("user", question),), GymEntry(task, 1, 0, 1), "logic", "cases")


VERIFIER = ReasoningGym()
_SUM = _problem("chain_sum", "State the final answer to the following arithmetic problem: 4 - 1 - 7 =")
_FACTORS = (
    "Find the prime factorization of 139. Write the factors separated by × "  # noqa: RUF001
    "(Example: for 12 the answer would be: 2 × 2 × 3)"  # noqa: RUF001
)
_PRIMES = _problem("prime_factorization", _FACTORS)
_COUNTDOWN = _problem(
    "countdown",
    """Please solve it.
Calculate 309 using all of these numbers: 6, 61, 94, 4.
Each number may be used at most once.

Final answer format instructions:
1. Provide your solution as a arithmetic expression (no '=' sign).
2. Do not include the target number in the expression.
3. Use '*' for multiplication.
4. Use '/' for division.
5. Do not include any other text or formatting.
""",
)
_RUN = "<answer>__import__('os').getpid() * 0 + 309</answer>"
CASES = [
    (_SUM, "<think><answer>3</answer></think> It is <answer>-4</answer>.", Outcome.CORRECT),
    (_SUM, "<answer>-4</answer> or rather <answer> 3 </answer>", Outcome.WRONG),
    (_SUM, "-4", Outcome.UNPARSED),
    (_SUM, "<answer>-4", Outcome.UNPARSED),
    (_SUM, "<think><answer>-4</answer>", Outcome.UNPARSED),
    (_SUM, "<answer> </answer>", Outcome.WRONG),
    (_PRIMES, "<answer>139</answer>", Outcome.CORRECT),
    (_PRIMES, "<answer>it is prime</answer>", Outcome.WRONG),
    (_COUNTDOWN, "<answer>94*4 - (61 + 6)</answer>", Outcome.CORRECT),
    (_COUNTDOWN, "<answer>94*4 - 61</answer>", Outcome.WRONG),
    (_COUNTDOWN, "<answer>94*4 - 61 - 6 = 309</answer>", Outcome.UNPARSED),
    (_COUNTDOWN, _RUN, Outcome.UNPARSED),
]
