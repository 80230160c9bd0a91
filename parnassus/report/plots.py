"""Curves and scores drawn by matplotlib: as SVG for the page, as PNG for a README. Same run, same bytes."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from parnassus.report.curves import Axis, Curve, Line, Plot, moving_average
from parnassus.report.palette import COLORS, themed
from parnassus.report.read import Evaluation, View, view
from parnassus.report.rl_curves import domain_color, source_lines
from parnassus.report.words import MINUS, share
from parnassus.rundir.directory import RunDir

if TYPE_CHECKING:
    from matplotlib.typing import RcKeyType

_WIDTH, _HEIGHT = 400, 224  # of a chart, in units of its own: legible when shown 340 pixels wide
_BOX = (0.105, 0.13, 0.875, 0.76)  # the axes in the figure: left, bottom, width, height
_FEW = 3  # lines that can be told apart together with every step of each
_STYLE: dict[RcKeyType, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "parnassus",
    "font.family": "DejaVu Sans",
    "font.size": 12,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.edgecolor": COLORS["line"],
    "axes.labelcolor": COLORS["muted"],
    "text.color": COLORS["ink"],
    "xtick.color": COLORS["line"],
    "xtick.labelcolor": COLORS["muted"],
    "ytick.color": COLORS["line"],
    "ytick.labelcolor": COLORS["muted"],
    "ytick.major.size": 0,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "grid.color": COLORS["line"],
    "grid.linewidth": 0.7,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "text.parse_math": False,
}


@dataclass(frozen=True)
class Chart:
    """A drawn curve. `box`: left, top, right, bottom of the axes as shares of the picture."""

    curve: Curve
    axis: Axis
    svg: str
    box: tuple[float, float, float, float]


def draw(curve: Curve, axis: Axis) -> Chart:
    with _figure(_WIDTH, _HEIGHT) as figure:
        axes = figure.add_axes(_BOX)
        _draw_curve(axes, curve, axis)
        svg = themed(_svg(figure), curve.id, escape(f"{curve.title}, by step"))
    left, bottom, width, height = _BOX
    return Chart(curve, axis, svg, (left, 1 - bottom - height, left + width, 1 - bottom))


def draw_plot(plot: Plot) -> str:
    """SVG: both axes as the plot says, shares from 0 to 1."""
    with _figure(_WIDTH, _HEIGHT) as figure:
        axes = figure.add_axes(_BOX)
        if plot.diagonal:
            axes.plot([0, 1], [0, 1], color=COLORS["muted"], linewidth=0.8, linestyle="dotted")
        for line in plot.lines:
            places, means, lows, highs = zip(*line.points, strict=True)
            down = [mean - low for mean, low in zip(means, lows, strict=True)]
            up = [high - mean for mean, high in zip(means, highs, strict=True)]
            style: dict[str, Any] = {"color": COLORS[line.color], "linestyle": line.dash, "linewidth": 2}
            axes.errorbar(places, means, [down, up], fmt="o", ms=5, capsize=3, elinewidth=1, **style)
        if plot.doubling:
            axes.set_xscale("log", base=2)
        axes.minorticks_off()
        axes.set_xticks(plot.ticks, [f"{tick:g}" for tick in plot.ticks])
        edge = 1.15 if plot.doubling else 1.01
        axes.set_xlim(plot.ticks[0] / edge, plot.ticks[-1] * edge)
        axes.set_ylim(0, 1)
        axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:.1f}"))
        return themed(_svg(figure), plot.id, escape(f"{plot.title}, by {plot.unit}"))


def draw_scores(view: View) -> str:
    """SVG: each domain's held-out mean and interval at every evaluation, its sources as faint lines."""
    with _figure(1.2 * _WIDTH, 1.2 * _HEIGHT) as figure:
        _draw_scores(figure.add_axes(_BOX), view)
        return themed(_svg(figure), "scores", "Held-out score by evaluation, with 95% intervals")


def write_headline_plot(run: RunDir, path: Path) -> None:
    """PNG for a README: held-out scores with intervals beside the training curve."""
    shown = view(run)
    axis = Axis(shown.of_kind("rl"))
    lines = tuple(source_lines(shown, axis))
    with _figure(900, 330) as figure:
        scores, training = figure.subplots(1, 2, width_ratios=(2, 3))
        _draw_scores(scores, shown)
        scores.set_title("Held-out problems: mean, 95% interval", loc="left", fontsize=11, pad=22)
        _draw_curve(training, Curve("training", "", lines, top=1), axis)
        training.set_title("Training: share of correct responses by RL step", loc="left", fontsize=11, pad=22)
        for line in lines:
            training.plot([], [], color=COLORS[line.color], linestyle=line.dash, label=line.label)
        if lines:
            training.legend(frameon=False, fontsize=9, ncols=2, loc="lower right")
        figure.tight_layout(w_pad=3)
        figure.savefig(path, format="png", dpi=160, facecolor="white", metadata={"Software": None})


@contextmanager
def _figure(width: float, height: float) -> Iterator[Figure]:
    with matplotlib.rc_context(_STYLE):
        yield Figure(figsize=(width / 72, height / 72), dpi=72, facecolor="none")


