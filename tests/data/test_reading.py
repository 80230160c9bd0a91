"""Rows of files of every kind, with their places; what is broken is refused by name and the rest is read."""

import csv
import gzip
import io
import json
import tracemalloc
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from parnassus.data.reading import lines
from parnassus.data.reading.files import Files
from parnassus.data.reading.lines import Lines
from parnassus.data.reading.row import Refused, Row
from parnassus.errors import DataError

T = TypeVar("T")
ROWS = [{"n": str(number), "text": "x" * (number % 7)} for number in range(200)]


def packed(kind: str, content: bytes) -> bytes:
    match kind:
        case ".gz":
            return gzip.compress(content)
        case ".zst":  # two frames, the second without its size in the head
            half = len(content) // 2
            stream = zstandard.ZstdCompressor().compressobj()
            return zstandard.compress(content[:half]) + stream.compress(content[half:]) + stream.flush()
        case _:
            return content


def jsonl(rows: Iterable[object]) -> bytes:
    return "".join(f"{json.dumps(row)}\n" for row in rows).encode()


def as_csv(rows: list[dict[str, str]]) -> bytes:
    text = io.StringIO(newline="")
    table = csv.DictWriter(text, list(rows[0]))
    table.writeheader()
    table.writerows(rows)
    return text.getvalue().encode()


def read(path: Path) -> list[Row | Refused]:
    return list(Files(str(path)))


@pytest.mark.parametrize("kind", ["", ".gz", ".zst"])
@pytest.mark.parametrize(("name", "content"), [("rows.jsonl", jsonl(ROWS)), ("rows.csv", as_csv(ROWS))])
def test_rows_come_in_order_each_with_its_line(tmp_path: Path, name: str, content: bytes, kind: str):
    path = tmp_path / f"{name}{kind}"
    path.write_bytes(packed(kind, content))
    first = 2 if ".csv" in name else 1
    assert read(path) == [Row(f"{path}, line {number}", row) for number, row in enumerate(ROWS, first)]
    assert list(Files(str(path))) == read(path), "again, from the start"


def test_a_pattern_reads_its_files_by_name(tmp_path: Path):
    for name in ("b/part-2.jsonl", "a/part-1.jsonl.gz", "a/other.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(packed(name[-3:], jsonl([{"name": name}])))
    values = [row.value for row in Files(f"{tmp_path}/**/part-*.jsonl*") if isinstance(row, Row)]
    assert values == [{"name": "a/part-1.jsonl.gz"}, {"name": "b/part-2.jsonl"}]


def test_a_name_with_the_signs_of_a_pattern_is_a_name(tmp_path: Path):
    (tmp_path / "rows[1].jsonl").write_bytes(jsonl([{"a": 1}]))
    assert len(read(tmp_path / "rows[1].jsonl")) == 1


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("none*.jsonl", "no file matches"),
        ("", "is a folder: say which of its files"),
        ("rows.txt", "what kind of file is it"),
        ("rows.parquet.gz", "what kind of file is it"),
        ("rows", "what kind of file is it"),
        ("damaged.jsonl.gz", r"cannot read .*damaged\.jsonl\.gz"),
        ("gzip.jsonl", r"its content is compressed \(gz\)"),
        ("gzip.csv", r"its content is compressed \(gz\)"),
        ("twice.csv", "wanted a head that names each column once"),
        ("empty.csv", "wanted a head"),
    ],
)
def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path, pattern: str, said: str):
    for name in ("rows.txt", "rows", "rows.parquet.gz", "damaged.jsonl.gz", "empty.csv"):
        (tmp_path / name).touch()
    (tmp_path / "damaged.jsonl.gz").write_bytes(b"not gzip")
    (tmp_path / "gzip.jsonl").write_bytes(gzip.compress(b"{}"))
    (tmp_path / "gzip.csv").write_bytes(gzip.compress(b"a,b"))
    (tmp_path / "twice.csv").write_text("a,b,a\n1,2,3\n")
    with pytest.raises(DataError, match=said):
        read(tmp_path / pattern)


