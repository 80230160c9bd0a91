"""What a curation leaves in its directory.

pipeline.json          what was done, to which files, by which versions and command
problems.jsonl.zst     what is left, in the plain format: docs/data-format.md
dropped.jsonl.zst      {"step", "reason", "row"}: what was taken away, by which step and why
refused.jsonl.zst      {"where", "reason"}: rows that are no problems
places.jsonl.zst       {"id", "where"}: which row each problem comes from
demonstrations.jsonl.zst, pairs.jsonl.zst
                       where a step taught or preferred: responses to imitate, a better and a worse one,
                       to the problems that are left
card.html, card.md     to look at
passes/                under way only: a folder a pass, complete as soon as it has its name
"""

import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import zip_longest
from pathlib import Path

import zstandard

from parnassus.curation.lessons import only_left
from parnassus.data.reading.lines import Lines
from parnassus.errors import ConfigError
from parnassus.rundir.atomic import explained, write_bytes
from parnassus.rundir.records import from_json, read_bytes

KEPT, DROPPED, REFUSED, PLACES = "kept.jsonl", "dropped.jsonl", "refused.jsonl", "places.jsonl"  # of a pass
PROBLEMS, DEMONSTRATIONS, PAIRS = "problems.jsonl", "demonstrations.jsonl", "pairs.jsonl"


@dataclass(frozen=True, kw_only=True)
class Begun:
    """What pipeline.json holds."""

    name: str
    summary: str
    sources: tuple[str, ...]  # as they print
    steps: tuple[str, ...]
    names: tuple[str, ...]  # of the steps, as DROPPED has them
    passes: tuple[str, ...] = ()  # of the steps of each, from the first after reading
    files: dict[str, str]  # path -> digest of its content
    licences: dict[str, str]  # of the sources' layouts
    versions: dict[str, str]
    command: tuple[str, ...]
    created: str  # ISO 8601, UTC


@dataclass(frozen=True)
class CurationDir:
    """Writers raise RunDirError, readers DataError."""

    path: Path

    def begin(self, begun: Begun) -> None:
        """Raises ConfigError where another pipeline, or one over other files, was begun here."""
        file = self.path / "pipeline.json"
        if not file.exists():
            write_bytes(file, json.dumps(asdict(begun), indent=1).encode())
            return
        differ = list(_differences(self.begun(), begun))
        if differ:
            told = "\n".join(f"  {line}" for line in differ)
            raise ConfigError(
                f"{self.path} holds another curation (there -> here):\n{told}\nGive this one an --out of its "
                "own, or go back to what that one was begun with."
            )

    def begun(self) -> Begun:
        file = self.path / "pipeline.json"
        if not file.exists():
            raise ConfigError(
                f"{self.path} holds no curation: it has no pipeline.json. `parnassus curate` makes one."
            )
        return from_json(Begun, read_bytes(file), str(file))

    def done(self) -> bool:
        return self.file(PROBLEMS).exists()

    def file(self, name: str) -> Path:
        """One of the results."""
        return self.path / f"{name}.zst"

    def rows(self, name: str) -> Iterator[dict[str, object]]:
        """Of one of the results, in order."""
        return (line.mapping() for line in Lines(str(self.file(name))))

    def passed(self, number: int) -> Path:
        """The folder of a pass."""
        return self.path / "passes" / f"{number:02}"

    def asked(self, number: int) -> Path:
        """Where a pass keeps what models and judges said: it stays, for whoever wants to read it."""
        return self.asking / f"{number:02}"

    @property
    def asking(self) -> Path:
        return self.path / "asked"

    def finish(self, passes: int) -> None:
        """Packs what the passes left, the problems last."""
        folders = [self.passed(number) for number in range(passes)]
        _pack([folders[0] / REFUSED], self.file(REFUSED))
        _pack([folders[0] / PLACES], self.file(PLACES))
        _pack([folder / DROPPED for folder in folders[1:]], self.file(DROPPED))
        for name in (DEMONSTRATIONS, PAIRS):
            if said := [folder / name for folder in folders if (folder / name).exists()]:
                left = folders[-1] / f"left-{name}"
                only_left(said, folders[-1] / KEPT, left)
                _pack([left], self.file(name))
        _pack([folders[-1] / KEPT], self.file(PROBLEMS))

    def clear(self) -> None:
        """Only the results remain."""
        if (self.path / "passes").exists():
            with explained(self.path):
                shutil.rmtree(self.path / "passes")


def _differences(old: Begun, new: Begun) -> Iterator[str]:
    """What would have to be the same, and is not, a line each."""
    if old.name != new.name:
        yield f"name: {old.name} -> {new.name}"
    for what, there, here in (("source", old.sources, new.sources), ("step", old.steps, new.steps)):
        for number, (one, other) in enumerate(zip_longest(there, here, fillvalue="none"), 1):
            if one != other:
                yield f"{what} {number}: {one} -> {other}"
    for file in {**old.files, **new.files}:
        if old.files.get(file) != new.files.get(file):
            known = "other content" if file in old.files and file in new.files else "read by one of the two"
            yield f"file {file}: {known}"


def _pack(files: list[Path], packed: Path) -> None:
    aside = packed.with_name(f".{packed.name}.partial")
    with explained(packed):
        with aside.open("wb") as raw, zstandard.ZstdCompressor(level=3).stream_writer(raw) as out:
            for file in files:
                with file.open("rb") as plain:
                    shutil.copyfileobj(plain, out)
        aside.replace(packed)
