"""What newer runs measure besides: reward models, pass@k, ratios, habits; and stages that ended early."""

import math
import random
import re
from dataclasses import replace

import pytest
from synthetic_run import manifest, rl_row, timed

from parnassus.report import tables
from parnassus.report.curves import Axis, Curve
from parnassus.report.page import render
from parnassus.report.plots import draw
from parnassus.report.read import Stage, View, view
from parnassus.report.rl_curves import rl_curves
from parnassus.report.training_curves import reward_model_curves
from parnassus.rundir.directory import Finished, RunDir, open_run
from parnassus.types import Row

JUDGE, RL = 8, 5  # steps made: the first stage was planned for 5000
HELD_OUT = {3: 0.75, 8: 0.5}


def judge_row(step: int) -> Row:
    held_out = {"held_out_accuracy": HELD_OUT[step], "held_out_pairs": 4} if step in HELD_OUT else {}
    told = {"step": step, "loss": math.log(2) / step, "pair_accuracy": 1 - 0.5 / step, "grad_norm": 1.0}
    return timed(told | held_out, update=0.1)


def measured_row(step: int) -> Row:
    more = {
        "pass_at_k": {
            "4": 0.5,
            "1": 0.25,
            "2": 0.4,
            "8": 0.6,
            "16": 0.75,
        },  # groups may grow
        "ratio": {"p01": 0.0, "p50": 1.0, "p99": 1.5, "max": 4.0},
        "effective_samples": 0.875,
        "reflection": {"recheck": 0.5, "hesitation": 0.0, "exploration": 0.25},
        "code_share": 0.125,
        "reference_kl": 0.01 * step,
        "updates": 4,
    }
    return rl_row(random.Random(step), "rl-math", step) | more


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> RunDir:
    stages = [
        {"kind": "RewardModel", "name": "judge", "steps": 5000},
        {"kind": "RL", "name": "rl", "steps": 40},
    ]
    of = replace(manifest(), settings=manifest().settings | {"stages": stages})
    with open_run(tmp_path_factory.mktemp("measured"), of) as run:
        for step in range(1, JUDGE + 1):
            run.log({"stage": "judge", "kind": "rewardmodel", "steps": 5000, **judge_row(step)})
        run.finish(Finished("judge", "rewardmodel", "loss 0.1 reached", JUDGE, 1.0, 1.0))
        for step in range(1, RL + 1):
            run.log({"stage": "rl", "kind": "rl", "steps": 40, **measured_row(step)})
    return run


def curve_of(view: View, title: str) -> Curve:
    (found,) = (curve for curve in rl_curves(view) if curve.title == title)
    return found


def with_rows(view: View, changes: Row) -> View:
    """With these numbers in each row instead."""
    return replace(
        view,
        stages=tuple(replace(s, rows=tuple({**row, **changes} for row in s.rows)) for s in view.stages),
    )


def test_a_stage_that_ended_early_takes_the_steps_it_made(measured: RunDir) -> None:
    judge, rl = view(measured).stages
    assert Axis((judge, rl)).lengths == (JUDGE, 40)  # the second goes on
    assert Axis((replace(judge, done=None),)).lengths == (5000,)
    again = replace(judge, planned=2, done=None)  # more rows than planned, as an edited recipe leaves them
    assert Axis((again,)).lengths == (JUDGE,)
    page = render(measured)
    assert "reward model, 8 steps" in page
    assert "5,000" not in page.partition("<main>")[0]


def test_an_evaluation_stands_after_the_steps_that_were_made(shown: View) -> None:
    def cut(stage: Stage) -> Stage:
        return replace(stage, rows=stage.rows[:7]) if stage.name == "rl-math" else stage

    marks = next(c.marks for c in rl_curves(replace(shown, stages=tuple(map(cut, shown.stages)))) if c.marks)
    assert sorted({at for at, *_ in marks}) == [0, 7, 47]


def test_a_reward_model_has_curves(measured: RunDir) -> None:
    judge = view(measured).stages[0]
    loss, right, norm = reward_model_curves(judge)
    assert loss.lines[0].values == pytest.approx([math.log(2) / n for n in range(1, JUDGE + 1)])
    train, held_out = right.lines
    assert train.values == pytest.approx([1 - 0.5 / n for n in range(1, JUDGE + 1)])
    assert {step: v for step, v in enumerate(held_out.values, 1) if not math.isnan(v)} == HELD_OUT
    assert norm.title == "judge: gradient norm"
    without = replace(judge, rows=tuple({k: v for k, v in row.items() if k == "loss"} for row in judge.rows))
    assert [curve.title for curve in reward_model_curves(without)] == ["judge: loss"]


