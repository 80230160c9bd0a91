"""A coding question with tests out of an instruction and a program that may be wrong. AceCoder,
arXiv:2502.01718, section 3.

    seed problem ── writer ── JSON: a self-contained question, about 20 assert statements
                                 └── oracle: its program ── sandbox ── the tests that it passes ── a problem

The seed's own program shows what is meant and is never taken for right. Writer: temperature 0.7; oracle:
greedy. A question that fewer than 5 tests are left of is dropped, and so is one that cannot be read. The
words of the prompt are ours. The new problem shows its first test, as AceCoder's prompts do: it tells the
function's name. Stats: `tests_written`, `tests_kept`.
"""

from __future__ import annotations

import ast
import json
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, cast

from parnassus.data.identity import prompt_digest
from parnassus.enrich.answerer import Reply, Request
from parnassus.enrich.asking import Agent, Asked, all_of, ask, check_sandbox, questions
from parnassus.enrich.made import Made, Means, Sample
from parnassus.errors import positive
from parnassus.text.answers import CodeBlock, Thinking, after_thinking
from parnassus.types import AssertTests, Message, Outcome, Problem, Sampling, Sandbox, Verdict
from parnassus.verifiers.code_asserts import VERIFIER, CodeAsserts
from parnassus.verifiers.retrying import judge

WRITER = Agent("writer", "writer", "You are an assistant that helps people with programming tasks in Python.")
ORACLE = Agent("oracle", "oracle")
WRITING, SOLVING = Sampling(8192, temperature=0.7), Sampling(8192, temperature=0.0)
_REWRITE = """\
Below is a programming task{and_program}. Write a new question from it, in the manner of a coding \
interview, and tests for it.

The question:
- asks for exactly one function and says its name, its arguments and what it returns;
- is clear and complete in itself: whoever answers it sees nothing but the question;
- needs no file, network, database, clock or random number, and no package beside the standard library;
- contains no tests, no solution and no analysis of complexity.

The tests:
- are about {tests} Python statements that begin with assert, each on its own, none depending on another;
- call the function with constants and compare what it returns with a constant;
- cover ordinary, small, large and unusual arguments.

Answer with nothing but a JSON object:
{{"question": "...", "tests": ["assert ...", "assert ..."]}}

The task:
{task}"""
_PROGRAM = "\n\nA program that was written for it, which may be wrong:\n{program}"
SHOWN = "{question}\n\nYour function should pass tests such as this one:\n```python\n{test}\n```"


class _Written(NamedTuple):
    question: str
    tests: tuple[str, ...]  # those that are assert statements, each once
    number: int  # of all that were written


@dataclass
class _ByTest:
    """The verifier, which remembers what it said of each test."""

    verifier: CodeAsserts
    passed: Sequence[bool] = ()

    async def __call__(self, problem: Problem, response: str, sandbox: Sandbox) -> Verdict:
        verdict, self.passed = await self.verifier.by_test(problem, response, sandbox)
        return verdict


