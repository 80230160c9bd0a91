"""SymBench's and BIG-Bench Hard's own rows: how many of the sets' answers are right, that damaged ones are
not, that searches and simulations which know only the questions agree, and that others are found right.

The data sets are not part of the project.
"""

import asyncio
import random
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest
from symbench_searches import SEARCHES
from symbench_solvers import SOLVERS

from parnassus.data.checks.gold_verifies import GoldVerifies
from parnassus.data.reading.files import Files
from parnassus.data.reading.layout import problems
from parnassus.data.reading.row import Refused
from parnassus.data.sources import bbh, symbench
from parnassus.types import Outcome, Problem, Puzzle
from parnassus.verifiers import puzzle

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared/data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"no data sets at {DATA}")
LAYOUTS = {"symbench": symbench.LAYOUT, "bbh": bbh.LAYOUT}
sys.path.insert(0, str(ROOT / "docs"))


async def judge(problem: Problem, response: str):
    return await puzzle.VERIFIER(problem, response, None)  # no sandbox is asked


def right(answers: Iterable[tuple[Problem, str]]) -> list[bool]:
    async def outcomes() -> list[Outcome]:
        return [(await judge(problem, f"<<<{answer}>>>")).outcome for problem, answer in answers]

    return [outcome is Outcome.CORRECT for outcome in asyncio.run(outcomes())]


@cache
def rows(name: str) -> list[Problem | Refused]:
    return list(problems(Files(f"{DATA}/{name}.jsonl.gz"), LAYOUTS[name]))


@cache
def kept(name: str) -> list[Problem]:
    """Those that GoldVerifies keeps."""

    async def reasons() -> list[str | None]:
        return [await GoldVerifies()(problem, judge) for problem in read]

    read = [row for row in rows(name) if isinstance(row, Problem)]
    return [one for one, reason in zip(read, asyncio.run(reasons()), strict=True) if reason is None]


def of_task(task: str, found: list[Problem]) -> list[Problem]:
    return [problem for problem in found if problem.source == f"symbench/{task}"]


def test_as_many_answers_are_right_as_the_document_says():
    made = pytest.importorskip("make_tasks", reason="needs reasoning-gym")
    counted = Counter(problem.source for name in LAYOUTS for problem in kept(name))
    told = {f"symbench/{task}": right for task, (_, _, right) in made.RULES.items()}
    assert counted == told | {f"bbh/{task}": right for task, (_, right) in made.BBH.items()}
    refused = Counter(
        row.reason.partition(": ")[0] for name in LAYOUTS for row in rows(name) if isinstance(row, Refused)
    )
    assert refused == {"unsettled": 65, "no such option": 3}
    for name, total in (
        ("symbench", sum(count for _, count, _ in made.RULES.values())),
        ("bbh", sum(count for count, _ in made.BBH.values())),
    ):
        assert len(rows(name)) == total
    kinds = {problem.source.split("/")[1]: problem.reference.task for problem in kept("symbench")}
    assert kinds == {task: kind for task, (kind, _, _) in made.RULES.items()}


def is_another(problem: Problem, answer: str) -> bool:
    """Than the set's own: more than the same list in another order of its cells, or spelled otherwise."""
    assert isinstance(problem.reference, Puzzle)
    both = [re.findall(r"\w+(?: \w+)?|[-+*/]", said) for said in (answer, problem.solution)]
    if problem.reference.task in ("queens", "selection"):
        both = [sorted(said) for said in both]
    return both[0] != both[1]


def damaged(problem: Problem) -> str:
    """The set's own answer with one thing in it that cannot be right."""
    reference, own = problem.reference, problem.solution.strip("<>")
    assert isinstance(reference, Puzzle)
    parts = own.split(", ")
    match reference.task:
        case "choice":
            options = reference.data["options"]
            other = {"yes": "no", "true": "false", "valid": "invalid"}
            other |= {no: yes for yes, no in other.items()}
            answer = str(reference.data["answer"])
            return (
                next(letter for letter in options if letter != answer) if options else other[answer.lower()]
            )
        case "numbers" | "hand":
            return ", ".join([*parts[:-1], str(float(parts[-1].split()[-1]) + 1)])
        case "text":
            return f"{own[:-2]}" if len(own) > 3 else "ab"
        case "expression":
            return own.replace("]", ", +, 1, -, 1]")
        case "queens" | "selection":
            return ", ".join([*parts[:-1], parts[0]])
        case "signs" | "reversi":
            return own[:-1] + ("0" if own[-1] != "0" else "1")
        case "sudoku" | "letter diagram":
            return own[-1] + own[1:-1] + own[0] if own[0] != own[-1] else own[3] + own[1:3] + own[0] + own[4:]
        case _:
            return own.replace(parts[-1].strip("]"), parts[0].strip("["))


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_damaged_answer_is_wrong(name: str):
    answers = [(problem, damaged(problem)) for problem in kept(name)]
    found = zip(answers, right(answers), strict=True)
    assert [(problem.solution, answer) for (problem, answer), is_right in found if is_right] == []


@pytest.mark.parametrize("task", SOLVERS)
def test_a_simulation_that_knows_only_the_question_comes_to_the_same(task: str):
    found = of_task(task, kept("symbench"))
    solved = [SOLVERS[task](problem.prompt[0].content) for problem in found]
    said = [each if isinstance(each, str) else ", ".join(map(str, each)) for each in solved]
    assert len(found) > 50
    agreed = right(zip(found, said, strict=True))
    assert [problem.id for problem, agrees in zip(found, agreed, strict=True) if not agrees] == []


@pytest.mark.parametrize(
    ("task", "others"),
    [
        ("combinatorial_calculation", 10),
        ("constrained_linear_arrangement", 50),
        ("eight_queens_dataset", 80),
        ("eight_queens_dataset_2", 150),
        ("eight_queens_dataset_hard", 5),
        ("logic_puzzle_dataset", 3),
        ("logical_equation", 0),
        ("mahjong_pattern_dataset", 0),
        ("permutations_and_combinations", 20),
    ],
)
def test_answers_that_a_search_tries_are_judged_as_it_judges_them(task: str, others: int):
    """`others`: problems at least of which an answer is right that is not the set's."""
    rng = random.Random(0)
    tried = [
        (problem, answer, is_right)
        for problem in of_task(task, kept("symbench"))
        for answer, is_right in SEARCHES[task](problem.prompt[0].content, rng)
    ]
    pairs = list(zip(tried, right((problem, answer) for problem, answer, _ in tried), strict=True))
    assert [(problem.id, answer) for (problem, answer, wanted), got in pairs if got != wanted] == []
    found = {problem.id for (problem, answer, _), got in pairs if got and is_another(problem, answer)}
    assert len(found) >= others


def test_the_layouts_are_read_alike_in_another_process():
    script = (
        "from parnassus.data.reading.files import Files\n"
        "from parnassus.data.reading.layout import problems\n"
        "from parnassus.data.sources import symbench\n"
        f"rows = problems(Files({str(DATA / 'symbench.jsonl.gz')!r}), symbench.LAYOUT)\n"
        "print([repr(one)[:400] for one in rows][::50])"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == str([repr(one)[:400] for one in rows("symbench")][::50])
