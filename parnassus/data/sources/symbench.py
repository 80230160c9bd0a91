"""SymBench: puzzles that rules can judge. arXiv:2502.04350; its repository's folders, one line a sample.

    task, sample, question, solution

`solution` is the content of the sample's solution.json, or its text; `task` the name of its folder. Of the 33
tasks that R1-Code-Interpreter (arXiv:2505.21668) takes, 25 are read: docs/tasks.md lists them, and what is
missing. Answers stand between <<< and >>>, as the questions say; `parnassus.verifiers.puzzle` judges them.

Not all of the set's own answers keep to the rules of their questions: `GoldVerifies()` drops those problems.
Expressions of several new operators are refused: no question says which of them comes first.
"""

from collections.abc import Mapping

from parnassus.data.reading.layout import Asked, Layout
from parnassus.data.sources.pieces.fields import Fields, number, parsed, stats, text, user
from parnassus.data.sources.pieces.symbench_tasks import READERS
from parnassus.errors import DataError
from parnassus.types import Puzzle


def read(row: Fields) -> Asked:
    task, question, found = text(row, "task"), text(row, "question"), parsed(row, "solution")
    if task not in READERS:
        raise DataError(f"unknown task: {task:.40}")
    solution: Fields = found if isinstance(found, Mapping) else {"solution": found}
    puzzle, own = READERS[task](solution, question)
    level = stats(complexity=number(solution, "complexity"))
    return Asked(user(question), puzzle, f"<<<{own}>>>", level, origin=task)


LAYOUT = Layout("symbench", "reasoning", "Apache-2.0", "https://github.com/yongchao98/CodeSteer-v1.0", read)
_SUM = "Make 10 of 6, 2, 7. Return your answer with the format <<<list of values and symbols>>>."
_LETTERS = "Each letter is one of the numbers 3, 9.\n1. A + B = 12\n2. A = 3.0B\n3. A > B"
CASES = (
    (
        {
            "task": "combinatorial_calculation",
            "question": _SUM,
            "solution": {
                "numbers": [6, 2, 7],
                "target": 10,
                "solution": ["6", "/", "2", "+", "7"],
                "complexity": 2,
            },
        },
        Asked(
            user(_SUM),
            Puzzle("expression", {"numbers": [6, 2, 7], "target": 10}),
            "<<<[6, /, 2, +, 7]>>>",
            {"complexity": 2.0},
            origin="combinatorial_calculation",
        ),
    ),
    (
        {"task": "logical_equation", "question": _LETTERS, "solution": "[9, 3]"},
        Asked(
            user(_LETTERS),
            Puzzle(
                "equations",
                {
                    "letters": ["A", "B"],
                    "numbers": [3, 9],
                    "equations": [
                        {"weights": {"A": 1, "B": 1}, "value": 12},
                        {"weights": {"A": 1, "B": -3.0}},
                        {"weights": {"A": 1, "B": -1}, "above": True},
                    ],
                },
            ),
            "<<<[9, 3]>>>",
            origin="logical_equation",
        ),
    ),
    (
        {
            "task": "new_operator_dataset",
            "question": "3~4&5",
            "solution": {"operator_definitions": {"~": "", "&": ""}},
        },
        "unsettled: which of several operators",
    ),
    ({"task": "minesweeper", "question": "Where?", "solution": {}}, "unknown task: minesweeper"),
    ({"task": "pooling_dataset", "question": "?", "solution": {"solution": []}}, "no answer: a list"),
)
