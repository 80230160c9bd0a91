"""What a run is: its settings and the circumstances of its making. Equal settings make an equal run."""

import importlib.metadata
import platform
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from parnassus import __version__

Settings = Mapping[str, object]  # nested mappings, lists and plain values: what a recipe prints as

_PACKAGES = ("torch", "transformers", "numpy", "math-verify")


@dataclass(frozen=True)
class Manifest:
    recipe: str
    settings: dict[str, object]
    created: str  # ISO 8601, UTC
    command: tuple[str, ...]
    versions: dict[str, str]
    machine: str
    git: str | None  # commit, with "+changes" when the tree differs from it; None outside a checkout


def describe(recipe: str, settings: dict[str, object]) -> Manifest:
    """The manifest of a run that starts here and now."""
    return Manifest(
        recipe=recipe,
        settings=settings,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        command=tuple(sys.argv),
        versions={"parnassus": __version__, "python": platform.python_version()} | {p: importlib.metadata.version(p) for p in _PACKAGES},
        machine=f"{platform.platform()} ({platform.machine()})",
        git=_git_state(),
    )


def _git_state() -> str | None:
    here = Path(__file__).parent

    def git(*arguments: str) -> str:
        run = subprocess.run(["git", "-C", here, *arguments], capture_output=True, text=True, check=True)
        return run.stdout.strip()

    try:
        return git("rev-parse", "HEAD") + ("+changes" if git("status", "--porcelain") else "")
    except (OSError, subprocess.CalledProcessError):
        return None


def difference(old: object, new: object, at: str = "") -> Iterator[str]:
    """Where two settings differ, a line each: `stages.rl.steps: 50 -> 60`."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in [*old, *(k for k in new if k not in old)]:
            yield from difference(old.get(key, "absent"), new.get(key, "absent"), f"{at}.{key}" if at else str(key))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from difference(before, after, f"{at}.{index}")
    elif old != new:
        yield f"{at}: {old} -> {new}"
