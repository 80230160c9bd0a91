"""The data that is to be examined, read strictly: a file in the plain format, a curation, or a run.

All of it lies in memory, as it will in the run.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from parnassus.curation.directory import DEMONSTRATIONS, PROBLEMS, CurationDir
from parnassus.data.demonstrations import Demonstrations
from parnassus.data.reading.files import Files
from parnassus.data.reading.layout import Plain, problems
from parnassus.data.reading.row import Refused
from parnassus.errors import DataError
from parnassus.preflight.finding import Finding, Level, listed
from parnassus.rundir.directory import is_run, read_run
from parnassus.types import Demonstration, Problem

T = TypeVar("T")
_FORM = "Mend these rows, or let `parnassus curate` leave them out; docs/data-format.md says what is wanted."


@dataclass(frozen=True)
class Given:
    """None: whoever asks did not say, so nothing can be said of it."""

    train: Sequence[Problem] | None = None
    held_out: Sequence[Problem] | None = None
    demonstrations: Sequence[Demonstration] | None = None

    @property
    def problems(self) -> list[Problem]:
        return [*(self.train or ()), *(self.held_out or ())]


def read(data: str | None, demonstrations: str | None) -> tuple[Given, list[Finding]]:
    """What lies there, and what is wrong with its rows. Raises DataError where nothing can be read."""
    findings = list[Finding]()
    if data is None:
        train, held_out, taught = None, None, None
    else:
        train, held_out, taught = _problems(data, findings)
        demonstrations = demonstrations or _beside(Path(data))
    if demonstrations is not None:
        rows = Demonstrations(Files(demonstrations))
        taught = _sound(rows, "demonstrations", demonstrations, findings)
    return Given(train, held_out, taught), findings


def _problems(
    data: str, findings: list[Finding]
) -> tuple[list[Problem], list[Problem] | None, list[Demonstration] | None]:
    path = Path(data)
    if is_run(path):
        folder = path / "data"
        train, held_out = (
            _read(folder / f"{name}.jsonl.zst", name.replace("_", " "), findings)
            for name in ("train", "held_out")
        )
        return train, held_out, read_run(path).demonstrations()
    if (path / "pipeline.json").is_file():
        curation = CurationDir(path)
        if not curation.done():
            raise DataError(
                f"{path} holds a curation that is not finished: `parnassus curate` goes on with it"
            )
        return _read(curation.file(PROBLEMS), "problems", findings), None, None
    if isinstance(next(iter(Demonstrations(Files(data))), None), Demonstration):  # a problem has no response
        raise DataError(f"{data}: these are demonstrations: give them by --demonstrations {data}")
    return _read(path, "problems", findings), None, None


def _beside(path: Path) -> str | None:
    """What a teacher said in the curation that lies there, if one did."""
    file = CurationDir(path).file(DEMONSTRATIONS)
    return str(file) if (path / "pipeline.json").is_file() and file.exists() else None


def _read(path: Path, what: str, findings: list[Finding]) -> list[Problem]:
    return _sound(problems(Files(str(path)), Plain()), what, str(path), findings)


def _sound(rows: Iterable[T | Refused], what: str, place: str, findings: list[Finding]) -> list[T]:
    """The rows that are some; the others become a finding."""
    sound, refused = list[T](), list[str]()
    for row in rows:
        if isinstance(row, Refused):
            refused.append(f"{row.where}: {row.reason}")
        else:
            sound.append(row)
    name = f"schema of {what}"
    if refused:
        told = f"{len(refused):,} of {len(sound) + len(refused):,} rows are none:\n{listed(refused)}"
        findings.append(Finding(name, Level.ERROR, told, _FORM))
    elif not sound:
        findings.append(Finding(name, Level.ERROR, f"{place} is empty", "Is it the right file?"))
    else:
        findings.append(Finding(name, Level.OK, f"{len(sound):,} rows of {place}"))
    return sound
