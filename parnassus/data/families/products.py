"""Products that are too large for the head: a script works them out. Demonstrations have two turns.

    prompt     347*582=
    response   ```python\\nprint(347*582)\\n```     Code Execution Results:\\n201954\\n
    and then   <<<201954>>>

The replies are those of `parnassus.envs.code_interpreter`; a stage that asks such problems needs it, with
`head=""`: to the built-in model a head prompt is hundreds of tokens. The level is the number of digits n of
each factor; there are 81 * 100^(n - 1) prompts.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from typing import ClassVar

from parnassus.data.families.family import check_levels, check_share, new_problem
from parnassus.text.scripts import RESULTS
from parnassus.types import Answer, Demonstration, Exchange


@dataclass(frozen=True)
class Products:
    """`digits`: fewest and most of a factor, drawn uniformly. `direct`: share of demonstrations that answer
    at once; they are right, but a small model cannot learn how."""

    digits: tuple[int, int] = (2, 3)
    direct: float = 0.5
    name: ClassVar[str] = "products"
    domain: ClassVar[str] = "math"

    def __post_init__(self) -> None:
        check_levels(self, "digits", self.digits, lowest=1, highest=9)
        check_share(self, "direct", self.direct)

    def __call__(self, rng: random.Random) -> Demonstration:
        level = rng.randint(*self.digits)
        a, b = (rng.randrange(10 ** (level - 1), 10**level) for _ in range(2))
        problem = new_problem(self, f"{a}*{b}=", Answer(str(a * b)), level)
        said, answer = self._first_turn(a, b, rng), f"<<<{a * b}>>>"
        if said == answer:
            return Demonstration(problem, answer)
        return Demonstration(problem, said, more=(Exchange(f"{RESULTS}{a * b}\n", answer),))

    def respond(self, text: str, rng: random.Random) -> str | None:
        """The first turn; to what a script printed, the second."""
        if text.startswith(RESULTS):
            return f"<<<{text.removeprefix(RESULTS).strip()}>>>"
        asked = re.fullmatch("([1-9][0-9]*)[*]([1-9][0-9]*)=", text)
        return self._first_turn(int(asked[1]), int(asked[2]), rng) if asked else None

    def _first_turn(self, a: int, b: int, rng: random.Random) -> str:
        return f"<<<{a * b}>>>" if rng.random() < self.direct else f"```python\nprint({a}*{b})\n```"


EXAMPLE = Products()
