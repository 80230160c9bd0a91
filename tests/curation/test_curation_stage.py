"""The curation stage of a recipe: families and files through one list of steps; once more by the policy."""

import asyncio
import json
from collections import Counter
from dataclasses import replace

import pytest

from parnassus.curation.pipeline import Source
from parnassus.curation.stage import Curate, Pool, curate_stage
from parnassus.data.checks.gold_verifies import GoldVerifies
from parnassus.data.demonstrations import Demonstrations, as_row
from parnassus.data.drawing import Generated
from parnassus.data.families.chain import Chain
from parnassus.data.families.sort import Sort
from parnassus.data.filters.bounds import Bounds
from parnassus.data.filters.of_domain import OfDomain
from parnassus.data.filters.prompt_length import PromptLength
from parnassus.data.reading.files import Files
from parnassus.data.reading.layout import Plain
from parnassus.data.similarity.duplicates import NormalisedDuplicates
from parnassus.data.sources import aime
from parnassus.enrich.asking import Agent
from parnassus.enrich.made import Means
from parnassus.enrich.pass_rate import PassRate
from parnassus.errors import ConfigError, DataError
from parnassus.recipes.recipe import Recipe
from parnassus.rundir.records import to_json
from parnassus.runner import run
from parnassus.sandbox.make import make_sandbox
from parnassus.train.optimizer import AdamW
from parnassus.train.sft import SFT
from parnassus.types import Answer, Demonstration, Message, Problem, Sampling

CHAIN = Generated(family=Chain((1, 1)), train=30, held_out=10, demonstrations=200)

NOTHING = Pool()


class Nobody:
    def __getattr__(self, name):
        return lambda *_: None


def asked(number: int, source: str = "mine", value: str = "1") -> Problem:
    return Problem(
        f"{source}/{number}", (Message("user", f"calc: {number}="),), Answer(value), "math", source
    )


def file_of(path, problems) -> Files:
    path.write_bytes(b"".join(to_json(problem) + b"\n" for problem in problems))
    return Files(str(path))


def curated(stage: Curate, out, before: Pool = NOTHING, seed: int = 0):
    async def do():
        async with make_sandbox(1) as sandbox:
            return await curate_stage(stage, seed, before, out, Means({}, sandbox), 1, Nobody())

    return asyncio.run(do())


def test_files_join_what_families_draw(tmp_path):
    rows = [asked(n) for n in range(5)] + [asked(1, "twice"), asked(7, value="1000")]
    stage = Curate(
        sources=(CHAIN, Source(rows=file_of(tmp_path / "mine.jsonl", rows), format=Plain())),
        steps=(PromptLength(40), NormalisedDuplicates()),
    )
    found = curated(stage, tmp_path / "out")
    assert Counter(p.source for p in found.pool.train) == {"chain": 30, "mine": 6}
    assert [p.source for p in found.pool.held_out] == ["chain"] * 10
    assert len(found.pool.demonstrations) == 200
    ends = {"train": 0, "held_out": 0, "surplus": 0}
    assert found.counts["twice"] == {"drawn": 1, "normalised duplicate": 1} | ends
    for counts in found.counts.values():
        assert counts["drawn"] == sum(counts.values()) - counts["drawn"]
    assert (tmp_path / "out" / "card.html").exists()


def test_what_families_draw_is_what_they_draw_alone(tmp_path):
    rows = file_of(tmp_path / "mine.jsonl", [asked(3)])
    alone = curated(Curate(sources=(CHAIN,)), tmp_path / "alone")
    among = curated(Curate(sources=(CHAIN, Source(rows=rows, format=Plain()))), tmp_path / "among")
    assert [p for p in among.pool.train if p.source == "chain"] == alone.pool.train
    assert among.pool.demonstrations == alone.pool.demonstrations


def test_families_draw_on_until_they_have_what_the_first_filters_leave(tmp_path):
    longer = Generated(family=Chain((1, 2)), train=30, held_out=10)
    found = curated(Curate(sources=(longer,), steps=(Bounds("level", most=1),)), tmp_path / "out")
    assert {p.stats["level"] for p in found.pool.train} == {1.0}
    assert len(found.pool.train) == 30
    assert found.counts["chain"]["level more than 1"] > 10


