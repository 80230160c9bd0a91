"""Write a function from its description: guard clauses, of which the first that matches decides.

    prompt    code: if y is odd give the sum; if x exceeds y give x squared; else the difference
    response  <think></think>```python
              def f(x,y):
               if y%2==1:return x+y
               if x>y:return x*x
               return x-y
              ```

There is nothing to think about: the task is to translate. The level is the number of guards k. Twelve tests
with x and y in 0..12, taken from the k + 1 branches in turn, so each clause is worth about 1/(k + 1) of the
tests.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import ClassVar

from parnassus.data.families.clauses import (
    CONDITIONS,
    PLAIN,
    Program,
    as_response,
    draw_program,
    draw_tests,
    read_program,
)
from parnassus.data.families.family import check_levels, check_share, new_problem
from parnassus.errors import DataError
from parnassus.types import Demonstration

_HEAD = "code: "


def read_task(text: str) -> Program | None:
    """The program that a prompt asks for; None for a text that is none."""
    return read_program(text.removeprefix(_HEAD), PLAIN) if text.startswith(_HEAD) else None


@dataclass(frozen=True)
class Guards:
    """`guards`: fewest and most, drawn uniformly. `noise`: share of phrases replaced by another in
    demonstrations."""

    guards: tuple[int, int] = (1, 3)
    noise: float = 0.3
    name: ClassVar[str] = "guards"
    domain: ClassVar[str] = "code"

    def __post_init__(self) -> None:
        check_levels(self, "guards", self.guards, lowest=1, highest=len(CONDITIONS))
        check_share(self, "noise", self.noise)

    def __call__(self, rng: random.Random) -> Demonstration:
        level = rng.randint(*self.guards)
        program = draw_program(rng, PLAIN, level)
        if program is None:
            raise DataError(f"family {self!r}: no program of {level} guards reaches all its branches")
        problem = new_problem(self, f"{_HEAD}{program.words}", draw_tests(rng, program), level)
        return Demonstration(problem, self._answered(program, rng))

    def respond(self, text: str, rng: random.Random) -> str | None:
        program = read_task(text)
        return self._answered(program, rng) if program else None

    def _answered(self, program: Program, rng: random.Random) -> str:
        return as_response("", program.corrupted(rng, PLAIN, self.noise).code)


EXAMPLE = Guards()
