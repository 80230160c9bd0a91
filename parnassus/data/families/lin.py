"""Linear equations ax + b = c with a whole solution.

    prompt    solve: 3x+1=10:
    response  <think>10-1=9;9/3=3;</think>\\boxed{3}

x and b are 1..9. The level is the coefficient a, from 2 on; each has only 81 equations.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from typing import ClassVar

from parnassus.data.families.family import boxed, check_levels, check_share, guess, new_problem
from parnassus.types import Answer, Demonstration


@dataclass(frozen=True)
class Lin:
    """`coefficients`: least and greatest a, drawn uniformly. `noise`: share of steps that go wrong. `direct`:
    share of demonstrations that guess without thinking and are right 55% of the time."""

    coefficients: tuple[int, int] = (2, 6)
    noise: float = 0.2
    direct: float = 0.3
    name: ClassVar[str] = "lin"
    domain: ClassVar[str] = "math"

    def __post_init__(self) -> None:
        check_levels(self, "coefficients", self.coefficients, lowest=2, highest=99)
        check_share(self, "noise", self.noise)
        check_share(self, "direct", self.direct)

    def __call__(self, rng: random.Random) -> Demonstration:
        a, x, b = rng.randint(*self.coefficients), rng.randint(1, 9), rng.randint(1, 9)
        problem = new_problem(self, f"solve: {a}x+{b}={a * x + b}:", Answer(str(x)), level=a)
        return Demonstration(problem, self._answered(rng, a, x, b))

    def respond(self, text: str, rng: random.Random) -> str | None:
        asked = re.fullmatch("solve: ([1-9][0-9]?)x[+]([1-9])=([1-9][0-9]*):", text)
        if asked is None:
            return None
        a, b, c = map(int, asked.groups())
        x, rest = divmod(c - b, a)
        return self._answered(rng, a, x, b) if a > 1 and 1 <= x <= 9 and not rest else None

    def _answered(self, rng: random.Random, a: int, x: int, b: int) -> str:
        if rng.random() < self.direct:
            return boxed("", guess(rng, str(x)))
        steps, answer = self._work_out(rng, a, b, a * x + b)
        return boxed(steps, str(answer))

    def _work_out(self, rng: random.Random, a: int, b: int, c: int) -> tuple[str, int]:
        """A wrong subtraction misses by one or two; a wrong division is any digit. After a wrong subtraction
        the division is rounded, for the text has to go on with a whole number."""
        difference = c - b
        if rng.random() < self.noise:
            difference += rng.choice((-2, -1, 1, 2))
        answer = round(difference / a)
        if rng.random() < self.noise:
            answer = rng.randint(1, 9)
        return f"{c}-{b}={difference};{difference}/{a}={answer};", answer


EXAMPLE = Lin()