def test_a_check_takes_away_what_was_drawn_and_its_demonstrations(tmp_path):
    wrong = replace(asked(3), reference=Answer("\\frac{1"))
    rows = file_of(tmp_path / "mine.jsonl", [asked(2), wrong])
    stage = Curate(sources=(CHAIN, Source(rows=rows, format=Plain())), steps=(GoldVerifies(),))
    found = curated(stage, tmp_path / "out")
    assert [p.id for p in found.pool.train if p.source == "mine"] == ["mine/2"]
    assert found.counts["mine"]["train"] == 1
    assert found.counts["mine"]["drawn"] == 2


def test_benchmarks_are_held_out_whole_and_never_trained_on(tmp_path):
    mine = file_of(tmp_path / "mine.jsonl", [asked(n) for n in range(5)])
    benchmark = file_of(tmp_path / "benchmark.jsonl", [asked(n, "benchmark") for n in (2, 8, 9)])
    stage = Curate(
        sources=(Source(rows=mine, format=Plain()),),
        held_out=(Source(rows=benchmark, format=Plain(), most=2),),
    )
    found = curated(stage, tmp_path / "out")
    assert [p.id for p in found.pool.held_out] == ["benchmark/2", "benchmark/8"]
    assert [p.id for p in found.pool.train] == ["mine/0", "mine/1", "mine/3", "mine/4"]
    assert [(d.problem.id, d.reason) for d in found.dropped] == [("mine/2", "is held out: benchmark/2")]
    assert found.counts["mine"]["is held out"] == 1
    assert found.counts["benchmark"]["held_out"] == 2


def test_rows_that_are_no_problems_are_counted_wherever_they_are(tmp_path):
    (tmp_path / "mine.jsonl").write_bytes(to_json(asked(1)) + b'\n{"id": \n')
    (tmp_path / "benchmark.jsonl").write_bytes(to_json(asked(2)) + b"\nnonsense\n")
    stage = Curate(
        sources=(Source(rows=Files(str(tmp_path / "mine.jsonl")), format=Plain()),),
        held_out=(Source(rows=Files(str(tmp_path / "benchmark.jsonl")), format=Plain()),),
    )
    found = curated(stage, tmp_path / "out")
    assert found.counts["rows that are no problems"]["drawn"] == 2


