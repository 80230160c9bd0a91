"""What a curve of the page is: lines over the steps of stages laid end to end. Which curves there are, its
neighbours say (rl_curves, training_curves); plots.py draws them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from parnassus.report.read import Stage, value


@dataclass(frozen=True)
class Line:
    label: str
    color: str  # a name in palette.py
    values: tuple[float, ...]  # one a step of the axis; not a number where nothing was measured
    dash: str = "solid"
    joined: bool = False  # measured at some steps only: points, joined across the steps between


@dataclass(frozen=True)
class Axis:
    """The steps of some stages end to end: planned ones too, while a stage is not done, so that what is
    missing shows as a gap."""

    stages: tuple[Stage, ...]

    @property
    def lengths(self) -> tuple[int, ...]:
        return tuple(stage.length for stage in self.stages)

    @property
    def steps(self) -> int:
        return sum(self.lengths)

    @property
    def starts(self) -> tuple[int, ...]:
        """The number of steps before each stage."""
        return tuple(sum(self.lengths[:index]) for index in range(len(self.stages)))

    def values(self, *path: str) -> tuple[float, ...]:
        found: list[float] = []
        for stage, length in zip(self.stages, self.lengths, strict=True):
            measured = [value(row, *path) for row in stage.rows]
            found += measured + [math.nan] * (length - len(measured))
        return tuple(found)


@dataclass(frozen=True)
class Curve:
    """A chart to draw: lines over one axis, and a sentence on what to look for in them."""

    title: str
    look_for: str
    lines: tuple[Line, ...]
    group: str = ""  # the heading that it stands under, with its neighbours
    unit: str = ""
    top: float | None = None  # of the vertical axis; None: what the data need
    stacked: bool = False
    logarithmic: bool = False
    marks: tuple[tuple[int, str, float, float, float], ...] = ()  # step, colour, mean, low, high

    @property
    def id(self) -> str:
        return "".join(c if c.isalnum() else "-" for c in self.title.lower())

    @property
    def measured(self) -> bool:
        return any(not math.isnan(v) for line in self.lines for v in line.values)


@dataclass(frozen=True)
class Dots:
    """Points with intervals, joined: place on the axis, mean, low, high."""

    label: str
    color: str  # a name in palette.py
    points: tuple[tuple[float, float, float, float], ...]
    dash: str = "solid"


@dataclass(frozen=True)
class Plot:
    """A chart to draw of shares over something that is no step, and a sentence on what to look for."""

    title: str
    look_for: str
    lines: tuple[Dots, ...]
    unit: str  # what stands on the horizontal axis
    ticks: tuple[float, ...]
    doubling: bool = False  # whether the horizontal axis is logarithmic
    diagonal: bool = False  # whether to draw where both axes are equal

    @property
    def id(self) -> str:
        return "".join(c if c.isalnum() else "-" for c in self.title.lower())


def moving_average(values: Sequence[float], lengths: Sequence[int]) -> tuple[float, ...]:
    """Centred, over a tenth of each stage, 21 steps at most; never across a boundary; gaps stay gaps."""
    smooth: list[float] = []
    ends = [sum(lengths[:index]) for index in range(len(lengths) + 1)]
    for start, end in pairwise(ends):
        half = min((end - start) // 20, 10)
        for at in range(start, end):
            reach = min(half, at - start, end - 1 - at)  # shorter near the ends, or it would lean to one side
            near = [v for v in values[at - reach : at + reach + 1] if not math.isnan(v)]
            smooth.append(sum(near) / len(near) if near and not math.isnan(values[at]) else math.nan)
    return tuple(smooth)
