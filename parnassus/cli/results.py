"""A run's results as tables on the terminal: stages done, evaluations side by side, best of N."""

from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table

from parnassus.cli.words import duration
from parnassus.evaluation.best_of_n import Choice
from parnassus.evaluation.metrics import Difference, Estimate
from parnassus.evaluation.run import Result
from parnassus.rundir.directory import RunDir


def print_stages(run: RunDir) -> None:
    table = Table(box=box.SIMPLE_HEAD, title=f"{run.manifest.recipe} in {run.path}", title_justify="left")
    for heading in ("stage", "kind", "steps", "wall", "CPU", "ended"):
        table.add_column(heading, justify="right" if heading in ("steps", "wall", "CPU") else "left")
    for done in run.finished().values():
        times = duration(done.wall_seconds), duration(done.cpu_seconds)
        table.add_row(done.stage, done.kind, str(done.steps) if done.steps > 1 else "", *times, done.reason)
    _print(table)


def print_results(run: RunDir) -> None:
    """Every evaluation a column: the mean over held-out problems and its 95% interval. Then, for each where a
    reward model chose among samples, a table of that."""
    stages = [done.stage for done in run.finished().values() if done.kind == "evaluate"]
    if not stages:
        return
    results = {stage: {(r.domain, r.source): r for r in run.evaluation(stage, Result)} for stage in stages}
    table = Table(box=box.SIMPLE_HEAD, title="held out: mean [95% interval]", title_justify="left")
    table.add_column("")
    for stage in stages:
        table.add_column(stage)
    for domain, source in dict.fromkeys(key for rows in results.values() for key in rows):
        cells = [_cell(results[stage].get((domain, source))) for stage in stages]
        table.add_row(f"  {source}" if source else domain, *cells, style=None if source else "bold")
    _print(table)
    for stage in stages:
        if choices := run.best_of(stage, Choice):
            _print(_best_of(stage, choices))


def _best_of(stage: str, choices: Sequence[Choice]) -> Table:
    """What a reward model's choice among N samples was worth."""
    title = f"{stage}: best of N, mean [95% interval]"
    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left")
    for heading in ("", "N", "reward model", "mean of all", "majority", "any correct", "model - mean"):
        table.add_column(heading, justify="right" if heading == "N" else "left")
    for choice in choices:
        told = (choice.reward_model, choice.mean, choice.majority, choice.oracle, choice.lead)
        table.add_row(
            f"  {choice.source}" if choice.source else choice.domain,
            str(choice.count),
            *(_interval(found) if found else "" for found in told),
            style=None if choice.source else "bold",
        )
    return table


def _interval(told: Estimate | Difference) -> str:
    return f"{told.mean:.3f} [{told.low:.3f}, {told.high:.3f}]"


def _cell(result: Result | None) -> str:
    if result is None:
        return ""
    lost = sum(result.breakages.values())
    note = f", {lost} not judged" if lost else ""
    return f"{_interval(result.estimate)}{note}"


def _print(table: Table) -> None:
    """Not cut to a width when there is no terminal to be wide."""
    console = Console(highlight=False)
    console.print(table) if console.is_terminal else Console(highlight=False, width=200).print(table)
