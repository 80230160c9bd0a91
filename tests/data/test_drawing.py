from collections import Counter
from dataclasses import dataclass
from itertools import product

import pytest

from parnassus.data.drawing import Drawn, Generated, draw
from parnassus.data.families.chain import Chain
from parnassus.data.families.guards import Guards
from parnassus.data.families.lin import Lin
from parnassus.data.families.sort import Sort
from parnassus.data.split import Side, side
from parnassus.errors import ConfigError, DataError
from parnassus.types import Filter, Message, Problem

CHAIN = Generated(family=Chain(), train=200, held_out=50, demonstrations=600)
GUARDS = Generated(family=Guards(), train=60, held_out=20, demonstrations=40)
LIN = Generated(family=Lin(), train=100, held_out=30)


@dataclass(frozen=True)
class NoTwo:
    def __call__(self, problem: Problem) -> str | None:
        return "has a two" if "2" in problem.prompt[0].content else None


def drawn_from(*sources: Generated, filters: tuple[Filter, ...] = (), seed: int = 0) -> Drawn:
    return draw(sources, filters, seed)


def test_every_count_is_met_exactly():
    drawn = drawn_from(CHAIN, GUARDS, LIN)
    assert Counter(p.source for p in drawn.train) == {"chain": 200, "guards": 60, "lin": 100}
    assert Counter(p.source for p in drawn.held_out) == {"chain": 50, "guards": 20, "lin": 30}
    assert Counter(d.problem.source for d in drawn.demonstrations) == {"chain": 600, "guards": 40}


def test_sides_are_kept_apart_and_problems_distinct():
    drawn = drawn_from(CHAIN, GUARDS, LIN)
    ids = [p.id for p in (*drawn.train, *drawn.held_out)]
    assert len(set(ids)) == len(ids)
    assert {side(p.prompt) for p in drawn.train} == {Side.TRAIN}
    assert {side(p.prompt) for p in drawn.held_out} == {Side.HELD_OUT}
    assert {side(d.problem.prompt) for d in drawn.demonstrations} == {Side.TRAIN}


def test_a_seed_decides_everything():
    assert drawn_from(CHAIN, GUARDS, seed=3) == drawn_from(CHAIN, GUARDS, seed=3)
    assert drawn_from(CHAIN, GUARDS, seed=3).train != drawn_from(CHAIN, GUARDS, seed=4).train


def test_families_that_differ_draw_differently():
    # The draws that follow the first diverge of themselves, so it is the first that shows the seed.
    first = [
        drawn_from(Generated(family=family, train=1, held_out=0), seed=seed).train[0].id
        for seed in range(5)
        for family in (Chain(), Chain(noise=0.1))
    ]
    assert len(set(first)) == 10


def test_a_source_draws_as_if_alone():
    alone = drawn_from(CHAIN)
    among = drawn_from(LIN, CHAIN, GUARDS)
    assert tuple(p for p in among.train if p.source == "chain") == alone.train
    assert tuple(p for p in among.held_out if p.source == "chain") == alone.held_out
    assert tuple(d for d in among.demonstrations if d.problem.source == "chain") == alone.demonstrations


def test_asking_for_more_keeps_what_there_was():
    fewer = drawn_from(CHAIN)
    more = drawn_from(Generated(family=Chain(), train=300, held_out=60, demonstrations=700))
    assert more.train[:200] == fewer.train
    assert more.held_out[:50] == fewer.held_out
    assert more.demonstrations[:600] == fewer.demonstrations


def test_the_funnel_accounts_for_every_draw():
    drawn = drawn_from(CHAIN, GUARDS, LIN, filters=(NoTwo(),))
    for name, funnel in drawn.funnel.items():
        assert funnel.drawn == (
            sum(funnel.dropped.values()) + funnel.surplus + funnel.train + funnel.held_out
        )
        assert funnel.dropped == Counter(d.reason for d in drawn.dropped if d.problem.source == name)
    assert drawn.funnel["chain"].dropped["has a two"] > 100
    assert drawn.funnel["chain"].train == 200
    assert drawn.funnel["chain"].demonstrations == 600


