"""One file as two sources: what the filters object to is refused, with their reason."""

from parnassus.data.filters.of_tasks import OfTasks
from parnassus.data.gym_tasks import TASKS
from parnassus.data.plain import GYM_LEFT_OUT
from parnassus.data.reading.layout import Chosen, problems
from parnassus.data.reading.row import Refused, Row
from parnassus.data.sources import bbh
from parnassus.data.split import Side

ROWS = [
    Row("bbh.jsonl, line 1", {"task": "navigate", "input": "Step left. Back?", "target": "No"}),
    Row("bbh.jsonl, line 2", {"task": "ruin_names", "input": "(A) x (B) y", "target": "(A)"}),
    Row("bbh.jsonl, line 3", {"task": "navigate", "input": "", "target": "No"}),
]


def read(side: Side) -> list[str]:
    found = problems(ROWS, Chosen(bbh.LAYOUT, (OfTasks(side),)))
    return [f"refused {one.reason}" if isinstance(one, Refused) else one.source for one in found]


def test_each_row_is_of_one_side_and_what_is_no_row_of_neither():
    train, held_out = read(Side.TRAIN), read(Side.HELD_OUT)
    assert train[0].startswith("refused task of the other side: held-out bbh/navigate")
    assert train[1] == "bbh/ruin_names"
    assert held_out[0] == "bbh/navigate"
    assert held_out[1].startswith("refused task of the other side")
    assert train[2].startswith("refused")
    assert train[2] == held_out[2]


def test_the_tasks_are_those_of_the_installed_package():
    from reasoning_gym.factory import DATASETS

    assert set(TASKS) == set(DATASETS) - set(GYM_LEFT_OUT)
    assert len(TASKS) == len(set(TASKS)) == 101