def _svg(figure: Figure) -> str:
    for axes in figure.axes:
        axes.patch.set_alpha(0)
    text = io.StringIO()
    figure.savefig(text, format="svg", transparent=True)
    return text.getvalue()


def _draw_curve(axes: Axes, curve: Curve, axis: Axis) -> None:
    _draw_stages(axes, axis)
    steps = range(1, axis.steps + 1)
    if curve.stacked:
        stack = [[0.0 if math.isnan(v) else v for v in line.values] for line in curve.lines]
        colors = [COLORS[line.color] for line in curve.lines]
        axes.stackplot(steps, stack, colors=colors, alpha=0.75, linewidth=0)
    else:
        for line in curve.lines:
            _draw_line(axes, line, axis, raw=len(curve.lines) <= _FEW)
    for at, color, mean, low, high in curve.marks:
        error = [[mean - low], [high - mean]]
        axes.errorbar(
            at + 0.5, mean, error, color=COLORS[color], fmt="D", ms=6, capsize=3, zorder=5, clip_on=False
        )
    axes.set_xlim(0.5, axis.steps + 0.5)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True, min_n_ticks=2))
    _scale(axes, curve)


def _scale(axes: Axes, curve: Curve) -> None:
    if curve.logarithmic:
        axes.set_yscale("log")
        low, high = axes.get_ylim()
        axes.set_ylim(10.0 ** math.floor(math.log10(low)), 10.0 ** math.ceil(math.log10(high)))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g}".replace("e-0", "e-")))
        axes.minorticks_off()
        return
    lowest = min((v for line in curve.lines for v in line.values if not math.isnan(v)), default=0.0)
    axes.set_ylim(axes.get_ylim()[0] if lowest < 0 else 0, curve.top if curve.top else axes.get_ylim()[1])
    axes.yaxis.set_major_locator(MaxNLocator(4, min_n_ticks=2))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g}".replace("-", MINUS)))


def _draw_line(axes: Axes, line: Line, axis: Axis, raw: bool) -> None:
    """Thin, if `raw`: every step. Thick: the moving average. Neither joins two stages."""
    if line.joined:
        known = [(step, v) for step, v in enumerate(line.values, 1) if not math.isnan(v)]
        axes.plot(
            *zip(*known, strict=True), color=COLORS[line.color], linewidth=2, linestyle=line.dash, marker="o"
        )
        return
    smooth = moving_average(line.values, axis.lengths)
    for start, length in zip(axis.starts, axis.lengths, strict=True):
        steps, within = range(start + 1, start + length + 1), slice(start, start + length)
        color = COLORS[line.color]
        if raw:
            axes.plot(steps, line.values[within], color=color, linewidth=0.8, alpha=0.35)
        alone = "o" if length == 1 else ""  # a line of one step would not show
        axes.plot(steps, smooth[within], color=color, linewidth=2, linestyle=line.dash, marker=alone)


def _draw_stages(axes: Axes, axis: Axis) -> None:
    """Every other stage on a band, each with its name where there is room."""
    for index, (stage, start, length) in enumerate(zip(axis.stages, axis.starts, axis.lengths, strict=True)):
        if index % 2:
            axes.axvspan(start + 0.5, start + length + 0.5, color=COLORS["band"], zorder=0, linewidth=0)
        if length >= 0.12 * axis.steps and len(axis.stages) > 1:
            name = stage.name if stage.begun else f"{stage.name} (not begun)"
            style: dict[str, Any] = {
                "color": COLORS["muted"],
                "fontsize": 11.5,
                "textcoords": "offset points",
            }
            axes.annotate(name, (start + 0.5, 1), (4, 4), xycoords=axes.get_xaxis_transform(), **style)


def _draw_scores(axes: Axes, view: View) -> None:
    for index, domain in enumerate(view.domains):
        color = COLORS[domain_color(view, domain)]
        aside = 0.03 * index  # so that intervals do not hide each other
        for source in (s for s, of in view.domain_of.items() if of == domain):
            places, means, _ = _series(view.evaluations, domain, source)
            axes.plot(places, means, color=color, linewidth=1, alpha=0.35)
        places, means, errors = _series(view.evaluations, domain, None)
        at = [place + aside for place in places]
        axes.errorbar(at, means, errors, color=color, linewidth=2.5, marker="o", ms=7, capsize=4)
        if places:
            style: dict[str, Any] = {"color": color, "fontweight": "bold", "textcoords": "offset points"}
            axes.annotate(f"{domain} {share(means[-1])}", (at[-1], means[-1]), (10, -4), **style)
    names = [evaluation.stage for evaluation in view.evaluations]
    axes.set_xticks(range(len(names)), names)
    axes.set_xlim(-0.25, max(len(names) - 1, 0) + 0.6)
    axes.set_ylim(0, 1)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:.1f}"))


def _series(
    evaluations: Sequence[Evaluation], domain: str, source: str | None
) -> tuple[list[int], list[float], list[list[float]]]:
    """Places on the axis, means, and the distances down and up to the interval's ends."""
    found = [(at, s.estimate) for at, e in enumerate(evaluations) if (s := e.score(domain, source))]
    return (
        [at for at, _ in found],
        [e.mean for _, e in found],
        [[e.mean - e.low for _, e in found], [e.high - e.mean for _, e in found]],
    )
