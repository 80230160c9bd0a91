"""What a run would be, and what a recipe is, as text."""

from pathlib import Path

import pytest

from parnassus.cli.main import main
from parnassus.recipes.find import find, names
from parnassus.recipes.settings import override


def test_a_dry_run_touches_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.chdir(tmp_path)
    changes = ["--seed", "7", "--model", "some/model", "--set", "stages.rl-math.steps=3"]
    assert main(["run", "quickstart", "--dry-run", "--device", "cuda:3", *changes]) == 0
    said = capsys.readouterr().out
    assert "seed             7\n" in said
    assert "model            some/model\n" in said
    assert "would run on cuda:3; runs/quickstart would be made. Nothing was touched." in said
    assert list(tmp_path.iterdir()) == []


def test_a_dry_run_counts_the_work(capsys: pytest.CaptureFixture[str]):
    changes = ["stages.rl-math.steps=3", "stages.rl-math.prompts=5", "stages.rl-math.group_size=7"]
    arguments = [word for change in changes for word in ("--set", change)]
    assert main(["run", "quickstart", "--dry-run", *arguments]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    work = next(line for line in lines if line[:1] == ["rl-math"] and "RL" not in line)
    assert work[1] == "105"  # 3 steps of 5 problems, 7 times each


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        (1, "10"),
        (99_999, "999,990"),
        (100_000, "1.0 M"),
        (99_995_000, "1.0 G"),
        (6_710_886, "67.1 M"),
        (1_000_000_000_000, "10.0 T"),
    ],
)
def test_large_numbers_of_the_work_are_short_and_whole(
    steps: int, told: str, capsys: pytest.CaptureFixture[str]
):
    changes = [f"stages.rl-math.steps={steps}", "stages.rl-math.prompts=5", "stages.rl-math.group_size=2"]
    arguments = [word for change in changes for word in ("--set", change)]
    assert main(["run", "quickstart", "--dry-run", *arguments]) == 0
    said = capsys.readouterr().out
    lines = [line for line in said.splitlines() if line.startswith("  rl-math ") and " RL" not in line]
    assert told in [cell.strip() for cell in lines[-1].split("  ")]
    assert "…" not in said.partition("work, at most")[2]


def test_what_show_prints_is_what_set_takes(capsys: pytest.CaptureFixture[str]):
    """Every line with a number is a path that --set knows, and its value."""
    assert main(["show", "recipe", "quickstart"]) == 0
    recipe, stack, tried = find("quickstart"), list[str](), 0
    for line in capsys.readouterr().out.splitlines():
        name, _, value = line.strip().partition(" ")
        depth = (len(line) - len(line.lstrip())) // 2
        stack[depth:] = [name]
        if value.strip().replace(".", "").replace("e-", "").isdecimal():
            assert override(recipe, ".".join(stack), value.strip()) == recipe
            tried += 1
    assert tried > 50


def test_recipes_are_listed_with_their_summaries(capsys: pytest.CaptureFixture[str]):
    assert main(["recipes"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == names()
    assert find("quickstart").summary in lines[names().index("quickstart")]


@pytest.mark.parametrize("words", [[], ["run"], ["show"], ["show", "recipe"], ["show", "run"], ["report"]])
def test_help_teaches_by_example(words: list[str], capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as end:
        main([*words, "--help"])
    assert end.value.code == 0
    assert "parnassus" in capsys.readouterr().out


@pytest.mark.parametrize("words", [[], ["run"], ["fly"], ["show"], ["run", "quickstart", "--seed", "x"]])
def test_a_wrong_command_is_refused_with_the_usage(words: list[str], capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as end:
        main(words)
    assert end.value.code == 2
    assert capsys.readouterr().err.startswith("usage: parnassus")
