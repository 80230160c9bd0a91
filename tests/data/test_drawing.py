from collections import Counter
from dataclasses import dataclass
from itertools import product

import pytest

from parnassus.data.curate import Curate, Source, run_curate
from parnassus.data.families.chain import Chain
from parnassus.data.families.guards import Guards
from parnassus.data.families.lin import Lin
from parnassus.data.families.sort import Sort
from parnassus.data.split import Side, side
from parnassus.errors import ConfigError, DataError
from parnassus.types import Message, Problem

CHAIN = Source(family=Chain(), train=200, held_out=50, demonstrations=600)
GUARDS = Source(family=Guards(), train=60, held_out=20, demonstrations=40)
LIN = Source(family=Lin(), train=100, held_out=30)


@dataclass(frozen=True)
class NoTwo:
    def __call__(self, problem: Problem) -> str | None:
        return "has a two" if "2" in problem.prompt[0].content else None


def test_every_count_is_met_exactly():
    curated = run_curate(Curate(sources=(CHAIN, GUARDS, LIN)), seed=0)
    assert Counter(p.source for p in curated.train) == {"chain": 200, "guards": 60, "lin": 100}
    assert Counter(p.source for p in curated.held_out) == {"chain": 50, "guards": 20, "lin": 30}
    assert Counter(d.problem.source for d in curated.demonstrations) == {"chain": 600, "guards": 40}


def test_sides_are_kept_apart_and_problems_distinct():
    curated = run_curate(Curate(sources=(CHAIN, GUARDS, LIN)), seed=0)
    ids = [p.id for p in (*curated.train, *curated.held_out)]
    assert len(set(ids)) == len(ids)
    assert {side(p.prompt) for p in curated.train} == {Side.TRAIN}
    assert {side(p.prompt) for p in curated.held_out} == {Side.HELD_OUT}
    assert {side(d.problem.prompt) for d in curated.demonstrations} == {Side.TRAIN}


def test_a_seed_decides_everything():
    stage = Curate(sources=(CHAIN, GUARDS))
    assert run_curate(stage, seed=3) == run_curate(stage, seed=3)
    assert run_curate(stage, seed=3).train != run_curate(stage, seed=4).train


def test_families_that_differ_draw_differently():
    # The draws that follow the first diverge of themselves, so it is the first that shows the seed.
    first = [
        run_curate(Curate(sources=(Source(family=family, train=1, held_out=0),)), seed=seed).train[0].id
        for seed in range(5)
        for family in (Chain(), Chain(noise=0.1))
    ]
    assert len(set(first)) == 10


def test_a_source_draws_as_if_alone():
    alone = run_curate(Curate(sources=(CHAIN,)), seed=0)
    among = run_curate(Curate(sources=(LIN, CHAIN, GUARDS)), seed=0)
    assert tuple(p for p in among.train if p.source == "chain") == alone.train
    assert tuple(p for p in among.held_out if p.source == "chain") == alone.held_out
    assert tuple(d for d in among.demonstrations if d.problem.source == "chain") == alone.demonstrations


def test_asking_for_more_keeps_what_there_was():
    fewer = run_curate(Curate(sources=(CHAIN,)), seed=0)
    more = run_curate(
        Curate(sources=(Source(family=Chain(), train=300, held_out=60, demonstrations=700),)), seed=0
    )
    assert more.train[:200] == fewer.train
    assert more.held_out[:50] == fewer.held_out
    assert more.demonstrations[:600] == fewer.demonstrations


def test_the_funnel_accounts_for_every_draw():
    curated = run_curate(Curate(sources=(CHAIN, GUARDS, LIN), filters=(NoTwo(),)), seed=0)
    for name, funnel in curated.funnel.items():
        assert funnel.drawn == (
            sum(funnel.dropped.values()) + funnel.surplus + funnel.train + funnel.held_out
        )
        assert funnel.dropped == Counter(d.reason for d in curated.dropped if d.problem.source == name)
    assert curated.funnel["chain"].dropped["has a two"] > 100
    assert curated.funnel["chain"].train == 200
    assert curated.funnel["chain"].demonstrations == 600


def test_a_filtered_problem_is_nowhere():
    curated = run_curate(Curate(sources=(CHAIN, LIN), filters=(NoTwo(),)), seed=0)
    everywhere = (*curated.train, *curated.held_out, *(d.problem for d in curated.demonstrations))
    assert not [p for p in everywhere if "2" in p.prompt[0].content]
    assert {d.reason for d in curated.dropped if "2" in d.problem.prompt[0].content} <= {
        "has a two",
        "duplicate",
    }


def test_a_small_space_gives_repeated_demonstrations():
    source = Source(family=Chain((1, 1)), train=200, held_out=40, demonstrations=3000)
    curated = run_curate(Curate(sources=(source,)), seed=0)
    assert len(curated.demonstrations) == 3000
    assert len({d.problem.id for d in curated.demonstrations}) < 300
    assert len({(d.problem.id, d.response) for d in curated.demonstrations}) > 600  # repeats, not copies


def test_the_whole_of_a_space_can_be_had():
    prompts = [f"sort: {''.join(digits)}=" for digits in product("123456789", repeat=4)]
    train = {text for text in prompts if side((Message("user", text),)) is Side.TRAIN}
    source = Source(family=Sort((4, 4)), train=len(train), held_out=len(prompts) - len(train))
    curated = run_curate(Curate(sources=(source,)), seed=5)
    assert {p.prompt[0].content for p in curated.train} == train
    assert {p.prompt[0].content for p in curated.held_out} == set(prompts) - train


def test_an_exhausted_space_says_how_many_there_are():
    source = Source(family=Chain((1, 1)), train=400, held_out=10)
    with pytest.raises(
        DataError, match=r"Chain\(operations=\(1, 1\).* 300 distinct ones: 247 of 400 wanted for train"
    ):
        run_curate(Curate(sources=(source,)), seed=0)


def test_a_filter_that_leaves_nothing_is_named():
    with pytest.raises(DataError, match=r"0 of 5 wanted for training.*'never': "):
        run_curate(
            Curate(sources=(Source(family=Chain(), train=5, held_out=0),), filters=(lambda p: "never",)),
            seed=0,
        )


def test_two_sources_of_one_family_count_what_both_found_once():
    sources = (
        Source(family=Chain((1, 1)), train=200, held_out=30),
        Source(family=Chain((1, 2)), train=300, held_out=60),
    )
    curated = run_curate(Curate(sources=sources), seed=0)
    ids = [p.id for p in curated.train]
    assert len(ids) == len(set(ids)) < 500
    assert len(curated.held_out) == len({p.id for p in curated.held_out}) < 90
    funnel = curated.funnel["chain"]
    assert funnel.train == len(ids)
    assert funnel.drawn == sum(funnel.dropped.values()) + funnel.surplus + funnel.train + funnel.held_out


def test_a_negative_count_is_refused():
    with pytest.raises(ConfigError, match="source lin"):
        Source(family=Lin(), train=-1, held_out=0)
