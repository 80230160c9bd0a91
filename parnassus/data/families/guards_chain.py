"""Guard clauses that use a constant, which is given as a chain modulo 10 and has to be worked out first.

    prompt    code: c=8-7-9; if x is under c give the gap; else y minus c
    response  <think>8-7=1;1-9=2;</think>```python
              c=2
              def f(x,y):
               if x<c:return abs(x-y)
               return y-c
              ```

The skill of `chain` inside the skill of `guards`. The chain has two operations and its value is never 0
(nothing is under 0 here); at least one phrase uses c. The level is the number of guards.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from typing import ClassVar

from parnassus.data.families.chain import Expression, draw_expression, read_expression
from parnassus.data.families.clauses import (
    CONDITIONS_WITH_CONSTANT,
    WITH_CONSTANT,
    Program,
    as_response,
    draw_program,
    draw_tests,
    read_program,
)
from parnassus.data.families.family import check_levels, check_share, new_problem
from parnassus.errors import DataError
from parnassus.types import Demonstration

OPERATIONS = 2
_ATTEMPTS = 20  # chains, each tried with many programs


@dataclass(frozen=True)
class GuardsChain:
    """`guards`: fewest and most, drawn uniformly. `noise`: share of phrases and of chain steps redrawn in
    demonstrations; the program uses the value that its own thinking arrived at."""

    guards: tuple[int, int] = (1, 3)
    noise: float = 0.2
    name: ClassVar[str] = "guards_chain"
    domain: ClassVar[str] = "code"

    def __post_init__(self) -> None:
        check_levels(self, "guards", self.guards, lowest=1, highest=len(CONDITIONS_WITH_CONSTANT))
        check_share(self, "noise", self.noise)

    def __call__(self, rng: random.Random) -> Demonstration:
        level = rng.randint(*self.guards)
        for _ in range(_ATTEMPTS):
            chain = draw_expression(rng, OPERATIONS)
            constant = chain.value()
            program = draw_program(rng, WITH_CONSTANT, level, constant) if constant else None
            if program:
                break
        else:
            raise DataError(f"family {self!r}: no program of {level} guards reaches all its branches")
        tests = draw_tests(rng, program, constant)
        problem = new_problem(self, f"code: c={chain.text}; {program.words}", tests, level)
        return Demonstration(problem, self._answered(chain, program, rng))

    def respond(self, text: str, rng: random.Random) -> str | None:
        asked = re.fullmatch("code: c=([^;]*); (.*)", text)
        chain = read_expression(asked[1]) if asked else None
        program = read_program(asked[2], WITH_CONSTANT) if asked else None
        return self._answered(chain, program, rng) if chain and program else None

    def _answered(self, chain: Expression, program: Program, rng: random.Random) -> str:
        steps, value = chain.work_out(rng, self.noise)
        code = f"c={value}\n{program.corrupted(rng, WITH_CONSTANT, self.noise).code}"
        return as_response(steps, code)


EXAMPLE = GuardsChain()
