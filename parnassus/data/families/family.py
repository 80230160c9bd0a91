"""What every family shares: its interface, the check of its parameters, and how problems are put together.

Not a base class: a family is any frozen dataclass that fits `Family`.
"""

from __future__ import annotations

import random
from typing import ClassVar, Protocol

from parnassus.data.identity import prompt_digest
from parnassus.errors import ConfigError
from parnassus.types import Demonstration, Message, Problem, Reference

RIGHT_GUESSES = 0.55  # of answers without thinking: better than chance, worse than with thinking


class Family(Protocol):
    """Draws problems of one form, each with a response, and responds anew to any of them."""

    name: ClassVar[str]
    domain: ClassVar[str]

    def __call__(self, rng: random.Random) -> Demonstration:
        """Draws one problem and a response to it. Raises DataError when no problem can be drawn."""
        ...

    def respond(self, text: str, rng: random.Random) -> str | None:
        """Another response, as wrong as those of demonstrations are, to a prompt of this family's form, at
        whatever level. None for any other text."""
        ...


def new_problem(family: Family, text: str, reference: Reference, level: int) -> Problem:
    prompt = (Message("user", text),)
    return Problem(
        id=f"{family.name}/{prompt_digest(prompt)}",
        prompt=prompt,
        reference=reference,
        domain=family.domain,
        source=family.name,
        stats={"level": float(level)},
    )


def boxed(thinking: str, answer: str) -> str:
    return f"<think>{thinking}</think>\\boxed{{{answer}}}"


def guess(rng: random.Random, truth: str) -> str:
    """An answer given without thinking: `truth`, or in 45% of draws `truth` with one digit changed."""
    if rng.random() < RIGHT_GUESSES:
        return truth
    at = rng.randrange(len(truth))
    other = rng.choice([digit for digit in "0123456789" if digit != truth[at]])
    return truth[:at] + other + truth[at + 1 :]


def check_levels(family: Family, field: str, levels: tuple[int, int], lowest: int, highest: int) -> None:
    """Raises ConfigError unless `levels` is (first, last) with lowest <= first <= last <= highest."""
    first, last = levels
    if not lowest <= first <= last <= highest:
        raise ConfigError(
            f"family {family.name}: {field}={levels} must be (first, last) with "
            f"{lowest} <= first <= last <= {highest}"
        )


def check_share(family: Family, field: str, share: float) -> None:
    """Raises ConfigError unless `share` is a probability."""
    if not 0 <= share <= 1:
        raise ConfigError(f"family {family.name}: {field}={share} must be in [0, 1]")
