"""Writes docs/tasks.md, the tasks of R1-Code-Interpreter and ours, from the split and from what is measured
here: python docs/make_tasks.py (needs the extra `gym`).

Tests hold the file to what this makes, and the figures to the files that they were measured on.
"""

from pathlib import Path

from reasoning_gym.factory import DATASETS

from parnassus.data.plain import GYM_LEFT_OUT
from parnassus.data.split import Side
from parnassus.data.task_split import task_side

ROOT = Path(__file__).parents[1]
RULES = {  # task of SymBench: how it is judged, rows, rows whose own answer is right
    "2048_dataset": ("numbers", 133, 133),
    "combinatorial_calculation": ("expression", 102, 102),
    "constrained_linear_arrangement": ("opponent", 147, 106),
    "cryptanalysis": ("signs", 69, 69),
    "eight_queens_dataset": ("queens", 104, 104),
    "eight_queens_dataset_2": ("queens", 230, 230),
    "eight_queens_dataset_hard": ("queens", 14, 14),
    "letter_logic_diagram": ("letter diagram", 130, 130),
    "light_puzzles_dataset": ("signs", 142, 142),
    "logic_puzzle_dataset": ("selection", 131, 110),
    "logical_equation": ("equations", 85, 85),
    "mahjong_pattern_dataset": ("hand", 133, 121),
    "matrix_transformation_dataset": ("signs", 100, 100),
    "new_operator_dataset": ("numbers", 122, 57),
    "pattern_recognition": ("numbers", 72, 72),
    "permutations_and_combinations": ("shelf", 132, 132),
    "pooling_dataset": ("numbers", 140, 140),
    "reversi_dataset": ("reversi", 146, 133),
    "standard_sudoku": ("sudoku", 88, 88),
    "statistical_counting_dataset": ("numbers", 124, 124),
    "string_deletion_and_modification": ("text", 67, 67),
    "string_insertion": ("text", 134, 134),
    "string_splitting": ("numbers", 122, 122),
    "string_synthesis": ("numbers", 127, 127),
    "synthesis_decomposition_dataset": ("numbers", 131, 131),
}
BBH = {  # task of BIG-Bench Hard: rows, rows whose own answer is right
    **dict.fromkeys(
        (
            *("boolean_expressions", "date_understanding", "disambiguation_qa", "formal_fallacies"),
            *("geometric_shapes", "hyperbaton", "logical_deduction_seven_objects"),
            *("logical_deduction_three_objects", "navigate", "reasoning_about_colored_objects"),
            *("salient_translation_error_detection", "sports_understanding", "temporal_sequences"),
            *("tracking_shuffled_objects_five_objects", "tracking_shuffled_objects_seven_objects"),
        ),
        (250, 250),
    ),
    "causal_judgement": (187, 187),
    "movie_recommendation": (250, 249),
    "ruin_names": (250, 248),
}
HEAD = """# Tasks: the puzzles of R1-Code-Interpreter, and ours

Made by `docs/make_tasks.py`; do not edit.

R1-Code-Interpreter (arXiv:2505.21668) trains and measures on 144 tasks: 33 of SymBench (arXiv:2502.04350),
the 27 of BIG-Bench Hard (arXiv:2210.09261) and 84 of reasoning-gym; 107 for training, 37 held out. Its lists
were not to be had when this was written, so what is missing is told as far as other sources name it.

| set | the paper | here | rows | of those, the set's own answer is right |
|---|---|---|---|---|
| SymBench | 33 | {symbench} | {symbench_rows:,} | {symbench_right:,} |
| BIG-Bench Hard | 27 | {bbh} | {bbh_rows:,} | {bbh_right:,} |
| reasoning-gym 0.1.25 | 84 | {gym} | as many as wanted | judged by the package |

Every task is judged by rules, none by a model, each answer in well under a millisecond. SymBench's and
BIG-Bench Hard's rows are read by their [layouts](sources.md) and judged as [puzzles](data-format.md);
reasoning-gym's are made by `GymRows`. Rows whose own answer is wrong are dropped by the check
`GoldVerifies()`, or refused by the layout.

## Training and held-out tasks

`OfTasks(Side.TRAIN)` and `OfTasks(Side.HELD_OUT)` (`parnassus/data/filters/of_tasks.py`) keep the problems of
one side. The side is a hash of the task's name (`parnassus/data/task_split.py`), in the paper's proportion:
{train} tasks for training, {held_out} held out. Tasks that differ in size only are on the same side, and so
is a puzzle that two sets have.
"""
MISSING = """
Missing, 8 of 33: `minesweeper`, `game24`, `letters`, `number_multiply`, `path_plan`, `BoxNet1`, `BoxLift`,
`blocksworld`. Those are the tasks that the repository of SymBench evaluates beside these; the file that we
have holds no samples of them. (Eight queens are one task there, in three folders, counted here as three.)

Where the set's own answers are wrong, or cannot be told to be right:

- `constrained_linear_arrangement`: 41 of the 50 games of elements. The question says that whoever holds the
  generating card loses; the answers only mind the player's own.
- `logic_puzzle_dataset`: 21 selections exceed the sum, or have a product below 0.
- `mahjong_pattern_dataset`: in 12 a run of three letters is overlooked, or one is found where there is none;
  some of the cards are `[`, which is no letter.
- `new_operator_dataset`: 65 expressions of three operators, refused. No question says which comes first, and
  the answers are the last operation's alone.
- `reversi_dataset`: each question shows the board as it is *after* the moves. In 13 of them playing the moves
  on that board gives another one than the answer. In the other 133 the answer is the board that is shown.

Two tasks have a rule that can be read in two ways; the set's answers decide: `string_synthesis` and
`string_deletion_and_modification` begin again with the first rule after each that applies. In `cryptanalysis`
the feedback is taken to say all that it can ("both numbers are incorrect": neither both too small nor both
too large), by which each password is the only one.
"""
MISSING_BBH = """
Missing, 9 of 27: `dyck_languages`, `logical_deduction_five_objects`, `multistep_arithmetic_two`,
`object_counting`, `penguins_in_a_table`, `snarks`, `tracking_shuffled_objects_three_objects`, `web_of_lies`,
`word_sorting`: the file that we have does not hold them. The layout reads them too.

Three rows are refused: their options were cut at a comma, and none is the answer. Two questions of
`causal_judgement` stand there twice, with both answers.
"""