def test_a_filtered_problem_is_nowhere():
    drawn = drawn_from(CHAIN, LIN, filters=(NoTwo(),))
    everywhere = (*drawn.train, *drawn.held_out, *(d.problem for d in drawn.demonstrations))
    assert not [p for p in everywhere if "2" in p.prompt[0].content]
    assert {d.reason for d in drawn.dropped if "2" in d.problem.prompt[0].content} <= {
        "has a two",
        "duplicate",
    }


def test_a_small_space_gives_repeated_demonstrations():
    source = Generated(family=Chain((1, 1)), train=200, held_out=40, demonstrations=3000)
    drawn = drawn_from(source)
    assert len(drawn.demonstrations) == 3000
    assert len({d.problem.id for d in drawn.demonstrations}) < 300
    assert len({(d.problem.id, d.response) for d in drawn.demonstrations}) > 600  # repeats, not copies


def test_the_whole_of_a_space_can_be_had():
    prompts = [f"sort: {''.join(digits)}=" for digits in product("123456789", repeat=4)]
    train = {text for text in prompts if side((Message("user", text),)) is Side.TRAIN}
    source = Generated(family=Sort((4, 4)), train=len(train), held_out=len(prompts) - len(train))
    drawn = drawn_from(source, seed=5)
    assert {p.prompt[0].content for p in drawn.train} == train
    assert {p.prompt[0].content for p in drawn.held_out} == set(prompts) - train


def test_an_exhausted_space_says_how_many_there_are():
    source = Generated(family=Chain((1, 1)), train=400, held_out=10)
    with pytest.raises(
        DataError, match=r"Chain\(operations=\(1, 1\).* 300 distinct ones: 247 of 400 wanted for train"
    ):
        drawn_from(source)


def test_a_filter_that_leaves_nothing_is_named():
    with pytest.raises(DataError, match=r"0 of 5 wanted for training.*'never': "):
        drawn_from(Generated(family=Chain(), train=5, held_out=0), filters=(lambda p: "never",))


def test_two_sources_of_one_family_count_what_both_found_once():
    sources = (
        Generated(family=Chain((1, 1)), train=200, held_out=30),
        Generated(family=Chain((1, 2)), train=300, held_out=60),
    )
    drawn = drawn_from(*sources)
    ids = [p.id for p in drawn.train]
    assert len(ids) == len(set(ids)) < 500
    assert len(drawn.held_out) == len({p.id for p in drawn.held_out}) < 90
    funnel = drawn.funnel["chain"]
    assert funnel.train == len(ids)
    assert funnel.drawn == sum(funnel.dropped.values()) + funnel.surplus + funnel.train + funnel.held_out


def test_a_negative_count_is_refused():
    with pytest.raises(ConfigError, match="source lin"):
        Generated(family=Lin(), train=-1, held_out=0)


def test_two_sources_of_one_family_are_told_apart_by_their_names():
    best = Generated(family=Chain(noise=0), train=40, held_out=10, demonstrations=50, name="best")
    rest = Generated(family=Chain(noise=0.5), train=60, held_out=20, demonstrations=70, name="rest")
    drawn = drawn_from(best, rest, CHAIN)
    assert Counter(p.source for p in drawn.train) == {"best": 40, "rest": 60, "chain": 200}
    assert Counter(p.source for p in drawn.held_out) == {"best": 10, "rest": 20, "chain": 50}
    assert Counter(d.problem.source for d in drawn.demonstrations) == {"best": 50, "rest": 70, "chain": 600}
    assert {p.id.split("/")[0] == p.source for p in (*drawn.train, *drawn.held_out)} == {True}
    assert list(drawn.funnel) == ["best", "rest", "chain"]
    assert [funnel.train for funnel in drawn.funnel.values()] == [40, 60, 200]
    for funnel in drawn.funnel.values():
        ends = funnel.surplus + funnel.train + funnel.held_out
        assert funnel.drawn == sum(funnel.dropped.values()) + ends
    assert drawn.train[100:] == drawn_from(CHAIN).train, "the one without a name as if alone"


def test_two_names_for_the_same_draw_differently():
    one, other = (
        drawn_from(Generated(family=Chain((4, 4)), train=50, held_out=0, name=name)).train for name in "ab"
    )
    assert {p.prompt for p in one} != {p.prompt for p in other}
