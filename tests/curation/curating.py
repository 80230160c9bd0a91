"""What tests of `parnassus curate` share: a file with a pipeline, the command on it, what it leaves."""

import io
import json
import os
import subprocess
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from parnassus.cli.main import main
from parnassus.curation.directory import CurationDir

HEAD = """
from parnassus.algorithms.preferences import Pairs
from parnassus.curation.pipeline import Pipeline, Source
from parnassus.data.checks.gold_verifies import GoldVerifies
from parnassus.data.filters.bounds import Bounds
from parnassus.data.filters.difficulty import Difficulty
from parnassus.data.reading.files import Files
from parnassus.data.reading.layout import Plain
from parnassus.enrich.asking import Agent
from parnassus.enrich.distill import Distill, Keep
from parnassus.enrich.pass_rate import PassRate
from parnassus.enrich.synthesize_tests import SynthesizeTests
from parnassus.enrich.votes import Votes
from parnassus.types import Sampling

SHORT = Sampling(64)
RATE = PassRate(8, SHORT, (Agent("agent", "student"),))
"""
TAIL = """
PIPELINE = Pipeline(
    name="tasks", summary="", sources=(Source(rows=Files("tasks.jsonl"), format=Plain()),), steps=STEPS
)
"""


@dataclass(frozen=True)
class Done:
    code: int
    said: str
    complained: str


@dataclass(frozen=True)
class Place:
    """A folder with rows and a pipeline over them."""

    path: Path
    steps: str

    def write(self, rows: int) -> None:
        lines = [
            {
                "id": f"t/{n}",
                "domain": "math",
                "prompt": f"In task {n} we ask for twice {n}.",
                "reference": {"value": str(2 * n)},
                "source": "t",
                "solution": "def plus(a, b): return a + b",
            }
            for n in range(rows)
        ]
        (self.path / "tasks.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
        (self.path / "tasks_pipeline.py").write_text(f"{HEAD}\nSTEPS = {self.steps}\n{TAIL}")

    def begin(self, out: str, *options: str) -> "subprocess.Popen[str]":
        """The command, in a group of its own, as a terminal would have it."""
        # Where the tests themselves run in the background, interrupts are ignored, and that is inherited.
        heard = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
        run = f"{heard}import sys; from parnassus.cli.main import main; sys.exit(main())"
        command = [sys.executable, "-c", run, "curate", "tasks_pipeline.py", "--out", out, *options]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
        return subprocess.Popen(command, cwd=self.path, env=environment, process_group=0, **pipes)

    def curate(self, out: str, *options: str) -> Done:
        """The command to its end, in this process: it need not load everything again."""
        said, complained, path = io.StringIO(), io.StringIO(), [*sys.path]
        with chdir(self.path), redirect_stdout(said), redirect_stderr(complained):
            try:
                code = main(["curate", "tasks_pipeline.py", "--out", out, "--workers", "1", *options])
            finally:
                sys.path[:] = path
                sys.modules.pop("tasks_pipeline", None)
        return Done(code, said.getvalue(), complained.getvalue())

    def left(self, out: str) -> CurationDir:
        return CurationDir(self.path / out)


def contents(directory: CurationDir) -> dict[str, list[dict[str, object]]]:
    """Of all results, row by row."""
    names = sorted(path.name.removesuffix(".zst") for path in directory.path.glob("*.zst"))
    return {name: list(directory.rows(name)) for name in names}
