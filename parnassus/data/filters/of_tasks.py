"""Keeps the problems of tasks for training, or those of tasks that are held out, and drops the others.

R1-Code-Interpreter (arXiv 2505.21668) trains on 107 tasks and is measured on 37 others. Which ones are which
`parnassus.data.task_split` says, by the source's name.
"""

from __future__ import annotations

from dataclasses import dataclass

from parnassus.data.split import Side
from parnassus.data.task_split import task_side
from parnassus.types import Answer, Message, Problem


@dataclass(frozen=True)
class OfTasks:
    side: Side = Side.TRAIN

    def __call__(self, problem: Problem) -> str | None:
        found = task_side(problem.source)
        return None if found is self.side else f"task of the other side: {found} {problem.source}"


def _problem(source: str) -> Problem:
    return Problem("case/tasks", (Message("user", "1+1="),), Answer("2"), "reasoning", source)


FILTER = OfTasks()
CASES = (
    (_problem("bbh/ruin_names"), None),
    (_problem("symbench/eight_queens_dataset_2"), None),
    (_problem("reasoning_gym/n_queens"), None),
    (_problem("bbh/navigate"), "task of the other side: held-out bbh/navigate"),
    (_problem("reasoning_gym/maze"), "task of the other side: held-out reasoning_gym/maze"),
)
