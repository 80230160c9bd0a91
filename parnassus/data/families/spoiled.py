"""A family some of whose prompts are no good, so that judges, teachers and filters have something to find.

    calc: 6+4*7-4-5=    cut off           calc: 6+4*7
                        a word is gone    calc: 6+*7-4-5=
                        remains of a page calc: 6+4*7-4-5= (2 points) Show answer

Like the raw sets of the published systems, where it takes models to find such problems. Reference, response
and level are those of the prompt as it was. Not a family of its own: it has the name of the one that it
spoils.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, replace

from parnassus.data.families.family import Family
from parnassus.data.identity import prompt_digest
from parnassus.data.split import Side, side
from parnassus.errors import ConfigError, DataError
from parnassus.types import Demonstration, Message

_BEFORE = ("Home > Exercises > ", "3. ", "Hint: take your time. ")
_BEHIND = (" (2 points) Show answer", " Next exercise >", " Posted by admin in 2014")
_ATTEMPTS = 1000


@dataclass(frozen=True)
class Spoiled:
    """`share`: of the prompts for training. Those held out are as they should be: on them it is measured."""

    family: Family
    share: float

    def __post_init__(self) -> None:
        if not 0 <= self.share <= 1:
            raise ConfigError(f"spoiled {self.name}: share={self.share} must be in [0, 1]")

    @property
    def name(self) -> str:
        return self.family.name

    @property
    def domain(self) -> str:
        return self.family.domain

    def __call__(self, rng: random.Random) -> Demonstration:
        drawn = self.family(rng)
        if rng.random() >= self.share or side(drawn.problem.prompt) is Side.HELD_OUT:
            return drawn
        prompt = self._spoiled(drawn.problem.prompt, rng)
        own = f"{self.name}/{prompt_digest(prompt)}"
        return replace(drawn, problem=replace(drawn.problem, id=own, prompt=prompt))

    def _spoiled(self, prompt: tuple[Message, ...], rng: random.Random) -> tuple[Message, ...]:
        *before, last = prompt
        for _ in range(_ATTEMPTS):
            text = rng.choice((_cut, _with_a_gap, _with_remains))(last.content, rng)
            new = (*before, replace(last, content=text))
            if side(new) is Side.TRAIN and self.family.respond(text, random.Random(0)) is None:
                return new
        raise DataError(f"family {self.family!r} has an answer to whatever becomes of {last.content!r}")


def _cut(text: str, rng: random.Random) -> str:
    return text[: rng.randint(len(text) // 2, len(text) - 1)]


def _with_a_gap(text: str, rng: random.Random) -> str:
    """Without one of its words or numbers, but the first: that says what is asked."""
    words = [*re.finditer(r"\w+", text)]
    gone = rng.choice(words[1:] or words)
    return text[: gone.start()] + text[gone.end() :]


def _with_remains(text: str, rng: random.Random) -> str:
    return rng.choice(_BEFORE) + text if rng.random() < 0.5 else text + rng.choice(_BEHIND)
