"""Best of N and what a reward model's scores are worth, on the page and on the terminal."""

import re
from dataclasses import replace
from html import unescape
from pathlib import Path
from random import Random

import pytest
from synthetic_run import SKILL, group, manifest, timed

from parnassus.cli.main import main
from parnassus.evaluation.best_of_n import best_of, scored_by
from parnassus.evaluation.run import summarize
from parnassus.report.best_of import best_of_plots, chosen
from parnassus.report.page import render
from parnassus.report.plots import draw_plot
from parnassus.report.read import view
from parnassus.report.training_curves import reliability, reward_model_curves
from parnassus.rundir.directory import Finished, RunDir, open_run

COUNTS = (1, 4, 16)
BINS = {
    "0": {"pairs": 30, "confidence": 0.55, "right": 0.5},
    "1": {"pairs": 10, "confidence": 0.9, "right": 0.7},
}
WORTH = {
    "held_out_accuracy": 0.55,
    "held_out_pairs": 40,
    "held_out_calibration_error": 0.0875,
    "held_out_correlation": 0.4,
    "held_out_correlation_within": -0.2,
    "reliability": BINS,
}


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> RunDir:
    """Scores that are half knowledge, half chance."""
    rng = Random(1)
    drawn = [
        group(f"held/{source}/{i}", source, SKILL[source][0], 16, 0) for source in SKILL for i in range(12)
    ]
    known = [m.verdict.score for g in drawn for m in g.members]
    groups = scored_by(drawn, lambda streams: [score + rng.gauss(0, 0.5) for score in known])
    stages = [{"kind": "RewardModel", "name": "judge", "steps": 4}, {"kind": "Evaluate", "name": "choosing"}]
    of = replace(manifest(), settings=manifest().settings | {"stages": stages})
    with open_run(tmp_path_factory.mktemp("judged"), of) as run:
        for step in range(1, 5):
            row = {"step": step, "loss": 0.5, "pair_accuracy": 0.6, "grad_norm": 1.0}
            worth = WORTH if step == 4 else {"reliability": {"0": BINS["0"]}} if step == 2 else {}
            run.log({"stage": "judge", "kind": "rewardmodel", "steps": 4, **timed(row | worth, update=0.1)})
        run.finish(Finished("judge", "rewardmodel", "done", 4, 1.0, 1.0))
        run.write_rollouts("choosing", 0, groups)
        run.write_evaluation("choosing", summarize(groups))
        run.write_best_of("choosing", best_of(groups, COUNTS))
        run.log({"stage": "choosing", "kind": "evaluate", "steps": 1, **timed({"step": 1}, rollout=1.0)})
        run.finish(Finished("choosing", "evaluate", "done", 1, 1.0, 1.0))
    return run


def test_it_is_read_as_it_was_written(judged: RunDir):
    (evaluation,) = chosen(view(judged))
    whole = [c for c in evaluation.choices if c.source is None]
    assert [(c.domain, c.count) for c in whole] == [(d, n) for d in ("code", "math") for n in COUNTS]
    assert len(evaluation.choices) == 3 * (2 + len(SKILL))
    sixteen = {c.domain: c for c in whole if c.count == 16}
    for of in sixteen.values():
        assert of.mean.mean < of.reward_model.mean <= of.oracle.mean
        assert of.lead.low > 0
    assert sixteen["code"].majority is None
    assert sixteen["math"].majority is not None


def test_a_chart_a_domain_has_the_lines_that_were_measured(judged: RunDir):
    (evaluation,) = chosen(view(judged))
    code, math = best_of_plots(evaluation)
    assert [line.label for line in math.lines] == ["any correct", "reward model", "majority", "mean of all"]
    assert [line.label for line in code.lines] == ["any correct", "reward model", "mean of all"]
    found = [c.reward_model for c in evaluation.choices if (c.domain, c.source) == ("math", None)]
    wanted = tuple((float(n), e.mean, e.low, e.high) for n, e in zip(COUNTS, found, strict=True))
    assert math.lines[1].points == wanted
    svg = draw_plot(math)
    assert svg.count("<use ") >= 4 * 3 * 3  # a point and two ends of its interval
    assert all(f">{n}<" in svg for n in COUNTS)


def test_the_page_and_the_terminal_say_the_numbers(judged: RunDir, capsys: pytest.CaptureFixture[str]):
    (evaluation,) = chosen(view(judged))
    choice = next(c for c in evaluation.choices if (c.domain, c.source, c.count) == ("math", None, 16))
    page = unescape(render(judged))
    told = page[page.index('id="best-of"') : page.index("</section>", page.index('id="best-of"'))]
    for share in (choice.reward_model, choice.mean, choice.oracle, choice.majority):
        assert share is not None
        assert f"{share.mean:.3f}" in told
    assert f"+{choice.lead.mean:.3f}" in told
    assert 'href="#best-of"' in page
    assert main(["show", "run", str(judged.path)]) == 0
    shown = capsys.readouterr().out
    (row,) = (line for line in shown.splitlines() if re.match(r"\s*math\s+16\s", line))
    means = [choice.reward_model, choice.mean, choice.majority, choice.oracle, choice.lead]
    assert re.findall(r"(-?[\d.]+) \[", row) == [f"{m.mean:.3f}" for m in means if m]


def test_without_a_choice_there_is_no_word_of_it(run: RunDir, capsys: pytest.CaptureFixture[str]):
    assert chosen(view(run)) == ()
    assert "Best of N" not in render(run)
    assert main(["show", "run", str(run.path)]) == 0
    assert "best of N" not in capsys.readouterr().out


def test_what_the_scores_are_worth_is_drawn(judged: RunDir):
    judge = view(judged).stages[0]
    (worth,) = (c for c in reward_model_curves(judge) if c.title == "judge: what its scores are worth")
    assert [line.values[-1] for line in worth.lines] == [0.4, -0.2, 0.0875]
    plot = reliability(judge)
    assert plot is not None
    assert plot.lines[0].points == ((0.55, 0.5, 0.5, 0.5), (0.9, 0.7, 0.7, 0.7))  # of the last measurement
    assert "the 40 pairs" in plot.look_for
    assert "judge: reliability" in render(judged)
    silent = tuple({k: v for k, v in row.items() if k not in WORTH} for row in judge.rows)
    assert reliability(replace(judge, rows=silent)) is None


def test_a_run_without_it_lies_as_before(run: RunDir, judged: RunDir):
    assert not (run.path / "best_of").exists()
    assert sorted(p.name for p in (judged.path / "best_of").iterdir()) == ["choosing.json"]
    assert Path(judged.path / "evaluations/choosing.json").exists()