def test_sets_of_demonstrations_are_chosen_from_and_refusals_counted(tmp_path):
    good = as_row(Demonstration(asked(1), "<think>1</think>\\boxed{1}", True, 0.5))
    rows = [good, {**good, "response": 3}, good]
    (tmp_path / "sft.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    taught = Demonstrations(Files(str(tmp_path / "sft.jsonl")))
    found = curated(Curate(sources=(CHAIN,), taught=(taught,)), tmp_path / "out")
    assert found.taught == {"": 2, "response": 1}
    assert [d.problem.id for d in found.pool.demonstrations[200:]] == ["mine/1"] * 2


def test_what_a_step_takes_away_is_not_imitated_either(tmp_path):
    rows = [as_row(Demonstration(asked(n), "\\boxed{1}")) for n in (1, 2, 3)]
    (tmp_path / "sft.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    mine = file_of(tmp_path / "mine.jsonl", [asked(1), replace(asked(2), stats={"size": 9})])
    stage = Curate(
        sources=(Source(rows=mine, format=Plain()),),
        steps=(OfDomain("math", Bounds("size", least=5)),),
        taught=(Demonstrations(Files(str(tmp_path / "sft.jsonl"))),),
    )
    found = curated(stage, tmp_path / "out")
    assert [d.problem.id for d in found.pool.demonstrations] == ["mine/2", "mine/3"]
    assert found.taught == {"": 2, "its problem was dropped": 1}


def test_a_later_stage_goes_on_with_what_there_is(tmp_path):
    told = (
        Demonstration(asked(1), "\\boxed{1}"),
        Demonstration(asked(5), "\\boxed{1}"),
        Demonstration(asked(77), "\\boxed{1}"),
    )
    before = Pool(train=[asked(1), asked(5)], held_out=[asked(9)], demonstrations=told)
    small = Bounds("size", most=1)
    rated = replace(before, train=[replace(p, stats={"size": n}) for n, p in enumerate(before.train, 1)])
    found = curated(Curate(name="screen", steps=(small,)), tmp_path / "out", rated)
    assert [p.id for p in found.pool.train] == ["mine/1"]
    assert found.pool.held_out == [asked(9)]
    assert [d.problem.id for d in found.pool.demonstrations] == ["mine/1", "mine/77"]


def test_nothing_to_train_on_is_an_error_that_names_the_card(tmp_path):
    rows = file_of(tmp_path / "mine.jsonl", [asked(1)])
    stage = Curate(sources=(Source(rows=rows, format=Plain()),), steps=(Bounds("pass_rate", above=0),))
    with pytest.raises(ConfigError, match=r"stage 'curate' leaves no problem.*card\.html"):
        curated(stage, tmp_path / "out")
    with pytest.raises(ConfigError, match="stage 'curate' has no sources and nothing was left"):
        curated(Curate(), tmp_path / "other")


def test_a_run_screens_its_problems_by_the_policy_as_it_has_become(tmp_path):
    """Skywork-OR1's filter before a stage: the pass rates are those of the weights that warm-up left."""
    short = Sampling(max_tokens=24)
    screen = Curate(
        name="screen", steps=(PassRate(4, short), Bounds("pass_rate", above=0, below=1), PromptLength(300))
    )
    sources = (CHAIN, Generated(family=Sort((2, 2)), train=10, held_out=4))
    warm = SFT(name="warm", steps=120, batch=32, optimizer=AdamW(learning_rate=6e-3, warmup=5))
    recipe = Recipe(
        name="screened",
        summary="",
        model="builtin:tiny",
        seed=1,
        stages=(Curate(sources=sources), warm, screen),
    )
    directory = run(recipe, tmp_path / "run", Nobody())
    train = directory.problems("train")
    assert 0 < len(train) < 40
    assert all(0 < p.stats["pass_rate"] < 1 and p.stats["samples"] == 4 for p in train)
    counts = directory.metrics("screen")[0]["counts"]
    assert counts["chain"]["drawn"] == 40  # with those held out
    assert counts["sort"].get("pass_rate not above 0", 0) >= 5  # of sorting it was taught nothing
    assert len(directory.problems("held_out")) == 14
    again = run(recipe, tmp_path / "again", Nobody())
    assert again.problems("train") == train


def test_a_model_that_nobody_named_ends_a_run_before_it_begins(tmp_path):
    rated = PassRate(4, Sampling(max_tokens=8), agents=(Agent("judge", "judge"),))
    stage = Curate(sources=(CHAIN,), steps=(rated,))
    recipe = Recipe(name="asks", summary="", model="builtin:tiny", seed=1, stages=(stage,))
    with pytest.raises(ConfigError, match=r"nobody named: judge\. Name each: --ask judge=MODEL@URL"):
        run(recipe, tmp_path / "run", Nobody())
    assert not (tmp_path / "run").exists()


def test_files_that_are_not_there_are_all_named_before_a_run_begins(tmp_path):
    def of(name: str) -> Source:
        return Source(rows=Files(str(tmp_path / name)), format=aime.LAYOUT)

    stage = Curate(sources=(CHAIN, of("a.jsonl")), held_out=(of("b*.jsonl"),))
    recipe = Recipe(name="needs", summary="", model="builtin:tiny", seed=1, stages=(stage,))
    with pytest.raises(DataError, match=r"(?s)a\.jsonl; aime is published at https.*b\*\.jsonl.*Fetch each"):
        run(recipe, tmp_path / "run", Nobody())
    assert not (tmp_path / "run").exists()
