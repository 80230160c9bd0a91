"""Where every problem went, counted: by step, reason and source; with examples, and what is left in numbers.

Reads the results once, row by row. What the card and the command's table show is this, and nothing else.
"""

import math
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from parnassus.curation.directory import DEMONSTRATIONS, DROPPED, PAIRS, PROBLEMS, REFUSED, CurationDir
from parnassus.data.plain import decode_problem
from parnassus.enrich.counted import Asked, read_counts
from parnassus.types import Answer, AssertTests, FunctionTests, Problem, StdioTests

EXAMPLES = 5  # of a reason: the first ones
_BINS = 12


@dataclass(frozen=True)
class Loss:
    """A step and what stands before the first ": " of its reason."""

    step: str
    reason: str


@dataclass(frozen=True)
class Example:
    """One of those that a reason took away. `about`: what the reason says of it."""

    problem: Problem
    about: str


@dataclass(frozen=True)
class AskedBy:
    """What a pass asked of a model, all its starts together."""

    step: str
    asked: Asked


@dataclass(frozen=True)
class Learnt:
    """Rows of DEMONSTRATIONS or PAIRS: how many, and the first."""

    rows: int
    first: Mapping[str, object]


@dataclass
class Funnel:
    """Sources in the order in which they first come, losses in that of the steps."""

    refused: Counter[str] = field(default_factory=Counter)  # reason -> rows that are no problems
    dropped: dict[Loss, Counter[str]] = field(default_factory=dict)  # -> source -> problems
    examples: dict[Loss, list[Example]] = field(default_factory=dict)
    refusals: list[tuple[str, str]] = field(default_factory=list)  # place and reason, the first ones
    kept: Counter[str] = field(default_factory=Counter)  # source -> problems
    numbers: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))  # of what is kept
    domains: Counter[str] = field(default_factory=Counter)
    asked: list[AskedBy] = field(default_factory=list)
    learnt: dict[str, Learnt] = field(default_factory=dict)  # file -> what it holds

    @property
    def sources(self) -> list[str]:
        known = Counter[str]()
        for counts in self.dropped.values():
            known.update(counts)
        return list(dict.fromkeys([*self.kept, *known]))

    def read(self, source: str) -> int:
        """Problems of a source, before any step."""
        return self.kept[source] + sum(counts[source] for counts in self.dropped.values())

    @property
    def rows(self) -> int:
        return self.refused.total() + sum(map(self.read, self.sources))


def funnel(directory: CurationDir) -> Funnel:
    """Raises DataError when a file of the curation is not what this version writes."""
    result = Funnel()
    for row in directory.rows(REFUSED):
        where, reason = str(row["where"]), str(row["reason"])
        kind = reason.split(": ")[0]
        if result.refused[kind] < EXAMPLES:
            result.refusals.append((where, reason))
        result.refused[kind] += 1
    for row in directory.rows(DROPPED):
        kind, _, about = str(row["reason"]).partition(": ")
        loss, problem = Loss(str(row["step"]), kind), _problem(row["row"])
        counts = result.dropped.setdefault(loss, Counter())
        counts[problem.source] += 1
        if counts.total() <= EXAMPLES:
            result.examples.setdefault(loss, []).append(Example(problem, about))
    steps = [*directory.begun().names]
    result.dropped = {
        loss: result.dropped[loss] for loss in sorted(result.dropped, key=lambda loss: steps.index(loss.step))
    }
    for row in directory.rows(PROBLEMS):
        problem = _problem(row)
        result.kept[problem.source] += 1
        result.domains[problem.domain] += 1
        for name, value in measured(problem).items():
            result.numbers[name].append(value)
    result.asked = _asked(directory)
    result.learnt = {name: found for name in (DEMONSTRATIONS, PAIRS) if (found := _learnt(directory, name))}
    return result


def _asked(directory: CurationDir) -> list[AskedBy]:
    passes = enumerate(directory.begun().passes, 1)
    return [AskedBy(step, one) for number, step in passes for one in read_counts(directory.asked(number))]


def _learnt(directory: CurationDir, name: str) -> Learnt | None:
    if not directory.file(name).exists():
        return None
    rows = directory.rows(name)
    first = next(rows, None)
    return None if first is None else Learnt(1 + sum(1 for _ in rows), first)


def _problem(row: object) -> Problem:
    assert isinstance(row, Mapping)
    return decode_problem(row, str(row.get("id")), "")


def said(problem: Problem) -> str:
    return "\n".join(message.content for message in problem.prompt)


def measured(problem: Problem) -> dict[str, float]:
    """What the card draws of a problem: lengths, tests, and all its stats."""
    known = {"prompt, characters": float(len(said(problem)))}
    match problem.reference:
        case Answer(value):
            known["answer, characters"] = float(len(value))
        case FunctionTests(calls=tests) | StdioTests(cases=tests) | AssertTests(tests=tests):
            known["tests"] = float(len(tests))
    if problem.solution:
        known["solution, characters"] = float(len(problem.solution))
    return known | dict(problem.stats)


@dataclass(frozen=True)
class Bar:
    """Values from `low` up to, and only at the last with, `high`."""

    low: float
    high: float
    count: int


def histogram(values: Iterable[float]) -> list[Bar]:
    """A bar for each value where there are few; else equal steps from the least to the 99th percentile, what
    lies beyond in the last."""
    ordered = sorted(values)
    distinct = sorted(set(ordered))
    if len(distinct) <= _BINS:
        counts = Counter(ordered)
        return [Bar(value, value, counts[value]) for value in distinct]
    low, high = ordered[0], ordered[math.ceil(0.99 * (len(ordered) - 1))]
    if low == high:
        high = ordered[-1]
    begins = [low + (high - low) * n / _BINS for n in range(_BINS)]
    places = Counter(bisect_right(begins, value) - 1 for value in ordered)
    ends = [*begins[1:], ordered[-1]]
    return [Bar(*span, places[n]) for n, span in enumerate(zip(begins, ends, strict=True))]
