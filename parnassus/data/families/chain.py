"""Chains of + - * worked out from left to right, every step modulo 10.

    prompt    calc: 6+4*7-4-5=
    response  <think>6+4=0;0*7=0;0-4=6;6-5=1;</think>\\boxed{1}

No operator binds stronger than another: the rule is the model's to learn from the demonstrations. The level
is the number of operations k; there are 10 * 30^k prompts, so short chains repeat.
"""

from __future__ import annotations

import operator
import random
import re
from dataclasses import dataclass
from typing import ClassVar

from parnassus.data.families.family import boxed, check_levels, check_share, guess, new_problem
from parnassus.types import Answer, Demonstration

MODULUS = 10
OPERATORS = {"+": operator.add, "-": operator.sub, "*": operator.mul}
_STEP = r"([-+*])([0-9])"


@dataclass(frozen=True)
class Expression:
    """first operator operand operator operand ..., all numbers single digits."""

    first: int
    rest: tuple[tuple[str, int], ...]

    @property
    def text(self) -> str:
        return str(self.first) + "".join(f"{symbol}{operand}" for symbol, operand in self.rest)

    def value(self) -> int:
        value = self.first
        for symbol, operand in self.rest:
            value = OPERATORS[symbol](value, operand) % MODULUS
        return value

    def work_out(self, rng: random.Random, noise: float) -> tuple[str, int]:
        """The steps as text, and the last result. Each step's result is redrawn with probability `noise` (it
        may come out right by luck); later steps go on from it, so the text always agrees with itself."""
        steps, value = "", self.first
        for symbol, operand in self.rest:
            result = OPERATORS[symbol](value, operand) % MODULUS
            if rng.random() < noise:
                result = rng.randrange(MODULUS)
            steps += f"{value}{symbol}{operand}={result};"
            value = result
        return steps, value


def draw_expression(rng: random.Random, operations: int) -> Expression:
    rest = tuple((rng.choice("+-*"), rng.randrange(MODULUS)) for _ in range(operations))
    return Expression(rng.randrange(MODULUS), rest)


def read_expression(text: str) -> Expression | None:
    """What has this text; None for what is no chain of one operation at least."""
    if not re.fullmatch(f"[0-9](?:{_STEP})+", text):
        return None
    rest = tuple((symbol, int(operand)) for symbol, operand in re.findall(_STEP, text[1:]))
    return Expression(int(text[0]), rest)


@dataclass(frozen=True)
class Chain:
    """`operations`: fewest and most, drawn uniformly. `noise`: share of steps whose result is redrawn.
    `direct`: share of demonstrations that guess without thinking and are right 55% of the time."""

    operations: tuple[int, int] = (1, 4)
    noise: float = 0.2
    direct: float = 0.3
    name: ClassVar[str] = "chain"
    domain: ClassVar[str] = "math"

    def __post_init__(self) -> None:
        check_levels(self, "operations", self.operations, lowest=1, highest=100)
        check_share(self, "noise", self.noise)
        check_share(self, "direct", self.direct)

    def __call__(self, rng: random.Random) -> Demonstration:
        level = rng.randint(*self.operations)
        expression = draw_expression(rng, level)
        truth = Answer(str(expression.value()))
        problem = new_problem(self, f"calc: {expression.text}=", truth, level)
        return Demonstration(problem, self._answered(expression, rng))

    def respond(self, text: str, rng: random.Random) -> str | None:
        asked = re.fullmatch("calc: (.*)=", text)
        expression = read_expression(asked[1]) if asked else None
        return self._answered(expression, rng) if expression else None

    def _answered(self, expression: Expression, rng: random.Random) -> str:
        if rng.random() < self.direct:
            return boxed("", guess(rng, str(expression.value())))
        steps, value = expression.work_out(rng, self.noise)
        return boxed(steps, str(value))


EXAMPLE = Chain()
