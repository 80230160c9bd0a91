"""The curves over all RL stages end to end, by what they tell of, and what to look for in each. Those of
which a run has no numbers are left out."""

import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle, islice, product

from parnassus.report.curves import Axis, Curve, Line
from parnassus.report.read import View, names
from parnassus.types import Row

_DASHES = ("solid", "dashed", "dotted", "dashdot")
_DOMAIN_COLORS = ("d0", "d1", "d2", "d3")


def rl_curves(view: View) -> list[Curve]:
    """Group by group."""
    axis = Axis(view.of_kind("rl"))
    groups = {
        "What it earns": _results(view, axis),
        "How it answers": [*_lengths(axis), *_habits(view, axis)],
        "What is left to learn": _health(axis),
        "How far a step goes": [*_stability(axis), *_distances(axis)],
    }
    return [replace(c, group=group) for group, curves in groups.items() for c in curves if c.measured]


def _results(view: View, axis: Axis) -> Iterator[Curve]:
    yield Curve(
        "Reward",
        "Should rise within each stage; a drop at a boundary is new, harder data. Not comparable between "
        "stages with different rewards.",
        (Line("mean of a response", "accent", axis.values("reward")), *_parts(axis)),
    )
    yield Curve(
        "pass@1 while training",
        "Share of sampled responses that are correct, by source. Diamonds: held-out score of an evaluation, "
        "with 95% interval. Training far above held-out = memorising.",
        tuple(source_lines(view, axis)),
        top=1,
        marks=tuple(_held_out(view, axis)),
    )
    yield Curve(
        "pass@k while training",
        "The chance that one of k responses to a problem is right. pass@1 rising to meet a flat line above = "
        "it gets surer of what it could do; the largest k rising = it learns to do more; falling = it no "
        "longer tries different things.",
        tuple(_chances(axis)),
        top=1,
    )