@dataclass(frozen=True)
class SynthesizeTests:
    """`verifier` judges the oracle's program by all tests together; those that it fails then, or that name
    nothing of it, are tried once more, each alone: another may have taken the time or spoilt the program."""

    writer: Agent = WRITER
    oracle: Agent = ORACLE
    tests: int = 20  # asked for
    least: int = 5  # left, or the question is dropped
    writing: Sampling = WRITING
    solving: Sampling = SOLVING
    verifier: CodeAsserts = VERIFIER
    shown: str = SHOWN  # what is asked, of {question} and {test}: the test tells the function's name
    seed: int = 0

    def __post_init__(self) -> None:
        positive(self, tests=self.tests, least=self.least)

    def requests(self, problem: Problem) -> Sequence[Request]:
        """The oracle's question is not known yet: the seed's own stands in."""
        return self._question(problem)[1], self._solution(problem)[1]

    async def __call__(self, problem: Problem, means: Means) -> Made:
        reply = await ask(means, self._question(problem)[1])
        try:
            written = _read(reply.text)
        except ValueError as error:
            said = self._said(reply, Verdict(Outcome.UNPARSED, 0.0, str(error)))
            return Made(problem, (said,), f"unreadable rewrite: {error}")
        said = self._said(reply, Verdict(Outcome.CORRECT, 1.0, f"{written.number} tests"))
        if len(written.tests) < self.least:
            return Made(problem, (said,), f"too few tests: {len(written.tests)} of {written.number} written")
        return await self._checked(problem, written, said, means)

    async def _checked(self, seed: Problem, written: _Written, said: Sample, means: Means) -> Made:
        """The problem with the tests that the oracle passes."""
        shown = self.shown.format(question=written.question, test=written.tests[0])
        prompt = (Message("user", shown),)
        reference = AssertTests(written.tests)
        new = Problem(f"{seed.source}/{prompt_digest(prompt)}", prompt, reference, "code", seed.source)
        reply = await ask(means, self._solution(new)[1])
        verdicts = await self._passed(new, reply.text, means)
        passed = [test for test, right in zip(written.tests, verdicts, strict=True) if right]
        share, whole = len(passed) / len(verdicts), len(passed) == len(verdicts)
        verdict = Verdict(
            Outcome.CORRECT if whole else Outcome.WRONG, share, f"{len(passed)}/{len(verdicts)}"
        )
        samples = said, Sample(self.oracle.name, reply.text, reply.stop, reply.tokens, verdict)
        if len(passed) < self.least:
            return Made(seed, samples, f"too few tests left: {len(passed)} of {written.number}")
        stats = {"tests_written": float(written.number), "tests_kept": float(len(passed))}
        program = CodeBlock()(reply.text) or ""
        return Made(
            replace(new, reference=AssertTests(tuple(passed)), stats=stats, solution=program), samples
        )

    async def _passed(self, problem: Problem, response: str, means: Means) -> list[bool]:
        """Of each test of the problem, whether the program in `response` passes."""
        tests = cast(AssertTests, problem.reference).tests
        together = _ByTest(self.verifier)
        check_sandbox(await judge(together, problem, response, means.sandbox))
        defined = _defined(CodeBlock()(response) or "")
        passed = {
            test
            for test, right in zip(tests, together.passed, strict=False)
            if right and not defined.isdisjoint(_names(test))
        }
        rest = [test for test in tests if test not in passed]
        alone = await all_of(self._tried(problem, test, response, means) for test in rest)
        passed |= {test for test, right in zip(rest, alone, strict=True) if right}
        return [test in passed for test in tests]

    async def _tried(self, problem: Problem, test: str, response: str, means: Means) -> bool:
        """Whether the program passes. A test that is no good itself is none that it passes."""
        alone = replace(problem, reference=AssertTests((test,)))
        verdict = await judge(self.verifier, alone, response, means.sandbox)
        check_sandbox(verdict)
        return verdict.outcome is Outcome.CORRECT

    def _question(self, problem: Problem) -> Asked:
        program = _PROGRAM.format(program=problem.solution) if problem.solution else ""
        text = "\n\n".join(message.content for message in problem.prompt) + program
        and_program = ", with a program" if program else ""
        question = _REWRITE.format(and_program=and_program, tests=self.tests, task=text)
        asking = replace(problem, prompt=(Message("user", question),))
        return questions(asking, (self.writer,), 1, self.writing, self.seed)[0]

    def _solution(self, problem: Problem) -> Asked:
        return questions(problem, (self.oracle,), 1, self.solving, self.seed)[0]

    def _said(self, reply: Reply, verdict: Verdict) -> Sample:
        return Sample(self.writer.name, reply.text, reply.stop, reply.tokens, verdict)


def _read(text: str) -> _Written:
    """Raises ValueError that says what is wrong with the writer's answer."""
    answer = after_thinking(text).strip()
    fenced = CodeBlock(None, Thinking.AFTER_LAST)(text)
    try:
        value = json.loads(answer if fenced is None else fenced)
    except (ValueError, RecursionError):
        raise ValueError("no JSON") from None
    if not isinstance(value, dict):
        raise ValueError("no JSON object")
    question, tests = value.get("question"), value.get("tests")
    if not isinstance(question, str) or not question.strip():
        raise ValueError("no question")
    if not isinstance(tests, list) or not all(isinstance(test, str) for test in tests):
        raise ValueError("no list of tests")
    stripped = dict.fromkeys(_clean(test).strip() for test in tests)
    return _Written(_clean(question).strip(), tuple(test for test in stripped if _asserts(test)), len(tests))


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode()  # half a surrogate pair could not be stored


def _asserts(test: str) -> bool:
    """Whether it is one assert statement and nothing else."""
    body = _parsed(test)
    return len(body) == 1 and isinstance(body[0], ast.Assert)


def _names(test: str) -> set[str]:
    """Those that it uses."""
    return {node.id for [body] in [_parsed(test)] for node in ast.walk(body) if isinstance(node, ast.Name)}


def _defined(program: str) -> set[str]:
    """The functions and classes of a program."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return {node.name for node in _parsed(program) if isinstance(node, kinds)}


def _parsed(text: str) -> list[ast.stmt]:
    """Nothing for what does not parse."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # "\d" in a text: the program's matter
            return ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
