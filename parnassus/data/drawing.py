"""Problems drawn from families, sieved, and split into training and held-out.

    Generated -draw--> demonstration ---> sieve ---> side of its prompt ---> train, until enough distinct ones
      ^  own random numbers   |             |                  +----------> held out, until enough
      |                       |             +---> Dropped(problem, reason)
      +--- until enough       +---> demonstrations: training side and not dropped by a filter, repeats welcome

The same families, filters and seed give the same problems, and each family draws as if it were alone: adding
or removing another does not change its items. What is drawn lies in memory: writing it to disk is the
caller's.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from parnassus.data.families.family import Family
from parnassus.data.families.spoiled import Spoiled
from parnassus.data.identity import prompt_digest
from parnassus.data.pipeline import Dropped, Sieve, curate
from parnassus.data.split import Side, check_disjoint, side
from parnassus.errors import ConfigError, DataError
from parnassus.types import Demonstration, Filter, Problem

_PATIENCE = 2000  # draws without a new problem that are always allowed ...
_PATIENCE_EACH = 20  # ... and for each distinct one found: the last of n takes n draws on average


@dataclass(frozen=True, kw_only=True)
class Generated:
    """`train` and `held_out`: distinct problems wanted. `demonstrations`: responses to problems of the
    training side; they follow the family's own distribution, in which the few short problems come again and
    again, while among the distinct problems the many long ones prevail. They need not be of the first `train`
    problems. `name`: what the source is called, the family's name if empty; under names of their own, two
    sources of one family with different noise are told apart."""

    family: Family | Spoiled
    train: int
    held_out: int
    demonstrations: int = 0
    name: str = ""

    def __post_init__(self) -> None:
        if min(self.train, self.held_out, self.demonstrations) < 0:
            raise ConfigError(f"source {self.called}: counts must not be negative: {self!r}")

    @property
    def called(self) -> str:
        return self.name or self.family.name

    def __call__(self, rng: random.Random) -> Demonstration:
        drawn = self.family(rng)
        if not self.name:
            return drawn
        own = f"{self.name}/{prompt_digest(drawn.problem.prompt)}"
        return replace(drawn, problem=replace(drawn.problem, id=own, source=self.name))


@dataclass(frozen=True, kw_only=True)
class Funnel:
    """Where a family's draws went: `drawn` is the sum of the rest, save `demonstrations`, which are some of
    them."""

    drawn: int
    dropped: Mapping[str, int]  # reason -> draws; repeats of a problem count as duplicates
    surplus: int  # good problems of a side that was already full
    train: int
    held_out: int
    demonstrations: int


@dataclass(frozen=True, kw_only=True)
class Drawn:
    train: tuple[Problem, ...]
    held_out: tuple[Problem, ...]
    demonstrations: tuple[Demonstration, ...]
    dropped: tuple[Dropped, ...]
    funnel: Mapping[str, Funnel]  # by what the source is called


def draw(sources: Sequence[Generated], filters: Sequence[Filter], seed: int) -> Drawn:
    """Raises DataError when a family cannot give as many distinct problems as its source asks for."""
    draws = [_Draw(source, filters, seed) for source in sources]
    for each in draws:
        each.run()
    # Two sources may draw from one family, at other levels: what both found under one name counts once.
    train = curate((problem for each in draws for problem in each.kept[Side.TRAIN]), ())
    held_out = curate((problem for each in draws for problem in each.kept[Side.HELD_OUT]), ())
    check_disjoint(train.kept, held_out.kept)
    dropped = (*(drop for each in draws for drop in each.dropped), *train.dropped, *held_out.dropped)
    demonstrations = tuple(demonstration for each in draws for demonstration in each.demonstrations)
    funnel = {
        name: Funnel(
            drawn=sum(each.drawn for each in draws if each.source.called == name),
            dropped=Counter(drop.kind for drop in dropped if drop.problem.source == name),
            surplus=sum(each.surplus for each in draws if each.source.called == name),
            train=sum(problem.source == name for problem in train.kept),
            held_out=sum(problem.source == name for problem in held_out.kept),
            demonstrations=sum(demonstration.problem.source == name for demonstration in demonstrations),
        )
        for name in dict.fromkeys(each.source.called for each in draws)
    }
    return Drawn(
        train=train.kept,
        held_out=held_out.kept,
        demonstrations=demonstrations,
        dropped=dropped,
        funnel=funnel,
    )


class _Draw:
    """One source's draws, counted."""

    def __init__(self, source: Generated, filters: Sequence[Filter], seed: int) -> None:
        self.source = source
        self.kept: dict[Side, list[Problem]] = {Side.TRAIN: [], Side.HELD_OUT: []}
        self.demonstrations: list[Demonstration] = []
        self.dropped: list[Dropped] = []
        self.drawn = 0
        self.surplus = 0
        # Seeded by what is drawn, not by its place in the list; asking for more only lengthens the stream.
        self._rng = random.Random(f"{seed} {source.name}{source.family!r}")
        self._sieve = Sieve(filters)
        self._good: set[str] = set()  # ids that no filter objected to
        self._idle = 0  # draws since the last that was wanted

    def run(self) -> None:
        source = self.source
        while not (
            len(self.kept[Side.TRAIN]) == source.train
            and len(self.kept[Side.HELD_OUT]) == source.held_out
            and len(self.demonstrations) == source.demonstrations
        ):
            if self._idle > _PATIENCE + _PATIENCE_EACH * len(self._good):
                raise self._exhausted()
            self._idle += 1
            self.drawn += 1
            self._take(source(self._rng))

    def _take(self, demonstration: Demonstration) -> None:
        problem = demonstration.problem
        where = side(problem.prompt)
        reason = self._sieve(problem)
        if reason is not None:
            self.dropped.append(Dropped(problem, reason))
        else:
            self._good.add(problem.id)
            self._keep(problem, where)
        wants_more = len(self.demonstrations) < self.source.demonstrations
        if wants_more and where is Side.TRAIN and problem.id in self._good:
            self.demonstrations.append(demonstration)
            self._idle = 0

    def _keep(self, problem: Problem, where: Side) -> None:
        wanted = self.source.train if where is Side.TRAIN else self.source.held_out
        if len(self.kept[where]) < wanted:
            self.kept[where].append(problem)
            self._idle = 0
        else:
            self.surplus += 1

    def _exhausted(self) -> DataError:
        source = self.source
        train, held_out = len(self.kept[Side.TRAIN]), len(self.kept[Side.HELD_OUT])
        reasons = dict(Counter(drop.kind for drop in self.dropped))
        return DataError(
            f"source {source.family!r}: {self.drawn} draws gave {len(self._good)} distinct ones: "
            f"{train} of {source.train} wanted for training, {held_out} of {source.held_out} held out and "
            f"{len(self.demonstrations)} of {source.demonstrations} demonstrations (dropped: {reasons}); "
            "ask for fewer, or widen the family"
        )
