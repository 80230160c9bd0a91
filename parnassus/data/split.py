"""Which problems are for training and which are held out, decided by the prompt alone.

A hash of the prompt puts one in five on the held-out side: always the same ones, whoever draws them and
whenever. So no run, seed or order of sources can train on a held-out problem. Not a random split of a list,
which would move problems across when the list grows; and not a test for prompts that differ in words but ask
the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from parnassus.data.identity import prompt_digest
from parnassus.errors import DataError
from parnassus.types import Message, Problem

_SALT = "parnassus held-out"  # a different salt is a different split: results would not compare
_ONE_IN = 5
_NAMED = 5


class Side(StrEnum):
    TRAIN = "train"
    HELD_OUT = "held-out"


def side(prompt: Sequence[Message]) -> Side:
    return Side.HELD_OUT if int(prompt_digest(prompt, _SALT), 16) % _ONE_IN == 0 else Side.TRAIN


def check_disjoint(train: Sequence[Problem], held_out: Sequence[Problem]) -> None:
    """Raises DataError, naming problems, when a prompt stands on both sides, under whatever id."""
    held_out_prompts = {problem.prompt: problem.id for problem in held_out}
    both = {
        problem.id: held_out_prompts[problem.prompt]
        for problem in train
        if problem.prompt in held_out_prompts
    }
    if both:
        pairs = [mine if mine == other else f"{mine} = {other}" for mine, other in both.items()]
        more = f" and {len(pairs) - _NAMED} more" if len(pairs) > _NAMED else ""
        raise DataError(
            f"{len(pairs)} held-out problems are also in training: {', '.join(pairs[:_NAMED])}{more}; "
            "drop them from one side, or use data.split.side to choose sides"
        )
