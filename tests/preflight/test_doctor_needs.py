"""What is said of a recipe's files, data sets and models that are not here, before it begins."""

from dataclasses import replace
from pathlib import Path

import pytest
from doctor_cases import STAGE, examined, problem, recipe, written

from parnassus.cli.main import main
from parnassus.curation.pipeline import Source
from parnassus.curation.stage import Curate
from parnassus.data.demonstrations import Demonstrations
from parnassus.data.families.sort import Sort
from parnassus.data.reading.files import Files
from parnassus.data.reading.hub import HubRows
from parnassus.data.reading.layout import Chosen, Plain
from parnassus.data.sources import aime
from parnassus.enrich.asking import Agent
from parnassus.enrich.pass_rate import PassRate
from parnassus.enrich.stand_ins import Teacher
from parnassus.errors import DataError
from parnassus.preflight.finding import Level
from parnassus.preflight.needs import check_sources, needed
from parnassus.recipes.recipe import POLICY, Recipe, StandIn
from parnassus.types import Sampling

AIME = f"no file matches aime.jsonl; aime is published at {aime.LAYOUT.link}"
ASKS = PassRate(2, Sampling(8), tuple(Agent(name, name) for name in ("wise", "played", POLICY)))


@pytest.fixture
def wanting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recipe:
    monkeypatch.chdir(tmp_path)
    written(tmp_path / "there.jsonl", [problem(1)])
    (tmp_path / "copied").mkdir()
    stage = Curate(
        name="again",
        sources=(
            Source(rows=Files("there.jsonl"), format=Plain()),
            Source(rows=Files("absent-*.jsonl"), format=Plain()),
            Source(rows=HubRows("a/set", "train", config="main"), format=aime.LAYOUT),
            Source(rows=HubRows("copied", "train"), format=aime.LAYOUT),
        ),
        steps=(ASKS,),
        held_out=(
            Source(rows=Files("aime.jsonl"), format=Chosen(aime.LAYOUT, ())),
            Source(rows=Files("aime.jsonl"), format=aime.LAYOUT),
        ),
        taught=(Demonstrations(Files("taught.jsonl")),),
    )
    return replace(recipe(stage, STAGE), stand_ins=(StandIn("played", Teacher((Sort((2, 3)),))),))


def test_a_recipe_without_data_is_asked_for_its_files_and_models(wanting: Recipe):
    found = examined(None, wanting)
    assert found["files"].level is Level.ERROR
    missing = ["no file matches absent-*.jsonl", AIME, "no file matches taught.jsonl"]
    assert found["files"].told.splitlines() == missing
    assert found["models"].level is Level.WARNING
    assert "asks models that nobody named: wise. Name each: --ask wise=MODEL@URL" in found["models"].told


def test_data_stands_in_for_the_recipes_own(wanting: Recipe):
    assert not {"files", "models"} & examined("there.jsonl", wanting).keys()


def test_a_recipe_that_has_all_is_told_nothing():
    assert list(needed(recipe(), ())) == []
    assert not {"files", "models"} & examined(None, recipe()).keys()


def test_data_sets_of_the_hub_are_named_but_for_copies(wanting: Recipe):
    told = list(needed(wanting, ()))
    assert told[:3] == ["no file matches absent-*.jsonl", AIME, "no file matches taught.jsonl"]
    assert told[3:-1] == ["read from the Hugging Face hub: a/set/main/train"]


def test_a_dry_run_ends_with_what_it_would_wait_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.chdir(tmp_path)
    assert main(["run", "skywork-or1", "--scale", "published", "--dry-run"]) == 0
    before, _, after = capsys.readouterr().out.partition("\nbefore it can start\n")
    assert before.endswith("Nothing was touched.\n")
    assert "  no file matches benchmarks/" in after
    assert "  read from the Hugging Face hub: " in after
    assert " asks models that nobody named: " in after


def test_a_run_begins_with_a_row_of_each_data_set_of_each_stage(wanting: Recipe):
    stage = next(stage for stage in wanting.stages if stage.name == "again")
    here = tuple(
        source for source in stage.sources if source.rows != HubRows("a/set", "train", config="main")
    )
    there = tuple(replace(stage, sources=here) if one is stage else one for one in wanting.stages)
    with pytest.raises(DataError) as told:
        check_sources(replace(wanting, stages=there))
    first, *missing, last = str(told.value).splitlines()
    assert first == "recipe 'quickstart' cannot begin:"
    assert missing[:3] == ["  no file matches absent-*.jsonl", f"  {AIME}", "  no file matches taught.jsonl"]
    assert [line.split(" after row 0: ")[0] for line in missing[3:]] == ["  cannot read copied/train"]
    assert last == "Fetch each, and put it there."