def text() -> str:
    gym = sorted(set(DATASETS) - set(GYM_LEFT_OUT))
    every = [f"symbench/{task}" for task in RULES] + [f"bbh/{task}" for task in BBH]
    sides = [task_side(source) for source in every + [f"reasoning_gym/{task}" for task in gym]]
    counted = {
        "symbench": len(RULES),
        "symbench_rows": sum(rows for _, rows, _ in RULES.values()),
        "symbench_right": sum(right for _, _, right in RULES.values()),
        "bbh": len(BBH),
        "bbh_rows": sum(rows for rows, _ in BBH.values()),
        "bbh_right": sum(right for _, right in BBH.values()),
        "gym": len(gym),
        "train": sides.count(Side.TRAIN),
        "held_out": sides.count(Side.HELD_OUT),
    }
    return "".join((HEAD.format(**counted), _symbench(), MISSING, _bbh(), MISSING_BBH, _gym(gym)))


def _symbench() -> str:
    head = "\n## SymBench\n\n| task | kind | rows | right | side |\n|---|---|---|---|---|\n"
    return head + "".join(
        f"| `{task}` | {kind} | {rows} | {right} | {task_side(task)} |\n"
        for task, (kind, rows, right) in RULES.items()
    )


def _bbh() -> str:
    head = "\n## BIG-Bench Hard\n\n| task | rows | right | side |\n|---|---|---|---|\n"
    return head + "".join(
        f"| `{task}` | {rows} | {right} | {task_side(task)} |\n"
        for task, (rows, right) in sorted(BBH.items())
    )


def _gym(tasks: list[str]) -> str:
    out = "".join(f"- `{task}`: {why}\n" for task, why in sorted(GYM_LEFT_OUT.items()))
    by_side = {
        side: ", ".join(f"`{task}`" for task in tasks if task_side(task) is side)
        for side in (Side.TRAIN, Side.HELD_OUT)
    }
    return (
        "\n## reasoning-gym\n\n"
        f"The paper takes 84 of its tasks. All that can judge are here, {len(tasks)}.\n\n"
        f"For training: {by_side[Side.TRAIN]}.\n\nHeld out: {by_side[Side.HELD_OUT]}.\n\nLeft out:\n\n{out}"
    )


if __name__ == "__main__":
    (ROOT / "docs/tasks.md").write_text(text())
