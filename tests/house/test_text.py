"""What the repository's own text must not contain, and what installing it must give."""

import re
import shutil
import subprocess
import tomllib
from importlib.metadata import entry_points
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Written so that this file does not contain what it forbids.
MACHINE_PATHS = re.compile(r"(?<![\w.])/(work|tmp|root|home|Users|opt)/(?!\.\.\.)\w")
PACKAGE_HOSTS = re.compile(r"https?://[\w.-]*(pypi|pythonhosted|pytorch|anaconda|aliyun|tsinghua)[\w.-]*/")


def tracked() -> list[Path]:
    """Every file git has, or would take."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: which files are tracked is unknown")
    command = ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, capture_output=True, check=True).stdout.decode().split("\0")
    return [path for name in names if name and (path := ROOT / name).is_file()]


def text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""  # a picture


@pytest.mark.parametrize("forbidden", [MACHINE_PATHS, PACKAGE_HOSTS], ids=["machine paths", "package hosts"])
def test_no_text_names_a_machine(forbidden: re.Pattern[str]):
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
        for path in tracked()
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if forbidden.search(line)
    ]
    assert not found, "\n".join(found)


def test_the_patterns_find_what_they_are_for():
    assert MACHINE_PATHS.search("see " + "/" + "work/main")
    assert MACHINE_PATHS.search("'" + "/" + "tmp/x'")
    assert not MACHINE_PATHS.search("runs/" + "tmp/x")
    assert PACKAGE_HOSTS.search("https:" + "//download.pytorch.org/whl")


def test_no_large_file_is_tracked():
    large = {str(p.relative_to(ROOT)): p.stat().st_size for p in tracked() if p.stat().st_size > 1_000_000}
    assert not large


def test_the_console_script_is_the_command_line():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["scripts"] == {"parnassus": "parnassus.cli.main:main"}
    from parnassus.cli.main import main

    installed = entry_points(group="console_scripts", name="parnassus")
    assert installed
    assert all(script.load() is main for script in installed)


def test_constraints_pin_every_dependency_and_no_accelerator():
    pins = (ROOT / "constraints.txt").read_text().lower().replace("_", "-")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["dev"]
    names = [re.split(r"[\[<>=]", requirement)[0] for requirement in wanted]
    unpinned = [name for name in names if not re.search(rf"^{name}==", pins, re.MULTILINE)]
    assert not unpinned
    assert not re.search(r"^(nvidia|cuda|triton)", pins, re.MULTILINE)


def test_no_test_folder_is_a_package():
    assert not list((ROOT / "tests").rglob("__init__.py"))