@pytest.mark.parametrize("name", ["rows.jsonl.gz", "rows.jsonl.zst", "rows.csv.gz", "rows.csv.zst"])
def test_a_file_that_is_cut_short_is_an_error_after_its_rows(tmp_path: Path, name: str):
    path = tmp_path / name
    content = jsonl(ROWS) if "jsonl" in name else as_csv(ROWS)
    path.write_bytes(packed(path.suffix, content)[:-20])
    seen: list[Row | Refused] = []
    with pytest.raises(DataError, match="cannot read"):
        seen.extend(Files(str(path)))
    assert [row.value for row in seen if isinstance(row, Row)] == ROWS[: len(seen)]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"a": 1', "not JSON: Expecting ',' delimiter at column 8"),
        (b"[1, 2]", "not an object: wanted one in {}, got [1, 2]"),
        (b"null", "not an object: wanted one in {}, got null"),
        ('{"a": "ä"}'.encode("latin-1"), "not JSON that can be read: 'utf-8' codec can't decode byte"),
        ('{"a": "b"}'.encode("utf-16-le"), "not JSON: Expecting property name"),
        ('{"a": "b"}'.encode("utf-16"), "not JSON that can be read: 'utf-8' codec can't decode byte"),
        (b'{"a": "\\ud83d"}', "not text: half a surrogate pair is no character"),
        (b'{"a": ' + b"[" * 100_000 + b"}", "not JSON that can be read: "),
        (b'{"a": ' + b"9" * 5000 + b"}", "not JSON that can be read: "),
    ],
)
def test_a_broken_line_is_refused_and_the_others_are_read(tmp_path: Path, line: bytes, reason: str):
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b'{"a": 1}\n\n' + line.replace(b"\n", b"") + b"\n" + b'{"a": "\\ud83d\\ude00"}\n')
    first, broken, last = read(path)
    assert (first, last) == (
        Row(f"{path}, line 1", {"a": 1}),
        Row(f"{path}, line 4", {"a": "\N{GRINNING FACE}"}),
    )
    assert isinstance(broken, Refused)
    assert broken.where == f"{path}, line 3"
    assert broken.reason.startswith(reason)


def test_a_row_that_is_too_long_is_refused_and_never_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lines, "MOST_BYTES", 2**20)
    path = tmp_path / "rows.jsonl.gz"
    with gzip.open(path, "wb", 1) as file:
        file.write(b'{"a": 1}\n{"a": "')
        for _ in range(50):
            file.write(b"x" * 2**20)
        file.write(b'"}\n{"a": 2}\n')
    rows, peak = with_peak(lambda: read(path))
    assert rows == [
        Row(f"{path}, line 1", {"a": 1}),
        Refused(f"{path}, line 2", "longer than 1,048,576 bytes. Split it or leave it out."),
        Row(f"{path}, line 3", {"a": 2}),
    ]
    assert peak < 8 * 2**20, "of 50 MiB"


def with_peak(call: Callable[[], T]) -> tuple[T, int]:
    """What the call returns, and the most memory that Python had at a time."""
    tracemalloc.start()
    try:
        return call(), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_memory_does_not_grow_with_a_file(tmp_path: Path, suffix: str):
    path = tmp_path / f"rows.jsonl{suffix}"
    content = jsonl({"n": number, "text": f"{number * 7919 % 100_003:05d}" * 20} for number in range(50_000))
    path.write_bytes(packed(suffix, content))
    count, peak = with_peak(lambda: sum(1 for _ in Lines(str(path))))
    assert count == 50_000
    assert peak < len(content) / 2


@given(st.lists(st.binary(max_size=400), max_size=6), st.integers(1, 64))
def test_frames_give_what_was_packed_however_they_are_read(parts: list[bytes], size: int):
    content = b"".join(map(zstandard.compress, parts))
    with io.BufferedReader(lines._Frames(io.BytesIO(content)), size) as file:
        assert b"".join(iter(lambda: file.read(size), b"")) == b"".join(parts)


@given(st.binary(min_size=1, max_size=400), st.data())
def test_a_frame_that_is_cut_anywhere_is_an_error(content: bytes, data: st.DataObject):
    whole = zstandard.compress(b"before") + zstandard.ZstdCompressor(write_checksum=True).compress(content)
    before = len(zstandard.compress(b"before"))
    cut = whole[: data.draw(st.integers(before + 1, len(whole) - 1))]
    with pytest.raises((EOFError, zstandard.ZstdError)):
        lines._Frames(io.BytesIO(cut)).read()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"1,2,3", "not CSV: 3 values, the head has 2"),
        (b"1", "not CSV: 1 values, the head has 2"),
        (b"\xe4,2", "not text: not UTF-8"),
        (b'"1"x,2', "not CSV: "),
    ],
)
def test_a_broken_line_of_csv_is_refused_and_the_others_are_read(tmp_path: Path, line: bytes, reason: str):
    path = tmp_path / "rows.csv"
    path.write_bytes(b"\xef\xbb\xbfa,b\r\n" + b'"1\n1",2\n\n' + line + b"\n3,4\n")
    first, broken, last = read(path)
    assert first == Row(f"{path}, line 2", {"a": "1\n1", "b": "2"})
    assert isinstance(broken, Refused)
    assert broken.reason.startswith(reason)
    assert broken.where in (f"{path}, line 4", f"{path}, line 5")
    assert last == Row(f"{path}, line 6", {"a": "3", "b": "4"})


def test_a_quote_that_is_never_closed_is_told(tmp_path: Path):
    path = tmp_path / "rows.csv"
    path.write_text('a,b\n1,2\n3,"4\n5,6\n')
    assert read(path) == [
        Row(f"{path}, line 2", {"a": "1", "b": "2"}),
        Refused(f"{path}, line 3", "not CSV: unexpected end of data"),
    ]
