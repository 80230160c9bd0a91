"""Writes report.html: one file, no network, nothing to install. It can be opened years from now.

Everything a model said is hostile text here. Three fences: the template escapes what it prints, the data for
the script cannot leave its element, and a content security policy lets no other script run and nothing be
fetched.
"""

import base64
import hashlib
import json
import math
from collections.abc import Iterable
from importlib.resources import files
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from parnassus.report import tables, trajectories, words
from parnassus.report.best_of import best_of_plots, chosen
from parnassus.report.curves import Axis, Plot
from parnassus.report.palette import light_colors
from parnassus.report.pieces import split_thinking, tokenizer_of
from parnassus.report.plots import Chart, draw, draw_plot, draw_scores
from parnassus.report.read import View, view
from parnassus.report.rl_curves import rl_curves
from parnassus.report.training_curves import reliability, reward_model_curves, sft_curves
from parnassus.rundir.atomic import write_bytes
from parnassus.rundir.directory import RunDir

_UNSAFE = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def write_report(run: RunDir) -> Path:
    """Write the report of `run` as it stands, finished or not, and say where. Raises RunDirError."""
    path = run.path / "report.html"
    write_bytes(path, render(run).encode())
    return path


def render(run: RunDir) -> str:
    """The page. The same run gives the same text, to the byte."""
    shown = view(run)
    charts = {kind: _charts(shown, kind) for kind in ("rl", "sft", "rewardmodel")}
    sample = trajectories.samples(run, shown)
    data = trajectories.as_data(sample, tokenizer_of(run, shown))
    data |= {"charts": [_hover(chart) for of_kind in charts.values() for chart in of_kind]}
    script = _asset("page.js")
    return _template().render(
        view=shown,
        results=tables.results(shown),
        missing=tables.missing(shown),
        work=tables.work(shown),
        times=tables.times(shown),
        drops=tables.drops(shown),
        judging=tables.judging(shown),
        funnel=tables.funnel(shown),
        scores=Markup(draw_scores(shown)) if shown.evaluations else None,
        rl_charts=[(group, [*of]) for group, of in groupby(charts["rl"], lambda chart: chart.curve.group)],
        sft_charts=charts["sft"],
        reward_model_charts=charts["rewardmodel"],
        reliability=_drawn(filter(None, map(reliability, shown.of_kind("rewardmodel")))),
        best_of=[(evaluation, _drawn(best_of_plots(evaluation))) for evaluation in chosen(shown)],
        turned=trajectories.turned(run, shown),
        sampled=len(sample),
        data=Markup(safe_json(data)),
        style=Markup(_asset("page.css").replace("/* colors */", light_colors())),
        script=Markup(script),
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )


def safe_json(data: object) -> str:
    """JSON that may stand inside a script element: no character of it can end the element or a line."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return "".join(_UNSAFE.get(character, character) for character in text)


def _charts(shown: View, kind: str) -> list[Chart]:
    """Of the stages of a kind: RL stages share an axis, others have one each."""
    if kind == "rl":
        return [draw(curve, Axis(shown.of_kind("rl"))) for curve in rl_curves(shown)]
    curves = sft_curves if kind == "sft" else reward_model_curves
    return [draw(curve, Axis((stage,))) for stage in shown.of_kind(kind) for curve in curves(stage)]


def _drawn(plots: Iterable[Plot]) -> list[tuple[Plot, Markup]]:
    return [(plot, Markup(draw_plot(plot))) for plot in plots]


def _hover(chart: Chart) -> dict[str, object]:
    """What the script needs to say the numbers under a pointer."""
    return {
        "id": chart.curve.id,
        "unit": chart.curve.unit,
        "box": chart.box,
        "stages": [[s.name, n] for s, n in zip(chart.axis.stages, chart.axis.lengths, strict=True)],
        "lines": [
            {"label": line.label, "color": line.color, "values": [_rounded(v) for v in line.values]}
            for line in chart.curve.lines
        ],
    }


def _rounded(value: float) -> float | None:
    return None if math.isnan(value) else float(f"{value:.3g}")


def _asset(name: str) -> str:
    return (files("parnassus.report") / name).read_text(encoding="utf-8")


def _template() -> Template:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {
        "number": words.number,
        "share": words.share,
        "signed": words.signed,
        "percent": words.percent,
        "duration": words.duration,
        "plural": words.plural,
        "split_thinking": split_thinking,
        "svg": Markup,
    }
    return environment.from_string(_asset("page.html"))
