"""RunDir: the open run. Made or continued by `open_run`, read by `read_run`; the layout is the package's."""

import fcntl
import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from parnassus.errors import DataError, RunDirError
from parnassus.rundir.atomic import explained, new_directory, write_bytes
from parnassus.rundir.manifest import Manifest, difference
from parnassus.rundir.records import from_json, read_bytes, read_records, to_json, write_records
from parnassus.types import Demonstration, Group, Problem, Row, Visit

T = TypeVar("T")


@dataclass(frozen=True)
class Finished:
    """A stage that is done and will not be done again."""

    stage: str
    kind: str  # "curate", "sft", "rl", "rewardmodel", "evaluate"
    reason: str  # why it ended
    steps: int
    wall_seconds: float
    cpu_seconds: float


@dataclass(frozen=True)
class RunDir:
    """What stages wrote, and where the next one writes. Writers raise RunDirError, readers DataError."""

    path: Path
    manifest: Manifest

    # ---- stages

    def finished(self) -> dict[str, Finished]:
        file = self.path / "finished.json"
        if not file.exists():
            return {}
        return {f.stage: f for f in from_json(list[Finished], read_bytes(file), str(file))}

    def finish(self, done: Finished) -> None:
        everything = [*self.finished().values(), done]
        write_bytes(self.path / "finished.json", json.dumps([vars(f) for f in everything], indent=1).encode())

    def stop(self, why: str) -> None:
        """Keep what ended the run, until it is continued."""
        write_bytes(self._stopped, why.encode())

    def stopped(self) -> str:
        """What ended the run before it was done; "" where nothing did, or it goes on."""
        return read_bytes(self._stopped).decode() if self._stopped.exists() else ""

    def checkpoint(self, stage: str) -> Path:
        return self.path / "checkpoints" / stage

    @contextmanager
    def new_checkpoint(self, stage: str) -> Iterator[Path]:
        with new_directory(self.checkpoint(stage)) as directory:
            yield directory

    # ---- metrics

    def log(self, row: Row) -> None:
        with explained(self._metrics), self._metrics.open("ab") as file:
            file.write(json.dumps(row).encode() + b"\n")

    def metrics(self, stage: str | None = None) -> list[Row]:
        """Every complete row, or those of a stage; a torn last line is left out."""
        if not self._metrics.exists():
            return []
        *lines, _torn = read_bytes(self._metrics).split(b"\n")
        named = enumerate(lines, 1)
        rows = [from_json(dict[str, object], line, f"{self._metrics}, line {n}") for n, line in named]
        return [row for row in rows if stage in (None, row["stage"])]

    def restart(self, stage: str, step: int = 0, draws: int = 0) -> None:
        """Forget what a stage that did not finish noted after `step` and its first `draws` draws."""
        rows = [r for r in self.metrics() if r["stage"] != stage or int(str(r["step"])) <= step]
        write_bytes(self._metrics, b"".join(json.dumps(row).encode() + b"\n" for row in rows))
        visits = [v for v in self.visits() if v.stage != stage or v.draw < draws]
        write_bytes(self._visits, b"".join(to_json(visit) + b"\n" for visit in visits))

    def add_visits(self, visits: Iterable[Visit]) -> None:
        with explained(self._visits), self._visits.open("ab") as file:
            file.write(b"".join(to_json(visit) + b"\n" for visit in visits))

    def visits(self) -> list[Visit]:
        """All of the run, oldest first; a torn last line is left out."""
        if not self._visits.exists():
            return []
        *lines, _torn = read_bytes(self._visits).split(b"\n")
        return [from_json(Visit, line, f"{self._visits}, line {n}") for n, line in enumerate(lines, 1)]

    @property
    def _stopped(self) -> Path:
        return self.path / "stopped.txt"

    @property
    def _metrics(self) -> Path:
        return self.path / "metrics.jsonl"

    @property
    def _visits(self) -> Path:
        return self.path / "visits.jsonl"

    # ---- snapshots of a stage that goes on

    def snapshot(self, stage: str) -> Path | None:
        """The last one that was written, if any."""
        path = self.path / "snapshots" / stage
        return path if path.is_dir() else None

    @contextmanager
    def new_snapshot(self, stage: str) -> Iterator[Path]:
        with new_directory(self.path / "snapshots" / stage) as directory:
            yield directory

    def good(self, stage: str) -> Path:
        """Where older snapshots are kept that no guard doubts."""
        return self.path / "good" / stage

    def drop_snapshots(self, stage: str) -> None:
        with explained(self.path):
            for path in (self.path / "snapshots" / stage, self.good(stage)):
                shutil.rmtree(path, ignore_errors=True)

    # ---- data and trajectories

    def curation(self, stage: str) -> Path:
        """Where a stage that curates keeps its card, and what it took away."""
        return self.path / "curation" / stage

    def write_problems(self, name: str, problems: Iterable[Problem]) -> None:
        write_records(self._data(name), problems)

    def problems(self, name: str) -> list[Problem]:
        return read_records(self._data(name), Problem)

    def write_demonstrations(self, demonstrations: Iterable[Demonstration]) -> None:
        write_records(self._data("demonstrations"), demonstrations)

    def demonstrations(self) -> list[Demonstration]:
        return read_records(self._data("demonstrations"), Demonstration)

    def write_dropped(self, dropped: Iterable[object]) -> None:
        write_records(self._data("dropped"), dropped)

    def write_rollouts(self, stage: str, step: int, groups: Iterable[Group]) -> None:
        write_records(self._rollouts(stage) / f"{step:06d}.jsonl.zst", groups)

    def rollout_steps(self, stage: str) -> list[int]:
        return sorted(int(file.name.split(".")[0]) for file in self._rollouts(stage).glob("[0-9]*.jsonl.zst"))

    def rollouts(self, stage: str, step: int) -> list[Group]:
        return read_records(self._rollouts(stage) / f"{step:06d}.jsonl.zst", Group)

    def _data(self, name: str) -> Path:
        return self.path / "data" / f"{name}.jsonl.zst"

    def _rollouts(self, stage: str) -> Path:
        return self.path / "rollouts" / stage

    # ---- evaluations

    def write_evaluation(self, stage: str, results: Sequence[object]) -> None:
        write_bytes(self.path / "evaluations" / f"{stage}.json", _listed(results))

    def evaluation(self, stage: str, kind: type[T]) -> list[T]:
        """The results of a stage, each a `kind`."""
        file = self.path / "evaluations" / f"{stage}.json"
        return from_json(list[kind], read_bytes(file), str(file))

    def write_best_of(self, stage: str, choices: Sequence[object]) -> None:
        write_bytes(self.path / "best_of" / f"{stage}.json", _listed(choices))

    def best_of(self, stage: str, kind: type[T]) -> list[T]:
        """What a reward model's choice among the samples of a stage was worth; nothing where none chose."""
        file = self.path / "best_of" / f"{stage}.json"
        return from_json(list[kind], read_bytes(file), str(file)) if file.exists() else []


