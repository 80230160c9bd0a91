"""Small programs of guard clauses, as values: what the code families ask for, demonstrate and test with.

                        words (prompt)                  code (response)
    Clause(when, give)  if y is odd give the sum;        if y%2==1:return x+y
    otherwise           else the difference              return x-y

One `Program` gives the prompt, the reference solution, its noisy variants and the expected results; no text
is ever executed here, so a generator cannot disagree with its own tests about what a phrase means. Phrases
may speak of a constant c, which the caller has to give. Not a family: it has no parameters and draws no
prompt of its own.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from parnassus.types import Call, FunctionTests

FUNCTION = "f"
TESTS = 12
INPUTS = tuple((x, y) for x in range(13) for y in range(13))
_ATTEMPTS = 1000


@dataclass(frozen=True)
class Phrase:
    words: str
    code: str
    value: Callable[[int, int, int], int]  # of x, y, c; a condition holds when this is not 0

    @property
    def uses_constant(self) -> bool:
        return "c" in self.words.split()


EXPRESSIONS = (
    Phrase("the sum", "x+y", lambda x, y, c: x + y),
    Phrase("the difference", "x-y", lambda x, y, c: x - y),
    Phrase("the product", "x*y", lambda x, y, c: x * y),
    Phrase("the larger", "max(x,y)", lambda x, y, c: max(x, y)),
    Phrase("the smaller", "min(x,y)", lambda x, y, c: min(x, y)),
    Phrase("the gap", "abs(x-y)", lambda x, y, c: abs(x - y)),
    Phrase("twice x", "2*x", lambda x, y, c: 2 * x),
    Phrase("twice y", "2*y", lambda x, y, c: 2 * y),
    Phrase("x squared", "x*x", lambda x, y, c: x * x),
    Phrase("just y", "y", lambda x, y, c: y),
)
CONDITIONS = (
    Phrase("x exceeds y", "x>y", lambda x, y, c: x > y),
    Phrase("x is even", "x%2==0", lambda x, y, c: x % 2 == 0),
    Phrase("y is odd", "y%2==1", lambda x, y, c: y % 2 == 1),
    Phrase("y is a multiple of 3", "y%3==0", lambda x, y, c: y % 3 == 0),
    Phrase("x is a multiple of 3", "x%3==0", lambda x, y, c: x % 3 == 0),
    Phrase("x is big", "x>8", lambda x, y, c: x > 8),
    Phrase("y is small", "y<4", lambda x, y, c: y < 4),
)
EXPRESSIONS_WITH_CONSTANT = (
    *EXPRESSIONS,
    Phrase("x plus c", "x+c", lambda x, y, c: x + c),
    Phrase("y minus c", "y-c", lambda x, y, c: y - c),
)
CONDITIONS_WITH_CONSTANT = (
    *CONDITIONS,
    Phrase("x is over c", "x>c", lambda x, y, c: x > c),
    Phrase("x is under c", "x<c", lambda x, y, c: x < c),
    Phrase("y is over c", "y>c", lambda x, y, c: y > c),
    Phrase("y is under c", "y<c", lambda x, y, c: y < c),
)


@dataclass(frozen=True)
class Clause:
    when: Phrase
    give: Phrase


@dataclass(frozen=True)
class Vocabulary:
    conditions: tuple[Phrase, ...]
    expressions: tuple[Phrase, ...]


PLAIN = Vocabulary(CONDITIONS, EXPRESSIONS)
WITH_CONSTANT = Vocabulary(CONDITIONS_WITH_CONSTANT, EXPRESSIONS_WITH_CONSTANT)


@dataclass(frozen=True)
class Program:
    """The first clause whose condition holds decides the result."""

    clauses: tuple[Clause, ...]
    otherwise: Phrase

    @property
    def words(self) -> str:
        clauses = "".join(f"if {clause.when.words} give {clause.give.words}; " for clause in self.clauses)
        return f"{clauses}else {self.otherwise.words}"

    @property
    def code(self) -> str:
        clauses = "".join(f" if {clause.when.code}:return {clause.give.code}\n" for clause in self.clauses)
        return f"def {FUNCTION}(x,y):\n{clauses} return {self.otherwise.code}"

    @property
    def uses_constant(self) -> bool:
        phrases = [phrase for clause in self.clauses for phrase in (clause.when, clause.give)]
        return any(phrase.uses_constant for phrase in (*phrases, self.otherwise))

    def result(self, x: int, y: int, constant: int = 0) -> int:
        for clause in self.clauses:
            if clause.when.value(x, y, constant):
                return clause.give.value(x, y, constant)
        return self.otherwise.value(x, y, constant)

    def branches(self, constant: int = 0) -> list[list[tuple[int, int]]]:
        """Which of INPUTS reach each clause, in order, and last those that reach none."""
        reached, left = [], frozenset(INPUTS)
        for clause in self.clauses:
            holds = _inputs_where(clause.when, constant)
            reached.append(sorted(left & holds))
            left -= holds
        return [*reached, sorted(left)]

    def corrupted(self, rng: random.Random, vocabulary: Vocabulary, noise: float) -> Program:
        """Each phrase is redrawn with probability `noise` (and may come out the same)."""

        def maybe(phrase: Phrase, choices: Sequence[Phrase]) -> Phrase:
            return rng.choice(choices) if rng.random() < noise else phrase

        clauses = tuple(
            Clause(maybe(clause.when, vocabulary.conditions), maybe(clause.give, vocabulary.expressions))
            for clause in self.clauses
        )
        return Program(clauses, maybe(self.otherwise, vocabulary.expressions))


@cache
def _inputs_where(condition: Phrase, constant: int) -> frozenset[tuple[int, int]]:
    return frozenset((x, y) for x, y in INPUTS if condition.value(x, y, constant))


def draw_program(
    rng: random.Random, vocabulary: Vocabulary, clauses: int, constant: int = 0
) -> Program | None:
    """A program of distinct phrases that uses the constant if the vocabulary has phrases that do, each branch
    reached by enough inputs for its share of distinct tests. None when bounded trying finds no such
    program."""
    wants_constant = any(phrase.uses_constant for phrase in vocabulary.conditions)
    least = -(-TESTS // (clauses + 1))
    for _ in range(_ATTEMPTS):
        conditions = rng.sample(vocabulary.conditions, clauses)
        *gives, otherwise = rng.sample(vocabulary.expressions, clauses + 1)
        pairs = zip(conditions, gives, strict=True)
        program = Program(tuple(Clause(when, give) for when, give in pairs), otherwise)
        reachable = all(len(inputs) >= least for inputs in program.branches(constant))
        if reachable and program.uses_constant == wants_constant:
            return program
    return None


def read_program(words: str, vocabulary: Vocabulary) -> Program | None:
    """What has these words; None where a phrase is not in the vocabulary, or no clause is there."""
    conditions = {phrase.words: phrase for phrase in vocabulary.conditions}
    expressions = {phrase.words: phrase for phrase in vocabulary.expressions}
    *parts, last = words.split("; ")
    split = [found.groups() for part in parts if (found := re.fullmatch("if (.+) give (.+)", part))]
    known = [Clause(conditions[c], expressions[e]) for c, e in split if c in conditions and e in expressions]
    if not parts or len(known) < len(parts) or not last.startswith("else "):
        return None
    otherwise = expressions.get(last.removeprefix("else "))
    return Program(tuple(known), otherwise) if otherwise else None


def draw_tests(rng: random.Random, program: Program, constant: int = 0) -> FunctionTests:
    """TESTS distinct inputs, taken from the branches in turn: so each clause is worth the same share of the
    score."""
    least = -(-TESTS // (len(program.clauses) + 1))
    chosen = [rng.sample(inputs, least) for inputs in program.branches(constant)]
    in_turn = [inputs[turn] for turn in range(least) for inputs in chosen][:TESTS]
    return FunctionTests(FUNCTION, tuple(Call((x, y), program.result(x, y, constant)) for x, y in in_turn))


def as_response(thinking: str, program: str) -> str:
    return f"<think>{thinking}</think>```python\n{program}\n```"
