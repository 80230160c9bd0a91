"""Whole files or nothing: write aside, flush to the disk, rename into place."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from parnassus.errors import RunDirError


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn the operating system's refusals into a RunDirError that says what to do."""
    try:
        yield
    except RunDirError:
        raise
    except OSError as error:
        raise RunDirError(f"cannot write {path}: {_advice(error)}") from error


def _advice(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "the disk is full. Free some space and run the same command again: what was written is kept."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{error.strerror}. Choose a directory that you may write to with --out."
    return f"{error.strerror or error}. What was written before is kept."


def write_bytes(path: Path, content: bytes) -> None:
    aside = path.with_name(f".{path.name}.partial")
    with explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with aside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)


@contextmanager
def new_directory(path: Path) -> Iterator[Path]:
    """Yield an empty directory to fill; it becomes `path`, replacing what stood there, only if the block succeeds."""
    aside = path.with_name(f".{path.name}.partial")
    with explained(path):
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(parents=True)
        yield aside
        shutil.rmtree(path, ignore_errors=True)
        aside.replace(path)
