"""A pass that has something to wait for at each problem: a model, a judge, a sandbox.

problems ── enrich ──> asked/NN: every answer, how much was asked ──> kept, dropped, demonstrations, pairs
              └── some got no answer: AnsweringError, and the next start asks for those again
"""

import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from parnassus.curation.directory import DEMONSTRATIONS, DROPPED, KEPT, PAIRS
from parnassus.curation.lessons import preferred, taught
from parnassus.curation.pipeline import Visit
from parnassus.data.plain import decode_problem
from parnassus.data.reading.lines import Lines
from parnassus.data.similarity.sweep import dropped_row
from parnassus.enrich.cost import estimate
from parnassus.enrich.counted import Asked, Ledger
from parnassus.enrich.job import REFUSED, Ended, Results, enrich, waiting
from parnassus.enrich.made import Enrichment, Means
from parnassus.errors import AnsweringError
from parnassus.report.words import plural
from parnassus.rundir.records import to_json
from parnassus.types import Problem

Tell = Callable[[str], object]  # a line for whoever watches


async def visit(
    work: Visit,
    source: Path,
    into: Path,
    asked: Path,
    means: Means,
    advance: Callable[[int], None],
    tell: Tell,
) -> Counter[str]:
    """Work on the problems of `source`; how many were dropped under which reason, and under "" those kept.
    What was said stays in `asked`. Raises AnsweringError where some problems got no answer: they are asked
    again, and nothing else is, when the same is run again."""
    step, count = work.enrichment, itertools.count(1)
    for name, cost in estimate(waiting(problems_of(source), step, means, asked), step).items():
        tell(f"{name}: {cost}")
    ledger = Ledger(asked, means.models)
    means = Means(ledger.models, means.sandbox)
    try:
        results = await enrich(
            problems_of(source), step, means, asked, on_item=lambda _: advance(next(count))
        )
    finally:
        ledger.keep()
        for one in ledger.asked():
            tell(told(one))
    _check(results, work.names[0])
    return _write(results, step, work.names[0], into)


def problems_of(file: Path) -> Iterator[Problem]:
    """Of a file that a pass left."""
    return (decode_problem(line.mapping(), line.where, "") for line in Lines(str(file)))


def told(asked: Asked) -> str:
    """In a line: how much was asked of a model, and with what trouble."""
    counts = asked.counts
    numbers = [
        plural(counts.get("questions", 0), "question"),
        *(f"{counts[name]:,} {name}" for name in ("from the cache", "tokens") if counts.get(name)),
        *(f"{count:,} x {kind}" for kind, count in asked.trouble.items()),
        *(f"{counts[name]:,} {name}" for name in ("given up",) if counts.get(name)),
    ]
    return f"asked {asked.model}: {', '.join(numbers)}"


def _check(results: Results, name: str) -> None:
    if failed := results.tally.failed:
        reasons = ", ".join(f"{reason}: {number}" for reason, number in failed.most_common())
        raise AnsweringError(
            f"{failed.total()} of {len(results)} problems got no answer from {name} ({reasons}). The "
            "others' are kept: the same command asks for these again."
        )
    if len(results) > 1 and results.tally.dropped[REFUSED] == len(results):
        why = next(iter(results)).reason
        raise AnsweringError(
            f"{name} had no usable answer for any of {len(results)} problems, such as {why}. Look at the "
            "server: when it is repaired, the same command asks for all of them again."
        )


def _write(results: Results, step: Enrichment, name: str, into: Path) -> Counter[str]:
    counts = Counter[str]()
    with (into / KEPT).open("wb") as kept, (into / DROPPED).open("wb") as dropped:
        for item in results:
            row = to_json(item.problem)
            if item.ended is Ended.DROPPED:
                dropped.write(dropped_row(name, item.reason, row))
                counts[item.reason.split(": ")[0]] += 1
                continue
            kept.write(row + b"\n")
            counts[""] += 1
            for file, lines in ((DEMONSTRATIONS, taught), (PAIRS, preferred)):
                if said := list(lines(step, item.problem, item.samples)):
                    with (into / file).open("ab") as out:
                        out.writelines(said)
    return counts
