"""The live display: every stage a line with its mark; the one going on has a bar, its numbers, time left.

quickstart into runs/quickstart                          1:23
✓ curate     3,400 problems to train on, 800 held out   1.2 s
✓ warm-up    loss 0.61  entropy 0.58  9,100 tokens/s     0:48
● rl-math    ━━━━━━━━╸━━━━━━ 23/40  reward 0.71  ...     0:12 left
· between
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from types import TracebackType

import rich.live
from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from parnassus.cli.words import Pace, duration, headline, number
from parnassus.rundir.directory import Finished, Row


class Mark(Enum):
    """Where a stage stands, as it is drawn."""

    WAITING = "[dim]·[/]"
    RUNNING = "[cyan]●[/]"
    DONE = "[green]✓[/]"
    BEFORE = "[dim]✓[/]"


@dataclass
class _Line:
    """What is known of a stage so far."""

    mark: Mark = Mark.WAITING
    step: int = 0
    steps: int = 0
    words: str = ""
    pace: Pace = field(default_factory=Pace)
    seconds: float = 0.0  # once it is done


class Live:
    """An observer that draws; to be entered and left."""

    def __init__(self, title: str, stages: Sequence[str]):
        self._title = title
        self._began = time.monotonic()
        self._lines = {name: _Line() for name in stages}
        self._console = Console(highlight=False)
        self._live = rich.live.Live(console=self._console, get_renderable=self._render, refresh_per_second=4)

    def __enter__(self) -> "Live":
        self._live.start(refresh=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def begin_stage(self, name: str, kind: str, steps: int) -> None:
        self._lines[name] = _Line(Mark.RUNNING, steps=steps)

    def skip_stage(self, done: Finished) -> None:
        words = f"finished before: {done.reason}"
        self._lines[done.stage] = _Line(Mark.BEFORE, words=words, seconds=done.wall_seconds)

    def row(self, row: Row) -> None:
        line = self._lines[str(row["stage"])]
        line.step, line.steps = int(number(row, "step")), int(number(row, "steps"))
        line.words = headline(row)
        line.pace.stepped()

    def end_stage(self, done: Finished) -> None:
        line = self._lines[done.stage]
        line.mark, line.seconds = Mark.DONE, done.wall_seconds
        line.words = line.words or done.reason

    def note(self, text: str) -> None:
        self._console.print(f"[yellow]note[/]  {escape(text)}")

    def _render(self) -> Group:
        heading = Table.grid(expand=True)
        heading.add_column(ratio=1)
        heading.add_column(justify="right")
        heading.add_row(Text(self._title, style="bold"), duration(time.monotonic() - self._began))
        table = Table.grid(padding=(0, 1), expand=True)
        table.add_column()
        table.add_column(no_wrap=True)
        table.add_column(ratio=1)
        table.add_column(justify="right", no_wrap=True)
        for name, line in self._lines.items():
            table.add_row(line.mark.value, escape(name), _body(line), _time(line))
        return Group(heading, table)


def _body(line: _Line) -> RenderableType:
    style = "dim" if line.mark is Mark.BEFORE else ""
    words = Text(line.words, style=style, overflow="ellipsis", no_wrap=True)
    if line.mark is not Mark.RUNNING or line.steps < 2:
        return words
    bar = Table.grid(padding=(0, 1))
    drawn = ProgressBar(total=line.steps, completed=line.step, width=20)
    bar.add_row(drawn, f"{line.step}/{line.steps}", words)
    return bar


def _time(line: _Line) -> str:
    match line.mark:
        case Mark.WAITING:
            return ""
        case Mark.RUNNING:
            left = line.pace.left(line.steps - line.step)
            return f"{duration(left)} left" if line.step > 1 else duration(line.pace.since_begin())
        case Mark.DONE | Mark.BEFORE:
            return duration(line.seconds)
