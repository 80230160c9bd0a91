"""What a reward model's choice among N responses is worth, as charts over N: beside it the oracle, the mean
of all and the answer most often given."""

from collections.abc import Callable

from parnassus.report.curves import Dots, Plot
from parnassus.report.read import Choice, Evaluation, Interval, View

_LINES: tuple[tuple[str, str, str, Callable[[Choice], Interval | None]], ...] = (
    ("any correct", "good", "dashed", lambda choice: choice.oracle),
    ("reward model", "accent", "solid", lambda choice: choice.reward_model),
    ("majority", "d1", "dashdot", lambda choice: choice.majority),
    ("mean of all", "other", "dotted", lambda choice: choice.mean),
)


def chosen(view: View) -> tuple[Evaluation, ...]:
    """The evaluations in which a reward model chose."""
    return tuple(evaluation for evaluation in view.evaluations if evaluation.choices)


def best_of_plots(evaluation: Evaluation) -> list[Plot]:
    """One a domain."""
    plots: list[Plot] = []
    for domain in dict.fromkeys(choice.domain for choice in evaluation.choices):
        whole = [c for c in evaluation.choices if (c.domain, c.source) == (domain, None)]
        lines = [Dots(label, color, _points(whole, told), dash) for label, color, dash, told in _LINES]
        plots.append(
            Plot(
                f"{evaluation.stage}: best of N, {domain}",
                "The reward model's line should leave the mean behind and follow the oracle, which no choice "
                "can pass. Bending down as N grows = with more to choose from it finds what deceives it.",
                tuple(line for line in lines if line.points),
                unit="responses to choose from",
                ticks=tuple(float(c.count) for c in whole),
                doubling=True,
            )
        )
    return plots


def _points(
    choices: list[Choice], told: Callable[[Choice], Interval | None]
) -> tuple[tuple[float, float, float, float], ...]:
    found = ((choice.count, told(choice)) for choice in choices)
    return tuple((float(count), e.mean, e.low, e.high) for count, e in found if e is not None)
