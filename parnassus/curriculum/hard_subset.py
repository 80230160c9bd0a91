"""The quarter of the problems that is hard and on which answers differ: AceCoder's, arXiv:2502.01718, 4.1."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

from parnassus.curriculum.epochs import Epochs
from parnassus.curriculum.rules import lacking
from parnassus.types import Curriculum, Draw, Problem, Visit


@dataclass(frozen=True)
class HardSubset:
    """Of the pool those whose mean share of tests passed is at most the median, and of these those whose
    shares spread by at least the median of the rest: a quarter, or more where many are alike. `within` draws
    from them.

    AceCoder's get_hard_data.py, over answers of two models. Problem.stats has both numbers: `mean` and
    `spread`, a standard deviation. Raises ConfigError for a problem without them.
    """

    within: Curriculum = field(default_factory=Epochs)
    mean: str = "score"
    spread: str = "score_std"

    def __call__(self, pool: Sequence[Problem], visits: Sequence[Visit], draw: Draw) -> Sequence[Problem]:
        return self.within(self.members(pool), visits, draw)

    def members(self, pool: Sequence[Problem]) -> list[Problem]:
        """In the order of the pool."""
        hard = _by(pool, self.mean, lambda value, middle: value <= middle)
        return _by(hard, self.spread, lambda value, middle: value >= middle)


def _by(pool: Sequence[Problem], stat: str, kept: Callable[[float, float], bool]) -> list[Problem]:
    for problem in pool:
        if stat not in problem.stats:
            raise lacking(problem, stat)
    middle = median(problem.stats[stat] for problem in pool) if pool else 0.0
    return [problem for problem in pool if kept(problem.stats[stat], middle)]
