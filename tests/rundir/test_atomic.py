"""Whole files or nothing, with real processes that die, real full disks and real refusals."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from parnassus.errors import RunDirError
from parnassus.rundir.atomic import new_directory, write_bytes

OLD, NEW = b"old" * 1000, b"new" * 1_000_000


def write_after(preparation: str, file: Path) -> subprocess.CompletedProcess[str]:
    """A process that writes NEW to `file` once `preparation` is done; it ends with its RunDirError."""
    code = f"""
import os, resource, signal, sys
from pathlib import Path
from parnassus.errors import RunDirError
from parnassus.rundir.atomic import write_bytes
{preparation}
try:
    write_bytes(Path(sys.argv[1]), b"new" * 1_000_000)
except RunDirError as error:
    sys.exit(str(error))
"""
    return subprocess.run([sys.executable, "-c", code, str(file)], capture_output=True, text=True)


DIE_BEFORE_RENAMING = "os.fsync = lambda descriptor: os.kill(os.getpid(), signal.SIGKILL)"
SMALL_FILES_ONLY = """
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # so that writing fails instead
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
"""
BECOME_AN_ORDINARY_USER = "os.geteuid() == 0 and os.setuid(65534)"  # an administrator may write anywhere


def test_a_file_is_replaced_and_its_folder_made(tmp_path: Path):
    file = tmp_path / "a" / "b" / "file"
    write_bytes(file, OLD)
    write_bytes(file, NEW)
    assert file.read_bytes() == NEW
    assert os.listdir(file.parent) == ["file"]


def test_a_writer_that_dies_halfway_leaves_the_old_file(tmp_path: Path):
    file = tmp_path / "file"
    write_bytes(file, OLD)
    assert write_after(DIE_BEFORE_RENAMING, file).returncode == -signal.SIGKILL
    assert file.read_bytes() == OLD
    write_bytes(file, NEW)  # what it left aside is in nobody's way
    assert os.listdir(tmp_path) == ["file"]


def test_a_file_that_does_not_fit_leaves_the_old_one_and_takes_no_room(tmp_path: Path):
    file = tmp_path / "file"
    write_bytes(file, OLD)
    assert write_after(SMALL_FILES_ONLY, file).stderr.startswith(f"cannot write {file}: File too large")
    assert file.read_bytes() == OLD
    assert os.listdir(tmp_path) == ["file"]


@pytest.fixture
def small_disk(tmp_path: Path):
    """A file system of one megabyte."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(tmp_path)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("needs the right to mount a tmpfs")
    yield tmp_path
    subprocess.run(["umount", str(tmp_path)], check=True)


def test_a_full_disk_is_explained(small_disk: Path):
    write_bytes(small_disk / "file", OLD)
    with pytest.raises(
        RunDirError, match=r"the disk is full\. Free some space and run the same command again"
    ):
        write_bytes(small_disk / "file", NEW)
    assert (small_disk / "file").read_bytes() == OLD
    assert os.listdir(small_disk) == ["file"]


def test_a_checkpoint_on_a_full_disk_is_explained(small_disk: Path):
    import torch
    from safetensors.torch import save_file

    with (
        pytest.raises(RunDirError, match="the disk is full"),
        new_directory(small_disk / "checkpoint") as directory,
    ):
        save_file({"weight": torch.zeros(1_000_000)}, directory / "model.safetensors")
    assert not (small_disk / "checkpoint").exists()


def test_a_folder_one_may_not_write_to_is_explained(tmp_path: Path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555)
    for folder in [tmp_path, *list(tmp_path.parents)[:2]]:
        folder.chmod(0o755)  # the user must get as far as the folder
    said = write_after(BECOME_AN_ORDINARY_USER, closed / "file").stderr
    assert "Permission denied. Choose a directory that you may write to with --out." in said, said


def test_a_path_through_a_file_is_explained(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RunDirError, match=r"cannot write .*: Not a directory. Choose a dir"):
        write_bytes(tmp_path / "file" / "x" / "y", b"")


def test_a_directory_appears_whole(tmp_path: Path):
    with new_directory(tmp_path / "checkpoint") as directory:
        (directory / "a").write_text("first")
        assert not (tmp_path / "checkpoint").exists()
    with new_directory(tmp_path / "checkpoint") as directory:
        (directory / "b").write_text("second")
        assert os.listdir(tmp_path / "checkpoint") == ["a"]
    assert os.listdir(tmp_path / "checkpoint") == ["b"]
    assert os.listdir(tmp_path) == ["checkpoint"]


def test_a_directory_whose_making_failed_does_not_appear(tmp_path: Path):
    def fail_halfway() -> None:
        with new_directory(tmp_path / "checkpoint") as directory:
            (directory / "half").write_text("")
            (directory / "missing").read_bytes()

    with pytest.raises(RunDirError, match="No such file"):
        fail_halfway()
    assert not (tmp_path / "checkpoint").exists()
    with new_directory(tmp_path / "checkpoint"):
        pass  # an earlier attempt's remains are not mixed in
    assert os.listdir(tmp_path / "checkpoint") == []