def _listed(results: Sequence[object]) -> bytes:
    return b"[" + b",\n".join(to_json(result) for result in results) + b"]"


def is_run(path: Path) -> bool:
    """Whether a run was begun at `path`. Raises RunDirError when that cannot be told."""
    try:
        return (path / "manifest.json").is_file()
    except OSError as error:
        raise RunDirError(f"cannot look at {path}: {error.strerror}. Choose another directory.") from error


def read_run(path: Path) -> RunDir:
    """An existing run, to look at. Raises RunDirError when there is none."""
    file = path / "manifest.json"
    if not is_run(path):
        raise RunDirError(
            f"{path} is not a run directory: it has no manifest.json. Runs are made by `parnassus run`."
        )
    try:
        return RunDir(path, from_json(Manifest, read_bytes(file), str(file)))
    except DataError as error:
        raise RunDirError(f"{error}. The run was made by another version, or the file was edited.") from error


@contextmanager
def open_run(path: Path, manifest: Manifest) -> Iterator[RunDir]:
    """Start the run at `path`, or continue it; nobody else may write to it meanwhile.

    Raises RunDirError when the directory cannot be written, is in use by another process, or holds a run with
    other settings: the differences are listed.
    """
    with explained(path):
        path.mkdir(mode=0o700, parents=True, exist_ok=True)  # the answers lie in it: for nobody else
        lock = (path / ".lock").open("w")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise RunDirError(
                f"{path} is in use by another process. Wait for it, or choose another --out."
            ) from error
        if not is_run(path):
            _refuse_other_things(path)
            write_bytes(path / "manifest.json", to_json(manifest))
        run = read_run(path)
        _refuse_other_settings(run, manifest)
        run.restart("")  # drops a torn last line
        with explained(path):
            run._stopped.unlink(missing_ok=True)
        yield run


def _refuse_other_things(path: Path) -> None:
    with explained(path):
        others = sorted(entry.name for entry in path.iterdir() if entry.name != ".lock")
    if others:
        raise RunDirError(
            f"{path} holds other things ({others[0]} ...) and no run: choose an --out of its own for it."
        )


def _refuse_other_settings(run: RunDir, manifest: Manifest) -> None:
    old = json.loads(to_json(run.manifest))["settings"]
    new = json.loads(to_json(manifest))["settings"]
    changes = list(difference(old, new))
    if changes:
        listed = "\n".join(f"  {line}" for line in changes)
        advice = "Use the old settings to continue it, or another --out for a new run."
        raise RunDirError(f"{run.path} holds a run with other settings (there -> here):\n{listed}\n{advice}")
