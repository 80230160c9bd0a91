"""JSON lines from a file (plain, .gz, .zst) or from standard input, each with its place for errors.

Streamed: no more is held than one line, and of a line no more than MOST_BYTES. What a line says is not asked
here. A file that is cut short is an error when its end is reached.
"""

import gzip
import io
import json
import os
import shutil
import sys
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

import zstandard

from parnassus.errors import DataError

STANDARD = "-"  # standard input or output, where a path is asked for
MOST_BYTES = 32 * 2**20  # of one row; the largest of the known sets are below half of it
UNREADABLE = (OSError, EOFError, zlib.error, zstandard.ZstdError)  # what a file that cannot be read raises
_PACKED_BYTES = 1 << 14  # at a time: they may be a thousand times as many
_MAGIC = {b"\x1f\x8b": "gz", b"\x28\xb5\x2f\xfd": "zst"}  # what compressed files begin with


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is not blank. Raises DataError naming its place."""

    content: bytes  # no more than one byte over MOST_BYTES
    where: str  # "problems.jsonl, line 3"

    def mapping(self) -> dict[str, object]:
        if len(self.content) > MOST_BYTES:
            raise DataError(f"{self.where}: longer than {MOST_BYTES:,} bytes. Split it or leave it out.")
        try:
            # Text, not bytes: those would be taken for UTF-16 too. A line's end would be column 1 of another.
            value = json.loads(self.content.rstrip().decode("utf-8-sig"))
        except json.JSONDecodeError as error:
            what = error.msg.removesuffix(" at")  # as some end
            raise DataError(f"{self.where}: not JSON: {what} at column {error.colno}") from error
        except (ValueError, RecursionError) as error:
            raise DataError(f"{self.where}: not JSON that can be read: {error}") from error
        if not isinstance(value, dict):
            start = self.content[:40].decode(errors="replace").strip()
            raise DataError(f"{self.where}: not an object: wanted one in {{}}, got {start}")
        return value


class Lines:
    """The lines of a file, anew for every loop over it. Standard input is kept in a file for that."""

    def __init__(self, path: str) -> None:
        self.name = "standard input" if path == STANDARD else path
        self._path = Path(path)
        self._kept = _standard_input() if path == STANDARD else None  # a descriptor

    def __iter__(self) -> Iterator[Line]:
        try:
            yield from self._lines()
        except UNREADABLE as error:
            raise unreadable(self.name, error) from error

    def _lines(self) -> Iterator[Line]:
        with self._open() as file:
            number = 0
            while content := file.readline(MOST_BYTES + 1):
                number += 1
                if number == 1:
                    refuse_compressed(self.name, content)
                if content.strip():
                    yield Line(content, f"{self.name}, line {number}")
                while len(content) > MOST_BYTES and not content.endswith(b"\n"):
                    content = file.readline(MOST_BYTES + 1)  # the rest of a line that is too long

    def _open(self) -> IO[bytes]:
        if self._kept is not None:
            os.lseek(self._kept, 0, os.SEEK_SET)
            return os.fdopen(os.dup(self._kept), "rb")
        return opened(self._path)


def unreadable(name: str, error: Exception) -> DataError:
    """What to say of one of UNREADABLE."""
    reason = error.strerror if isinstance(error, OSError) and error.strerror else error
    return DataError(f"cannot read {name}: {reason}")


def refuse_compressed(name: str, first: bytes) -> None:
    """Raises DataError when a file begins as a compressed one does, though its name does not say so."""
    for magic, suffix in _MAGIC.items():
        if first.startswith(magic):
            raise DataError(
                f"{name}: its content is compressed ({suffix}). Decompress it, or give a file whose "
                f"name ends in .{suffix}."
            )


def opened(path: Path) -> IO[bytes]:
    """The file's content as a stream, decompressed if its name ends in .gz or .zst. To read it, and to open
    it, can raise UNREADABLE."""
    match path.suffix:
        case ".gz":
            return cast(IO[bytes], gzip.open(path))
        case ".zst":
            return io.BufferedReader(_Frames(path.open("rb")), 1 << 20)
        case _:
            return path.open("rb")


def _standard_input() -> int:
    """All of it in a file without a name, which lasts as long as the process: it comes only once."""
    with tempfile.TemporaryFile() as file:
        shutil.copyfileobj(sys.stdin.buffer, file)
        return os.dup(file.fileno())


class _Frames(io.RawIOBase):
    """The content of all frames of a .zst file. zstandard's own reader takes a file that was cut short for a
    complete one."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._frame = zstandard.ZstdDecompressor().decompressobj()
        self._begun = False  # the frame has been given something
        self._packed = b""  # read and not yet given to a frame
        self._plain = memoryview(b"")  # decompressed and not yet asked for

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._plain:
            self._packed = self._packed or self._file.read(_PACKED_BYTES)
            if not self._packed:
                if self._begun:
                    raise EOFError("the file is cut short")
                return 0
            self._plain = memoryview(self._frame.decompress(self._packed))
            self._begun, self._packed = True, b""
            if self._frame.eof:
                self._packed, self._begun = self._frame.unused_data, False
                self._frame = zstandard.ZstdDecompressor().decompressobj()
        count = min(len(buffer), len(self._plain))
        buffer[:count] = self._plain[:count]
        self._plain = self._plain[count:]
        return count

    def close(self) -> None:
        self._file.close()
        super().close()
