"""Which tasks are for training and which are held out, decided by the task's name alone.

R1-Code-Interpreter (arXiv:2505.21668) holds out 37 of 144 tasks: measured is how well a policy does at
kinds of puzzles that it has never seen. Its list was not to be had, so ours are chosen by a hash of the name,
in the same proportion in each of the three sets. Tasks that differ in their size only, and the same puzzle
in two sets, are on the same side.

Not `split.side`, which holds out prompts of every task.
"""

from __future__ import annotations

import hashlib
import re

from parnassus.data.split import Side

# Another salt is another split. Of those in order, the first that holds out 6 of 25, 5 of 18, 26 of 101.
_SALT = "parnassus tasks 216"
_TASKS, _HELD_OUT = 144, 37
_SIZES = re.compile(r"_(?:three|five|seven)_objects$|_dataset(?:_2|_hard)?$")
_SAME = {  # under another name in another set, or smaller
    "game24": "puzzle24",
    "mahjong_pattern": "mahjong_puzzle",
    "matrix_transformation": "rotate_matrix",
    "mini_sudoku": "sudoku",
    "n_queens": "eight_queens",
    "pooling": "pool_matrix",
    "standard_sudoku": "sudoku",
}


def task_side(source: str) -> Side:
    """Of the task that a problem's source names: "bbh/navigate", "reasoning_gym/chain_sum"."""
    name = _SIZES.sub("", source.rpartition("/")[2])
    content = _SAME.get(name, name).encode()
    digest = hashlib.blake2b(content, digest_size=8, key=_SALT.encode()).hexdigest()
    return Side.HELD_OUT if int(digest, 16) % _TASKS < _HELD_OUT else Side.TRAIN
