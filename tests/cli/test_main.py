"""The command line from outside: messages, exit codes, and what is kept when a run is stopped."""

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from parnassus import errors
from parnassus.cli import main as cli
from parnassus.cli.main import main
from parnassus.recipes.find import find
from parnassus.rundir.directory import read_run

SMALL = [
    "stages.warm-up.steps=2",
    "stages.warm-up.batch=8",
    "stages.rl-math.steps=1",
    "stages.rl-code.steps=1",
]
SMALL += [
    f"stages.{stage}.{field}" for stage in ("rl-math", "rl-code") for field in ("prompts=4", "group_size=2")
]
SMALL += [
    f"stages.curate.sources.{source}.{field}"
    for source in range(5)
    for field in ("train=8", "held_out=2", "demonstrations=8")
]
SET_SMALL = [word for setting in SMALL for word in ("--set", setting)]
COMMAND = [sys.executable, "-c", "import sys; from parnassus.cli.main import main; sys.exit(main())"]

BUFFERED = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}


def raising(error: BaseException):
    def execute(arguments: object) -> int:
        raise error

    return execute


@pytest.fixture(scope="module")
def finished_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The quickstart, as small as it goes, done by a process of its own."""
    out = tmp_path_factory.mktemp("runs") / "small"
    command = [*COMMAND, "run", "quickstart", "--out", str(out), *SET_SMALL]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == f"quickstart into {out}"
    assert f"report: {out / 'report.html'}" in done.stdout
    assert (out / "report.html").stat().st_size > 0
    return out


def test_a_run_is_shown(finished_run: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["show", "run", str(finished_run)]) == 0
    said = capsys.readouterr().out
    for stage in find("quickstart").stages:
        assert stage.name in said
    assert "math" in said
    assert "guards_chain" in said


def test_a_finished_run_is_complete(finished_run: Path, capsys: pytest.CaptureFixture[str]):
    before = (finished_run / "finished.json").read_bytes()
    assert main(["run", "quickstart", "--out", str(finished_run), "--quiet", *SET_SMALL]) == 0
    assert f"{finished_run} is complete: every stage was finished before." in capsys.readouterr().out
    assert (finished_run / "finished.json").read_bytes() == before


def test_other_settings_in_its_place_are_refused(finished_run: Path, capsys: pytest.CaptureFixture[str]):
    arguments = ["run", "quickstart", "--out", str(finished_run), "--quiet", *SET_SMALL]
    assert main([*arguments, "--set", "stages.rl-math.algorithm.loss.eps_high=0.3"]) == 5
    said = capsys.readouterr()
    assert "stages.rl-math.algorithm.loss.eps_high: 0.2 -> 0.3" in said.err
    assert said.out == ""


def test_the_report_is_written_again(finished_run: Path, capsys: pytest.CaptureFixture[str]):
    (finished_run / "report.html").unlink()
    assert main(["report", str(finished_run)]) == 0
    assert capsys.readouterr().out == f"{finished_run / 'report.html'}\n"
    assert (finished_run / "report.html").exists()


def test_a_report_comes_with_a_picture_on_request(finished_run: Path, tmp_path: Path):
    assert main(["report", str(finished_run), "--plot", str(tmp_path / "plot.png")]) == 0
    assert (tmp_path / "plot.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("stage", "kept"), [("warm-up", ["curate"]), ("rl-math", ["curate", "warm-up", "before"])]
)
def test_an_interrupted_run_says_what_is_kept_and_continues(tmp_path: Path, stage: str, kept: list[str]):
    # A test that a script runs in the background would hand down that SIGINT is ignored.
    listen = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler);"
    command = [sys.executable, "-c", f"{listen} from parnassus.cli.main import main; sys.exit(main())"]
    changes = [*SET_SMALL, "--set", f"stages.{stage}.steps=500"]
    long = [*command, "run", "quickstart", "--out", str(tmp_path / "run"), *changes]
    pipe = subprocess.PIPE
    with subprocess.Popen(long, stdout=pipe, stderr=pipe, text=True, start_new_session=True) as going:
        assert going.stdout is not None
        for line in going.stdout:
            if line.startswith(stage) and " 1/500" in line:
                os.killpg(going.pid, signal.SIGINT)  # a terminal sends it to the whole group
        assert going.stderr is not None
        said = going.stderr.read()
    assert going.returncode == 130, said
    assert "interrupted. Finished stages are kept" in said
    assert "The same command continues." in said
    assert "Traceback" not in said
    assert list(read_run(tmp_path / "run").finished()) == kept


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["run", "quickstrat"], 2, "no recipe 'quickstrat'. Did you mean quickstart"),
        (["run", "quickstart", "--set", "seed"], 2, "--set wants PATH=VALUE, got 'seed'"),
        (["run", "quickstart", "--set", "sead=1"], 2, "Did you mean seed"),
        (["run", "quickstart", "--set", "seed=one"], 2, "got 'one', wanted int, as in 0"),
        (["show", "recipe", "nothing"], 2, "no recipe 'nothing'"),
        (["show", "run", "nothing"], 5, "nothing is not a run directory"),
        (["report", "nothing"], 5, "nothing is not a run directory"),
    ],
)
def test_a_mistake_is_one_message(
    words: list[str],
    code: int,
    said: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.chdir(tmp_path)
    assert main(words) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("parnassus: ")
    assert said in captured.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [(kind("what to do"), kind.exit_code, "what to do") for kind in errors.ParnassusError.__subclasses__()]
    + [
        (OSError(errno.ENOSPC, "No space left on device", "runs/x"), 5, "the disk is full at runs/x"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), 5, "the disk is full"),
        (KeyboardInterrupt(), 130, "interrupted"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_every_expected_error_has_its_exit_code(
    error: BaseException,
    code: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    monkeypatch.setattr(cli.recipes, "list_recipes", raising(error))
    assert main(["recipes"]) == code
    assert capsys.readouterr().err.startswith(f"parnassus: {said}")


@pytest.mark.parametrize(
    "error", [ZeroDivisionError(), OSError(errno.EIO, "x"), BrokenPipeError(errno.EPIPE, "x")]
)
def test_what_nobody_expects_flies(error: Exception, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cli.recipes, "list_recipes", raising(error))
    with pytest.raises(type(error)):
        main(["recipes"])


def test_exit_codes_are_all_different():
    codes = [kind.exit_code for kind in errors.ParnassusError.__subclasses__()]
    assert len(set(codes)) == len(codes)
    assert not set(codes) & {0, 1, 130, 141}


# A command that prints one line, so that nothing but the printing is waited for.
SAY = "import sys; from parnassus.cli import main as m; m.recipes.list_recipes = lambda _: print('x') or 0"
SAY_COMMAND = [sys.executable, "-c", f"{SAY}; sys.exit(m.main(['recipes']))"]


def test_output_that_cannot_be_written_is_an_error():
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(SAY_COMMAND, stdout=full, stderr=subprocess.PIPE, text=True, env=BUFFERED)
    assert done.returncode == 5
    assert done.stderr == "parnassus: the disk is full. Free some space and try again.\n"


def test_a_reader_that_leaves_is_no_error():
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(SAY_COMMAND, stdout=writing, stderr=subprocess.PIPE, text=True, env=BUFFERED)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, "")