def test_what_was_measured_now_and_then_is_drawn_as_points(measured: RunDir) -> None:
    judge = view(measured).stages[0]
    right, axis = reward_model_curves(judge)[1], Axis((judge,))

    def points(curve: Curve) -> int:
        marked = re.findall(r'<g clip-path="[^"]*">(.*?)</g>', draw(curve, axis).svg, re.DOTALL)
        return sum(part.count("<use ") for part in marked)

    assert points(right) == len(HELD_OUT)
    assert points(replace(right, lines=right.lines[:1])) == 0


def test_a_reward_model_has_a_section_where_there_is_one(measured: RunDir, run: RunDir) -> None:
    page = render(measured)
    section = page.partition('<section id="reward-model">')[2].partition("</section>")[0]
    assert re.findall(r"<h3>([^<]*?)\s*<", section) == [
        "judge: loss",
        "judge: pairs ranked right",
        "judge: gradient norm",
    ]
    assert 'href="#reward-model"' in page
    assert "reward-model" not in render(run)


def test_newer_numbers_have_curves_under_headings(measured: RunDir) -> None:
    groups: dict[str, list[str]] = {}
    for curve in rl_curves(view(measured)):
        groups.setdefault(curve.group, []).append(curve.title)
    assert groups == {
        "What it earns": ["Reward", "pass@1 while training", "pass@k while training"],
        "How it answers": ["Response length", "Finish rate", "Reflection", "Responses with code"],
        "What is left to learn": ["Entropy", "Zero-advantage groups"],
        "How far a step goes": ["Clip share", "Policy ratio", "Gradient norm", "Sampler gap",
                                "Effective samples", "KL to the reference"],
    }  # fmt: skip
    section = render(measured).partition('<section id="curves">')[2].partition("</section>")[0]
    told = re.findall(r'<h3 class="sub">(.*?)</h3>|<h3>(.*?)\s*(?:<small>.*?)?</h3>', section)
    assert [sub or title for sub, title in told] == [x for g, titles in groups.items() for x in (g, *titles)]


def test_few_of_many_k_are_drawn(measured: RunDir) -> None:
    shown = view(measured)
    lines = {line.label: line.values[0] for line in curve_of(shown, "pass@k while training").lines}
    assert lines == {"k = 1": 0.25, "k = 4": 0.5, "k = 16": 0.75}
    two = with_rows(shown, {"pass_at_k": {"1": 0.25, "2": 0.5}})
    assert [line.label for line in curve_of(two, "pass@k while training").lines] == ["k = 1", "k = 2"]
    alone = with_rows(shown, {"pass_at_k": {"1": 0.25}})  # that is pass@1, which has its own
    assert "pass@k while training" not in {curve.title for curve in rl_curves(alone)}


def test_a_ratio_of_nothing_is_a_gap_on_a_logarithmic_axis(measured: RunDir) -> None:
    shown = view(measured)
    lines = {line.label: line.values[0] for line in curve_of(shown, "Policy ratio").lines}
    assert lines == pytest.approx({"largest": 4.0, "99%": 1.5, "1%": math.nan}, nan_ok=True)
    assert "<path" in draw(curve_of(shown, "Policy ratio"), Axis(shown.of_kind("rl"))).svg


def test_a_habit_that_no_response_had_is_left_out(measured: RunDir) -> None:
    shown = view(measured)
    assert [line.label for line in curve_of(shown, "Reflection").lines] == ["recheck", "exploration"]
    none = with_rows(shown, {"reflection": dict.fromkeys(("recheck", "hesitation"), 0.0), "code_share": 0.0})
    assert not {"Reflection", "Responses with code"} & {curve.title for curve in rl_curves(none)}


def test_code_is_told_apart_by_domain_where_there_are_several(measured: RunDir) -> None:
    shown = view(measured)
    assert [line.label for line in curve_of(shown, "Responses with code").lines] == ["with code"]
    both = with_rows(shown, {"code_share_by_domain": {"code": 0.25, "math": 0.0, "puzzles": 0.125}})
    lines = {line.label: line.values[0] for line in curve_of(both, "Responses with code").lines}
    assert lines == {"with code": 0.125, "on code": 0.25, "on puzzles": 0.125}


def test_updates_are_counted_as_they_were_made(measured: RunDir, shown: View) -> None:
    assert tables.work(view(measured))["updates"] == JUDGE + 4 * RL
    assert tables.work(shown)["updates"] == 300 + 80 - 1  # an older run does not count; one step had none


def test_the_page_claims_no_more_than_holds_for_all_algorithms(measured: RunDir) -> None:
    page = render(measured)
    assert "where the stage began" not in page  # the reference may be another
    assert "and are dropped" not in page  # not by every algorithm
