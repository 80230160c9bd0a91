"""The examples of the documents are true: rows are read, programs in them run, snippets too."""

import asyncio
import json
import re
from pathlib import Path

from parnassus.data.plain import decode_problem
from parnassus.sandbox.forkserver import ForkServer
from parnassus.types import Outcome, Problem, StdioTests
from parnassus.verifiers.by_reference import VERIFIER

DOCS = Path(__file__).parents[2] / "docs"
FORMAT, ELSEWHERE = ((DOCS / name).read_text() for name in ("data-format.md", "judge-elsewhere.md"))
ROWS = [json.loads(block) for block in re.findall(r"^```json\n(.*?)^```$", FORMAT, re.MULTILINE | re.DOTALL)]
PROBLEMS = {row["id"]: decode_problem(row, row["id"], "docs") for row in ROWS if "reference" in row}
RIGHT = {
    "math/1": r"<think>3/6 and 2/6</think>It is $\boxed{\frac56}$.",
    "sum/1": "```python\ninput()\nprint(sum(map(int, input().split())))\n```",
    "parts/1": "```python\nprint(int(input()), 0)\n```",
    "double/1": "```python\ndef double(x):\n    return x * 2\n```",
    "humaneval/0": "```python\ndef f(x):\n    return x * 2\n```",
    "gym/1": "<answer>-14</answer>",
    "ten/1": "<<<6 / 2 + 7>>>",
}


def verdict(problem: Problem, response: str) -> Outcome:
    async def main() -> Outcome:
        async with ForkServer() as sandbox:
            return (await VERIFIER(problem, response, sandbox)).outcome

    return asyncio.run(main())


def test_every_kind_of_reference_is_shown_and_can_be_judged_by():
    assert PROBLEMS.keys() == RIGHT.keys()
    assert len({type(problem.reference) for problem in PROBLEMS.values()}) == 6
    for name, problem in PROBLEMS.items():
        assert verdict(problem, RIGHT[name]) is Outcome.CORRECT, name
        wrong = "```python\nprint(input)\n```\n\\boxed{7} <answer>7</answer>"
        assert verdict(problem, wrong) is Outcome.WRONG, name


def test_responses_and_verdicts_are_shown_as_they_are():
    response, shown = (row for row in ROWS if "reference" not in row)
    assert response["response"] == RIGHT[response["problem_id"]]
    assert list(shown) == ["problem_id", "outcome", "score", "detail", "seconds"]


def test_the_defaults_that_are_told_are_the_verifiers():
    told = [float(number) for number in re.findall(r"processor time of .*\(else ([0-9.]+)", FORMAT)]
    judges = VERIFIER.programs, VERIFIER.functions, VERIFIER.asserts
    assert told == [judge.limits.seconds for judge in judges]


def test_the_snippet_for_ones_own_loop_runs():
    (snippet,) = re.findall(
        r"```python\n(from parnassus\.judging\.background.*?)^```$", ELSEWHERE, re.M | re.S
    )
    scope: dict[str, object] = {"responses": [RIGHT["sum/1"].replace("input()\n", "", 1), "nothing"]}
    exec(snippet, scope)
    assert scope["rewards"] == [1.0, 0.0]
    assert isinstance(scope["problem"], Problem)
    assert isinstance(scope["problem"].reference, StdioTests)
