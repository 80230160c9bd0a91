"""Sort the digits of a number by selecting the smallest again and again.

    prompt    sort: 3732=
    response  <think>2|373;3|73;3|7;7|;</think>\\boxed{2337}

Each step names the digit taken and the digits left. The level is the number of digits n; there are 9^n
prompts: zero is left out, because a verifier that reads numbers could not tell 024 from 24.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from typing import ClassVar

from parnassus.data.families.family import boxed, check_levels, check_share, guess, new_problem
from parnassus.types import Answer, Demonstration


@dataclass(frozen=True)
class Sort:
    """`digits`: fewest and most, drawn uniformly. `noise`: share of steps that take any digit instead of the
    smallest. `direct`: share of demonstrations that guess without thinking and are right 55% of the time."""

    digits: tuple[int, int] = (2, 4)
    noise: float = 0.2
    direct: float = 0.3
    name: ClassVar[str] = "sort"
    domain: ClassVar[str] = "math"

    def __post_init__(self) -> None:
        check_levels(self, "digits", self.digits, lowest=2, highest=100)
        check_share(self, "noise", self.noise)
        check_share(self, "direct", self.direct)

    def __call__(self, rng: random.Random) -> Demonstration:
        level = rng.randint(*self.digits)
        digits = "".join(rng.choices("123456789", k=level))
        problem = new_problem(self, f"sort: {digits}=", Answer("".join(sorted(digits))), level)
        return Demonstration(problem, self._answered(digits, rng))

    def respond(self, text: str, rng: random.Random) -> str | None:
        asked = re.fullmatch("sort: ([1-9]{2,})=", text)
        return self._answered(asked[1], rng) if asked else None

    def _answered(self, digits: str, rng: random.Random) -> str:
        if rng.random() < self.direct:
            return boxed("", guess(rng, "".join(sorted(digits))))
        steps, answer = self._work_out(rng, digits)
        return boxed(steps, answer)

    def _work_out(self, rng: random.Random, digits: str) -> tuple[str, str]:
        steps, answer, left = "", "", digits
        while left:
            taken = rng.choice(left) if rng.random() < self.noise else min(left)
            left = left.replace(taken, "", 1)
            steps += f"{taken}|{left};"
            answer += taken
        return steps, answer


EXAMPLE = Sort()