def _chances(axis: Axis) -> Iterator[Line]:
    """The smallest k, the largest and one between, where siblings were sampled at all."""
    powers = sorted(map(int, names(_rows(axis), "pass_at_k")))
    chosen = sorted({powers[0], powers[len(powers) // 2], powers[-1]}) if len(powers) > 1 else []
    for k, color, dash in zip(chosen, ("d0", "d2", "accent"), _DASHES, strict=False):
        yield Line(f"k = {k}", color, axis.values("pass_at_k", str(k)), dash)


def _rows(axis: Axis) -> list[Row]:
    return [row for stage in axis.stages for row in stage.rows]


def _parts(axis: Axis) -> Iterator[Line]:
    """The terms of the reward, where it has more than one."""
    rows = [row for row in _rows(axis) if len(names([row], "parts")) > 1]
    for part, dash in zip(names(rows, "parts"), cycle(_DASHES[1:]), strict=False):
        yield Line(part, "muted", axis.values("parts", part), dash)


def source_lines(view: View, axis: Axis) -> Iterator[Line]:
    """Training pass@1 by source: a colour a domain, a dash a source within it."""
    known = list(view.domain_of)
    sources = sorted(
        names(_rows(axis), "correct_by_source"), key=lambda s: known.index(s) if s in known else len(known)
    )
    for domain in dict.fromkeys(view.domain_of.get(source, "") for source in sources):
        within = [source for source in sources if view.domain_of.get(source, "") == domain]
        for source, dash in zip(within, cycle(_DASHES), strict=False):
            yield Line(source, domain_color(view, domain), axis.values("correct_by_source", source), dash)


def domain_color(view: View, domain: str) -> str:
    if domain not in view.domains:
        return "accent"
    return next(islice(cycle(_DOMAIN_COLORS), view.domains.index(domain), None))


def _held_out(view: View, axis: Axis) -> Iterator[tuple[int, str, float, float, float]]:
    order = [stage.name for stage in view.stages]
    for evaluation in view.evaluations:
        before = [s.name for s in axis.stages if order.index(s.name) < order.index(evaluation.stage)]
        at = sum(axis.lengths[: len(before)])
        for score in evaluation.scores:
            if score.source is None:
                e = score.estimate
                yield at, domain_color(view, score.domain), e.mean, e.low, e.high


def _lengths(axis: Axis) -> Iterator[Curve]:
    yield Curve(
        "Response length",
        "Growth means that the policy found thinking worth its while; wrong responses running far longer "
        "than correct ones = rambling, cut off by the limit.",
        (
            Line("all", "accent", axis.values("length")),
            Line("correct", "good", axis.values("length_correct"), "dashed"),
            Line("wrong", "bad", axis.values("length_wrong"), "dotted"),
        ),
        unit="tokens",
    )
    yield Curve(
        "Not judged",
        "Responses that the judge failed on, by its reason: neither right nor wrong, and not trained on. A "
        "few are chance; a rising line is a judge that needs repair, and ends the run at the stage's limit.",
        tuple(_unjudged(axis)),
        unit="responses a step",
    )
    yield Curve(
        "Finish rate",
        "Share of responses that the policy ended itself. Below 0.9: it rambles, or the limit is too tight. "
        "Unparsed: of those that could be judged, no answer could be read. Broken: the judge failed.",
        (
            Line("finished", "accent", axis.values("finish_rate")),
            Line("unparsed", "bad", axis.values("unparsed"), "dashed"),
            Line("broken", "other", axis.values("broken"), "dotted"),
        ),
        top=1,
    )


def _unjudged(axis: Axis) -> Iterator[Line]:
    """A line a reason; a step without it has none of it, one that was not made is a gap."""
    made = axis.values("trajectories")
    for reason, (dash, color) in zip(
        sorted(names(_rows(axis), "breakages")), cycle(product(_DASHES, _DOMAIN_COLORS)), strict=False
    ):
        found = axis.values("breakages", reason)
        counts = tuple(
            0.0 if math.isnan(n) and not math.isnan(m) else n for n, m in zip(found, made, strict=True)
        )
        yield Line(reason, color, counts, dash)


def _habits(view: View, axis: Axis) -> Iterator[Curve]:
    """Left out where no response ever had the habit."""
    looks = ("recheck", "accent"), ("hesitation", "d1"), ("exploration", "d3")
    patterns = [
        Line(name, color, axis.values("reflection", name), dash)
        for (name, color), dash in zip(looks, _DASHES, strict=False)
    ]
    yield Curve(
        "Reflection",
        "Words by which a response looks back on itself: “check again”, “wait”, “alternatively”. Growing "
        "with length and pass@1 = checking became worth its while. Counts tell how it writes, not whether "
        "it thinks.",
        tuple(line for line in patterns if _ever(line)),
        unit="a response",
    )
    domains = names(_rows(axis), "code_share_by_domain")
    code = [Line("with code", "accent", axis.values("code_share"))]
    if len(domains) > 1:
        code += [
            Line(
                f"on {domain}", domain_color(view, domain), axis.values("code_share_by_domain", domain), dash
            )
            for domain, dash in zip(domains, cycle(_DASHES[1:]), strict=False)
        ]
    yield Curve(
        "Responses with code",
        "Share that holds a block of code. On mathematics, a rise = it took to checking by programs. On "
        "programs, below the finish rate = answers that no test can run.",
        tuple(line for line in code if _ever(line)),
        top=1,
    )


def _ever(line: Line) -> bool:
    return any(v > 0 for v in line.values)


def _health(axis: Axis) -> Iterator[Curve]:
    yield Curve(
        "Entropy",
        "How unsure the policy is of its next token. A slow fall is learning; a fall to 0 early, with reward "
        "still low = collapse.",
        (Line("entropy", "accent", axis.values("entropy")),),
        unit="nats a token",
    )
    yield Curve(
        "Zero-advantage groups",
        "Share of groups whose siblings all got the same reward: compared with each other they teach "
        "nothing. Whether they are dropped is the algorithm's choice. All correct grows as a stage is "
        "solved; all wrong near 1 = too hard to start.",
        (
            Line("all correct", "good", axis.values("zero_advantage_right")),
            Line("all equally wrong", "bad", axis.values("zero_advantage_wrong")),
        ),
        top=1,
        stacked=True,
    )


def _stability(axis: Axis) -> Iterator[Curve]:
    yield Curve(
        "Clip share",
        "Share of tokens whose update was clipped. One update a batch means 0; above a few percent, the step "
        "is too large or the batch too old.",
        (
            Line("raised too far", "d0", axis.values("clip_high")),
            Line("lowered too far", "d1", axis.values("clip_low"), "dashed"),
        ),
        unit="share of tokens",
    )
    ratios = (("largest", "max", "bad"), ("99%", "p99", "d1"), ("1%", "p01", "d0"))
    yield Curve(
        "Policy ratio",
        "The policy over the one that drew the batch, at its last update: of 99% of the tokens it is below "
        "the second line, of 1% below the third. One update a batch means 1. Lines that part from step to "
        "step = the batch is gone over too often, or the rate is too high.",
        tuple(
            Line(label, color, _positive(axis.values("ratio", name)), dash)
            for (label, name, color), dash in zip(ratios, _DASHES, strict=False)
        ),
        unit="log scale",
        logarithmic=True,
    )
    yield Curve(
        "Gradient norm",
        "Before clipping. Steady is good; a growing trend or spikes come before a collapse.",
        (Line("gradient norm", "accent", axis.values("grad_norm")),),
    )


def _distances(axis: Axis) -> Iterator[Curve]:
    yield Curve(
        "Sampler gap",
        "Largest difference between the trainer's and the sampler's log-probability of a token. Rounding "
        "only: about 1e-5 in float32. A jump = engine and trainer no longer agree on the policy.",
        (Line("largest gap", "accent", _positive(axis.values("sampler_gap"))),),
        unit="nats, log scale",
        logarithmic=True,
    )
    yield Curve(
        "Effective samples",
        "What a batch is worth where the policy left the sampler behind: 1 = every token counts in full. "
        "Falling below 0.9 = few tokens outweigh the others: fewer updates a batch, or a closer engine.",
        (Line("share of the tokens", "accent", axis.values("effective_samples")),),
        top=1,
    )
    yield Curve(
        "KL to the reference",
        "How far the policy moved from its reference: the weights that the stage began with, or those that "
        "its settings name. It should grow slowly.",
        (Line("KL", "accent", axis.values("reference_kl")),),
        unit="nats a token",
    )


def _positive(values: tuple[float, ...]) -> tuple[float, ...]:
    """For a logarithmic axis, which has no place for 0."""
    return tuple(value or math.nan for value in values)
