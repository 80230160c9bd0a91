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

_PACKAGES = ("torch", "transformers", "numpy", "math-verify")


@dataclass(frozen=True)
class Manifest:
    recipe: str
    settings: dict[str, object]
    created: str  # ISO 8601, UTC
    command: tuple[str, ...]
    versions: dict[str, str]
    machine: str
    device: str
    git: str | None  # commit, with "+changes" when the tree differs from it; None outside a checkout


def describe(recipe: str, settings: dict[str, object], device: str) -> Manifest:
    """The manifest of a run that starts here and now."""
    return Manifest(
        recipe=recipe,
        settings=settings,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        command=tuple(sys.argv),
        versions={"parnassus": __version__, "python": platform.python_version()}
        | {package: importlib.metadata.version(package) for package in _PACKAGES},
        machine=f"{platform.platform()} ({platform.machine()})",
        device=device,
        git=_git_state(),
    )


def _git_state() -> str | None:
    here = Path(__file__).parent

    def git(*arguments: str) -> str:
        run = subprocess.run(["git", "-C", here, *arguments], capture_output=True, text=True, check=True)
        return run.stdout.strip()

    try:
        git("ls-files", "--error-unmatch", __file__)  # or we are installed in somebody else's repository
        return git("rev-parse", "HEAD") + ("+changes" if git("status", "--porcelain") else "")
    except (OSError, subprocess.CalledProcessError):
        return None


def difference(old: object, new: object, at: str = "") -> Iterator[str]:
    """Where two settings differ, a line each: `stages.rl.steps: 50 -> 60`; of a whole piece only its kind."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in [*old, *(k for k in new if k not in old)]:
            inner = f"{at}.{key}" if at else str(key)
            yield from difference(old.get(key, "absent"), new.get(key, "absent"), inner)
    elif isinstance(old, list) and isinstance(new, list):
        before, after = _by_name(old), _by_name(new)
        if before.keys() == after.keys() and list(before) != list(after):
            yield f"{at}: in the order {', '.join(before)} -> {', '.join(after)}"
        yield from difference(before, after, at)
    elif old != new:
        yield f"{at}: {_brief(old)} -> {_brief(new)}"


def _by_name(items: list[object]) -> Mapping[str, object]:
    """Items of a list under their names, where they all have one of their own, else under their indices."""
    named = [str(item["name"]) for item in items if isinstance(item, Mapping) and "name" in item]
    unique = len(set(named)) == len(items)
    return dict(zip(named if unique else map(str, range(len(items))), items, strict=True))


def _brief(settings: object) -> object:
    return settings.get("kind", settings) if isinstance(settings, Mapping) else settings
