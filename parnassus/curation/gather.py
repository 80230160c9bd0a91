"""Rows of any layout -> problems of the plain format: the pass that all others build on.

    rows --batches--> workers: layout, checks, plain JSON --in order--> kept.jsonl, places.jsonl
                                                          --> refused.jsonl: place and reason

The same files whatever the number of workers; a few batches are in memory, whatever the size of the set, and
two numbers for each row whose id is its own: one id for two questions is refused. The same question twice is
a matter of steps.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from pydantic_core import PydanticSerializationError

from parnassus.curation.directory import KEPT, PLACES, REFUSED
from parnassus.curation.pipeline import Source
from parnassus.data.identity import prompt_digest
from parnassus.data.parallel import in_order
from parnassus.data.reading.layout import Format, Plain, innermost, problems
from parnassus.data.reading.row import Refused, Row
from parnassus.rundir.records import to_json
from parnassus.types import Problem

_BATCH = 500  # rows

Batch = Sequence[Row | Refused]


class Read(NamedTuple):
    """What became of a row: a problem, or a reason in the place of its id."""

    where: str
    name: str
    line: bytes = b""  # plain JSON
    own: tuple[int, int] | None = None  # digests of an id that is the row's own, and of the prompt


def gather(
    sources: Sequence[Source], into: Path, workers: int, on_rows: Callable[[int], None]
) -> Counter[str]:
    """How many rows were refused under which reason, and under "" those taken. `on_rows` is told how many
    rows were read so far. Raises DataError when a file cannot be read."""
    counts: Counter[str] = Counter()
    known: dict[int, int] = {}  # ids and prompts, by their digests
    with ExitStack() as stack:
        kept, places, refused = (stack.enter_context((into / n).open("wb")) for n in (KEPT, PLACES, REFUSED))
        for source in sources:
            left = source.most
            for read in in_order(partial(_read, source.format), _batches(source.rows), workers):
                for one in (_once(one, known) for one in read):
                    if not one.line:
                        refused.write(_json(where=one.where, reason=one.name))
                        counts[one.name.split(": ")[0]] += 1
                    elif left is None or left > 0:
                        kept.write(one.line + b"\n")
                        places.write(_json(id=one.name, where=one.where))
                        counts[""] += 1
                        left = None if left is None else left - 1
                on_rows(counts.total())
                if left == 0:
                    break
    return counts


def _batches(rows: Iterable[Row | Refused]) -> Iterator[Batch]:
    it = iter(rows)
    while batch := list(islice(it, _BATCH)):
        yield batch


def _read(format: Format, rows: Batch) -> list[Read]:
    own = isinstance(innermost(format), Plain)
    return [_stored(row.where, one, own) for row, one in zip(rows, problems(rows, format), strict=True)]


def _stored(where: str, one: Problem | Refused, own: bool) -> Read:
    if isinstance(one, Refused):
        return Read(where, one.reason)
    try:
        return Read(where, one.id, to_json(one), _digests(one) if own else None)
    except PydanticSerializationError as error:  # a text that stood within the text of a field
        return Read(where, f"not text: it cannot be stored: {error}")


def _digests(problem: Problem) -> tuple[int, int]:
    name = blake2b(problem.id.encode("utf-8", "surrogatepass"), digest_size=8)
    return int.from_bytes(name.digest()), int(prompt_digest(problem.prompt), 16)


def _once(read: Read, known: dict[int, int]) -> Read:
    """Refused, where a row before has its id and another prompt."""
    if read.own is None or known.setdefault(*read.own) == read.own[1]:
        return read
    return Read(read.where, f"duplicate id: a row before has {read.name} too, with another prompt")


def _json(**fields: str) -> bytes:
    return json.dumps(fields).encode() + b"\n"
