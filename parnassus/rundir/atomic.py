"""Whole files or nothing: write aside, flush to the disk, rename into place."""

import errno
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from safetensors import SafetensorError

from parnassus.errors import RunDirError

_OS_ERROR = re.compile(r"os error (\d+)")


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn the operating system's refusals into a RunDirError that says what to do."""
    try:
        yield
    except RunDirError:
        raise
    except OSError as error:
        raise RunDirError(f"cannot write {path}: {_advice(error)}") from error
    except SafetensorError as error:  # what safetensors makes of an OSError
        number = _OS_ERROR.search(str(error))
        if number is None:
            raise
        raise RunDirError(f"cannot write {path}: {_advice(OSError(int(number[1]), str(error)))}") from error


def _advice(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "the disk is full. Free some space and run the same command again: what was written is kept."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.EEXIST, errno.ENOTDIR, errno.ENOENT):
        return f"{error.strerror}. Choose a directory that you may write to with --out."
    return f"{error.strerror or error}. What was written before is kept."


def write_bytes(path: Path, content: bytes) -> None:
    """Put `content` at `path`, or leave what stood there. Raises RunDirError."""
    aside = path.with_name(f".{path.name}.partial")
    with explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with aside.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            aside.unlink(missing_ok=True)  # on a full disk half a file would keep what little is left
            raise
        aside.replace(path)


@contextmanager
def new_directory(path: Path) -> Iterator[Path]:
    """Yield an empty directory; it becomes `path`, instead of what stood there, if the block succeeds."""
    aside = path.with_name(f".{path.name}.partial")
    with explained(path):
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(parents=True)
        yield aside
        for file in (*aside.rglob("*"), aside):
            _sync(file)
        shutil.rmtree(path, ignore_errors=True)
        aside.replace(path)
        _sync(path.parent)


def _sync(path: Path) -> None:
    """What was written there survives a power failure."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
