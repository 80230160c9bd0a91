"""Which tasks are held out: by name, in each set's proportion, and as docs/tasks.md says."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from parnassus.data.filters.of_tasks import OfTasks
from parnassus.data.sources.pieces.symbench_tasks import READERS
from parnassus.data.split import Side
from parnassus.data.task_split import task_side
from parnassus.types import Answer, Message, Problem

ROOT = Path(__file__).parents[2]
HELD_OUT_OF_SYMBENCH = {
    "2048_dataset",
    "letter_logic_diagram",
    "light_puzzles_dataset",
    "matrix_transformation_dataset",
    "permutations_and_combinations",
    "reversi_dataset",
}


def test_the_side_is_a_keyed_hash_of_the_name():
    for name in ("bbh/hyperbaton", "reasoning_gym/maze", "bbh/navigate", "chain"):
        content = name.rpartition("/")[2].encode()
        digest = hashlib.blake2b(content, digest_size=8, key=b"parnassus tasks 216").hexdigest()
        assert (task_side(name) is Side.HELD_OUT) == (int(digest, 16) % 144 < 37)


def test_the_held_out_tasks_of_symbench():
    """Another split than this is another benchmark: figures would not compare."""
    assert {
        task for task in READERS if task_side(f"symbench/{task}") is Side.HELD_OUT
    } == HELD_OUT_OF_SYMBENCH


@pytest.mark.parametrize(
    "same",
    [
        (
            "symbench/eight_queens_dataset",
            "symbench/eight_queens_dataset_2",
            "symbench/eight_queens_dataset_hard",
        ),
        ("bbh/logical_deduction_three_objects", "bbh/logical_deduction_seven_objects"),
        ("bbh/tracking_shuffled_objects_five_objects", "bbh/tracking_shuffled_objects_seven_objects"),
        ("symbench/standard_sudoku", "reasoning_gym/sudoku", "reasoning_gym/mini_sudoku"),
        ("symbench/eight_queens_dataset", "reasoning_gym/n_queens"),
        ("symbench/matrix_transformation_dataset", "reasoning_gym/rotate_matrix"),
        ("symbench/pooling_dataset", "reasoning_gym/pool_matrix"),
        ("symbench/mahjong_pattern_dataset", "reasoning_gym/mahjong_puzzle"),
        ("symbench/string_insertion", "reasoning_gym/string_insertion"),
        ("bbh/word_sorting", "reasoning_gym/word_sorting"),
    ],
)
def test_one_puzzle_under_several_names_is_on_one_side(same: tuple[str, ...]):
    assert len({task_side(source) for source in same}) == 1


def test_every_problem_is_on_one_side():
    for task in READERS:
        problem = Problem("x", (Message("user", "?"),), Answer("1"), "reasoning", f"symbench/{task}")
        said = [OfTasks(side)(problem) for side in Side]
        assert said.count(None) == 1
        assert [reason.partition(": ")[0] for reason in said if reason] == ["task of the other side"]


def test_the_document_says_what_the_split_says(tmp_path: Path):
    pytest.importorskip("reasoning_gym")
    script = f"import sys; sys.path.insert(0, {str(ROOT / 'docs')!r}); import make_tasks as made"
    command = [sys.executable, "-c", f"{script}; sys.stdout.write(made.text())"]
    told = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path).stdout
    assert told == (ROOT / "docs/tasks.md").read_text(), "run: python docs/make_tasks.py"
    assert "\n107 tasks for training, 37 held out." in told
