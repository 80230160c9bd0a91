"""What a pass that asks leaves to learn from: responses to imitate, and pairs of a better and a worse one.

    pass ── a line for each: {"of": digest of its problem, "row"} ──> only_left ── rows of the problems left

A problem may be dropped by a later step; what was said to it goes with it then. A response to imitate is a
row that `Demonstrations` reads, a pair a row of docs/data-format.md with "chosen" and "rejected".
"""

import json
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from pathlib import Path

from parnassus.data.demonstrations import as_row
from parnassus.data.reading.lines import Lines
from parnassus.enrich.made import Enrichment, Preference, Prefers, Sample, Teaches
from parnassus.rundir.records import to_json
from parnassus.types import Problem


def taught(step: Enrichment, problem: Problem, samples: tuple[Sample, ...]) -> Iterator[bytes]:
    """Lines for what `step` teaches by a problem that it made; none where it does not teach."""
    if isinstance(step, Teaches):
        yield from (_line(problem, as_row(one)) for one in step.taught(problem, samples))


def preferred(step: Enrichment, problem: Problem, samples: tuple[Sample, ...]) -> Iterator[bytes]:
    """Lines for the pairs that `step` makes of its samples, if it makes any."""
    if isinstance(step, Prefers):
        yield from (_line(problem, _pair(one)) for one in step.preferred(problem, samples))


def only_left(said: Iterable[Path], left: Path, into: Path) -> None:
    """The rows of `said` whose problems are among those of `left`, in order."""
    digests = {_digest(line.mapping()) for line in Lines(str(left))}
    with into.open("wb") as out:
        for line in (line for file in said for line in Lines(str(file))):
            value = line.mapping()
            if value["of"] in digests:
                out.write(json.dumps(value["row"], ensure_ascii=False).encode() + b"\n")


def _line(problem: Problem, row: dict[str, object]) -> bytes:
    of = _digest(json.loads(to_json(problem)))
    return json.dumps({"of": of, "row": row}).encode() + b"\n"


def _digest(row: dict[str, object]) -> str:
    """Of what a problem is, not of what was measured of it: later steps write stats."""
    content = json.dumps([row[name] for name in ("id", "prompt", "reference")])
    return blake2b(content.encode(), digest_size=16).hexdigest()


def _pair(pair: Preference) -> dict[str, object]:
    row: dict[str, object] = json.loads(to_json(pair.problem))
    return row | {
        "chosen": pair.better,
        "rejected": pair.worse,
        "chosen_score": pair.better_score,
        "rejected_score": pair.worse_score,
    }
