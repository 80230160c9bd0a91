"""The curves of one supervised stage, or of one that trains a reward model, and what to look for in each."""

from parnassus.report.curves import Axis, Curve, Dots, Line, Plot
from parnassus.report.read import Stage, names, value


def sft_curves(stage: Stage) -> list[Curve]:
    """Curves of one supervised stage, over its steps."""
    axis = Axis((stage,))
    curves = [
        Curve(
            f"{stage.name}: loss",
            "Should fall to the noise of the demonstrations and flatten. Rising again = rate too high.",
            (Line("cross-entropy", "accent", axis.values("loss")),),
            unit="nats a token, log scale",
            logarithmic=True,
        ),
        Curve(
            f"{stage.name}: entropy",
            "Ends near the loss when the model is as unsure as the demonstrations are noisy. Well below it = "
            "overfitted, and little left for RL to explore.",
            (Line("entropy", "accent", axis.values("entropy")),),
            unit="nats a token, log scale",
            logarithmic=True,
        ),
        Curve(
            f"{stage.name}: gradient norm",
            "Before clipping. High at first, then steady.",
            (Line("gradient norm", "accent", axis.values("grad_norm")),),
        ),
    ]
    return [curve for curve in curves if curve.measured]


def reliability(stage: Stage) -> Plot | None:
    """Of a stage that trains a reward model: whether what it is sure of is so, when it was last measured."""
    last = next((row for row in reversed(stage.rows) if "reliability" in row), None)
    if last is None:
        return None
    bins = [("reliability", name) for name in names([last], "reliability")]
    points = [(value(last, *at, "confidence"), value(last, *at, "right")) for at in bins]
    pairs = f"{value(last, 'held_out_pairs'):,.0f}"
    return Plot(
        f"{stage.name}: reliability",
        f"Over the {pairs} pairs held out, by how sure it is: on the dotted line, what it is 80% sure of is "
        "right 80% of the time. Below the line = too sure of itself; its scores still rank, but their "
        "differences mean less than they say.",
        (Dots("share ranked right", "accent", tuple((sure, right, right, right) for sure, right in points)),),
        unit="confidence, sigmoid of the lead",
        ticks=(0.5, 0.6, 0.7, 0.8, 0.9, 1.0),
        diagonal=True,
    )


def reward_model_curves(stage: Stage) -> list[Curve]:
    """Curves of one stage that trains a reward model, over its steps."""
    axis = Axis((stage,))
    curves = [
        Curve(
            f"{stage.name}: loss",
            "Should fall; 0.693 is knowing nothing, where no margin is asked for. Near 0 while the pairs "
            "held out get no better = it learns the pairs by heart.",
            (Line("loss", "accent", axis.values("loss")),),
            unit="nats a pair",
        ),
        Curve(
            f"{stage.name}: pairs ranked right",
            "Share of pairs of which the better response scores higher; 0.5 is chance. The pairs held out "
            "are of problems that train nothing: what they say is what an RL stage can trust.",
            (
                Line("in training", "accent", axis.values("pair_accuracy")),
                Line("held out", "good", axis.values("held_out_accuracy"), "dashed", joined=True),
            ),
            top=1,
        ),
        _worth(stage, axis),
        Curve(
            f"{stage.name}: gradient norm",
            "Before clipping. Steady is good; a growing trend = the rate is too high.",
            (Line("gradient norm", "accent", axis.values("grad_norm")),),
        ),
    ]
    return [curve for curve in curves if curve.measured]


def _worth(stage: Stage, axis: Axis) -> Curve:
    return Curve(
        f"{stage.name}: what its scores are worth",
        "On problems held out. Rank correlation of score and share of tests passed: over all responses, "
        "and within a problem, which is what choosing among siblings goes by. Calibration error: how far "
        "its confidence is from the share ranked right.",
        (
            Line("correlation", "accent", axis.values("held_out_correlation"), joined=True),
            Line("within a problem", "good", axis.values("held_out_correlation_within"), "dashed", True),
            Line("calibration error", "bad", axis.values("held_out_calibration_error"), "dotted", True),
        ),
        top=1,
    )
