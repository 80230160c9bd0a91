"""BIG-Bench Hard: 27 tasks. arXiv:2210.09261; the repository's files, flattened: one line an example.

    input, target, task

Where a copy has no `task`, each task is a set by itself. Answers are judged as choices or words, by
`parnassus.verifiers.puzzles.values`: `(B)` is `B`, and `yes` is `Yes`. A few targets stand for none of the
options, which were cut at a comma: those rows are refused.
"""

import re

from parnassus.data.reading.layout import Asked, Layout
from parnassus.data.sources.pieces.fields import Fields, text, user, words
from parnassus.errors import DataError
from parnassus.types import Puzzle

_OPTION = re.compile(r"^\(([A-Z])\) (.*)$", re.MULTILINE)
_LETTER = re.compile(r"\(([A-Z])\)")


def read(row: Fields) -> Asked:
    """Options are read off the question: their letters, and what stands beside them."""
    question, target = text(row, "input"), text(row, "target").strip()
    options = {letter: said.strip() for letter, said in _OPTION.findall(question)}
    answer = target
    if options:
        letter = _LETTER.fullmatch(target)
        if letter is None or letter[1] not in options:
            raise DataError(f"no such option: {target!r:.40}")
        answer = letter[1]
    puzzle = Puzzle("choice", {"answer": answer, "options": options})
    return Asked(user(question), puzzle, f"<<<{target}>>>", origin=words(row, "task"))


LAYOUT = Layout("bbh", "reasoning", "MIT", "https://github.com/suzgunmirac/BIG-Bench-Hard", read)
_OPTIONS = "Which came first?\nOptions:\n(A) the hen\n(B) the egg"
CASES = (
    (
        {"task": "navigate", "input": "Step left, step right. Back again?", "target": "Yes"},
        Asked(
            user("Step left, step right. Back again?"),
            Puzzle("choice", {"answer": "Yes", "options": {}}),
            "<<<Yes>>>",
            origin="navigate",
        ),
    ),
    (
        {"input": _OPTIONS, "target": "(B)"},
        Asked(
            user(_OPTIONS),
            Puzzle("choice", {"answer": "B", "options": {"A": "the hen", "B": "the egg"}}),
            "<<<(B)>>>",
        ),
    ),
    ({"input": _OPTIONS, "target": "the hen, the egg"}, "no such option: 'the hen, the egg'"),
    ({"input": "Back again?", "target": None}, "missing field: target (there are input, target)"),
)
