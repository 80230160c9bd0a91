"""What became of one problem: where it comes from, and the step that took it away, if one did."""

from collections.abc import Iterator
from typing import cast

from parnassus.curation.directory import DROPPED, PLACES, PROBLEMS, REFUSED, CurationDir
from parnassus.data.reading.lines import Lines
from parnassus.enrich.job import FILE
from parnassus.errors import DataError


def story(directory: CurationDir, name: str) -> str:
    """Of a problem by its id, or of a row by its place ("train.jsonl, line 3"). Raises DataError where
    neither is known or the curation is not finished, ConfigError where there is none."""
    directory.begun()
    if not directory.done():
        raise DataError(
            f"{directory.path} holds a curation that is not finished: `parnassus curate` goes on with it"
        )
    refused = next((r for r in directory.rows(REFUSED) if r["where"] == name), None)
    if refused is not None:
        return f"{name}\n  refused when it was read: {refused['reason']}"
    places = [p for p in directory.rows(PLACES) if name in (p["id"], p["where"])]
    if not places and (seed := _seed(directory, name)) is not None:
        step, of = seed
        return f"{name}\n  made by {step} of {of}{_ended(directory, name)}"
    if not places:
        raise DataError(
            f"{directory.path} knows no problem and no row {name!r}. Ids are in {DROPPED}.zst too."
        )
    identity = str(places[0]["id"])
    read = "".join(f"\n  read from {p['where']}" for p in places)
    made = "".join(f"\n  {step} made {new} of it" for step, new in _made(directory, identity))
    return f"{identity}{read}{made}{_ended(directory, identity)}"


def _seed(directory: CurationDir, name: str) -> tuple[str, str] | None:
    """The step that made the problem of this id, and of which."""
    return next(((step, old) for step, old, new in _renamed(directory) if new == name), None)


def _made(directory: CurationDir, name: str) -> list[tuple[str, str]]:
    """The steps that made another problem of this one, and its id."""
    return [(step, new) for step, old, new in _renamed(directory) if old == name]


def _renamed(directory: CurationDir) -> Iterator[tuple[str, str, str]]:
    """Step, old and new id of each problem that a step made of another."""
    for number, step in enumerate(directory.begun().passes, 1):
        file = directory.asked(number) / FILE
        for line in Lines(str(file)) if file.exists() else ():
            row = line.mapping()
            new = cast(dict[str, object], row["problem"])["id"]
            if new != row["id"]:
                yield step, str(row["id"]), str(new)


def _ended(directory: CurationDir, identity: str) -> str:
    ended = [f"\n  dropped by {d['step']}: {d['reason']}" for d in _dropped(directory, identity)]
    kept = [r for r in directory.rows(PROBLEMS) if r["id"] == identity]
    return "".join([*ended, *(f"\n  kept{_stats(row)}" for row in kept)])


def _dropped(directory: CurationDir, identity: str) -> Iterator[dict[str, object]]:
    return (d for d in directory.rows(DROPPED) if cast(dict[str, object], d["row"])["id"] == identity)


def _stats(row: dict[str, object]) -> str:
    stats = cast(dict[str, float], row.get("stats", {}))
    return ": " + ", ".join(f"{name} {value:g}" for name, value in stats.items()) if stats else ""
