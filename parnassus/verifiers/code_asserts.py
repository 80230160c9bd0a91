"""Judges a program by assert statements. Two sandboxed processes: the tests in one, the program in the other.

    response -> its code block ─┬─ sandbox/inside/asserts.py: prelude, setup, chosen tests -> a line for each
                                └─ sandbox/inside/serve.py: prelude, program; its objects when asked for

The program never sees a test, an expected value or a verdict: what is sent to it are the arguments of its
functions; what it answers is compared as plain values. The score is the share of the chosen tests passed;
CORRECT means all. A test at which the program runs out of time or ends itself fails; those after it run in
new processes (pieces.py), with what the tests before them made gone. No closed code block is UNPARSED; a
program that does not compile is WRONG. Tests that are no good themselves (a syntax error, a module that is
not there, no use of the program) are BROKEN. What cannot be tested in this way is told at the head of
`asserts.py`.

Stopping early is for rewards of all or nothing: after a failure nothing is known of the tests that follow, so
it scores 0.
"""

import json
from dataclasses import dataclass, field, replace

from parnassus.errors import DataError, SandboxError
from parnassus.sandbox import inside
from parnassus.text.answers import CodeBlock
from parnassus.types import (
    AssertTests,
    Breakage,
    Exit,
    Limits,
    Message,
    Outcome,
    Problem,
    Program,
    Sandbox,
    Verdict,
)
from parnassus.verifiers.outputs import short
from parnassus.verifiers.pieces import Piece, in_pieces, seconds_used
from parnassus.verifiers.retrying import sandbox_failed
from parnassus.verifiers.selection import AllTests, Selection


@dataclass(frozen=True)
class CodeAsserts:
    """Raises DataError for a problem without tests."""

    limits: Limits = field(default_factory=Limits)  # of one process; a problem may set seconds for all tests
    total_seconds: float = 20.0  # of all tests of a response; those beyond it have failed
    selection: Selection = field(default_factory=AllTests)
    early_stop: bool = False
    block: CodeBlock = field(default_factory=CodeBlock)

    async def __call__(self, problem: Problem, response: str, sandbox: Sandbox) -> Verdict:
        return (await self.by_test(problem, response, sandbox))[0]

    async def by_test(
        self, problem: Problem, response: str, sandbox: Sandbox
    ) -> tuple[Verdict, tuple[bool, ...]]:
        """The verdict, and whether each of the chosen tests was passed; of none where there is no code or the
        verdict is BROKEN."""
        reference = _reference(problem)
        source = self.block(response)
        if source is None:
            return Verdict(Outcome.UNPARSED, 0.0, "no closed code block"), ()
        chosen = self.selection([len(test) for test in reference.tests], f"{problem.id} {response}")
        tests = [reference.tests[number] for number in chosen]
        results = _Results(replace(reference, tests=tuple(tests)), source, self.early_stop, sandbox)
        limits = replace(self.limits, seconds=reference.seconds) if reference.seconds else self.limits
        budget = reference.seconds or self.total_seconds
        try:
            await in_pieces(1 if self.early_stop else len(tests), limits, budget, results.ask)
        except SandboxError as error:
            return sandbox_failed(error), ()
        if results.broken is not None:
            return results.broken, ()
        return self._verdict(tests, results.errors), tuple(not error for error in results.errors)

    def _verdict(self, tests: list[str], errors: list[str]) -> Verdict:
        right, total = errors.count(""), len(tests)
        if right == total:
            return Verdict(Outcome.CORRECT, 1.0, f"{total}/{total}")
        first = next(number for number, error in enumerate(errors) if error)
        failure = f"{short(tests[first])}: {short(errors[first], 200)}"
        if self.early_stop:
            return Verdict(Outcome.WRONG, 0.0, f"stopped at test {first + 1}: {failure}")
        return Verdict(Outcome.WRONG, right / total, f"{right}/{total}; {failure}")


class _Results:
    """What the tests' processes said, a test at a time."""

    def __init__(self, asked: AssertTests, source: str, early_stop: bool, sandbox: Sandbox) -> None:
        self.errors = ["no answer"] * len(asked.tests)  # "" where the test has passed
        self.broken: Verdict | None = None
        self._asked, self._early_stop, self._sandbox = asked, early_stop, sandbox
        theirs = {"prelude": asked.prelude, "source": source}
        self._judged = Program(inside.program("serve"), json.dumps(theirs))

    async def ask(self, first: int, limits: Limits) -> Piece:
        """The tests from this one on."""
        asked, tests = self._asked, self._asked.tests[first:]
        texts = {"prelude": asked.prelude, "setup": asked.setup, "tests": tests}
        stdin = json.dumps(texts | {"early_stop": self._early_stop})
        judging = Program(inside.program("asserts"), stdin)
        run = await self._sandbox.run(judging, limits, partner=self._judged)
        # The last line may be cut short, where the process was stopped.
        said = [json.loads(line) for line in run.stdout.splitlines() if line.endswith("}")]
        told = {key: value for line in said for key, value in line.items()}
        if "broken" in told and first == 0:  # later ones may miss what a test before them made
            why = f"the tests are no good: {told['broken']}"
            self.broken = Verdict(Outcome.BROKEN, 0.0, why, Breakage.CHECKER)
        elif not said and run.exit is not Exit.TIMEOUT:
            crash = f"the tests' process {run.exit}: {run.stderr[-300:]}"
            self.broken = Verdict(Outcome.BROKEN, 0.0, crash, Breakage.JUDGE)
        errors = [line["error"] for line in said if "test" in line]
        self.errors[first : first + len(errors)] = errors
        out_of_time = run.exit is Exit.TIMEOUT
        if len(errors) < len(tests):
            ended = f"more than {limits.seconds:g} s" if out_of_time else f"no answer ({run.exit})"
            self.errors[first + len(errors)] = told.get("program") or ended
        stopped = self.broken is None and "begun" in told and ("program" in told or run.exit is not Exit.OK)
        return Piece(len(errors), stopped, out_of_time, seconds_used(run, limits))


def _reference(problem: Problem) -> AssertTests:
    reference = problem.reference
    if not isinstance(reference, AssertTests):
        kind = type(reference).__name__
        raise DataError(f"{problem.id}: assert statements are needed to judge by, the reference is {kind}")
    if not reference.tests:
        raise DataError(f"{problem.id}: no tests to judge by; drop the problem or give it tests")
    return reference


VERIFIER = CodeAsserts()
_PROBLEM = Problem(
    id="cases/double",
    prompt=(Message("user", "Write double(x)."),),
    reference=AssertTests(
        tests=("assert double(2) == 4", "assert double('ab') == 'abab'", "check(double)"),
        setup="def check(candidate):\n    for x in range(9):\n        assert candidate(x) == x + x",
    ),
    domain="code",
    source="cases",
)
CASES = [
    (_PROBLEM, "```python\ndef double(x):\n    return x * 2\n```", Outcome.CORRECT),
    (_PROBLEM, "<think>```\nno\n```</think>```\ndouble = lambda x: x + x\n```", Outcome.CORRECT),
    (_PROBLEM, "```python\ndef double(x):\n    return x\n```", Outcome.WRONG),
    (_PROBLEM, "```python\ndef twice(x):\n    return x * 2\n```", Outcome.WRONG),
    (_PROBLEM, "```python\ndef double(x) return x\n```", Outcome.WRONG),
    (_PROBLEM, "```python\nimport os\nos._exit(0)\n```", Outcome.WRONG),
    (
        _PROBLEM,
        "```python\nclass Any:\n    __eq__ = lambda self, other: True\ndouble = lambda x: Any()\n```",
        Outcome.WRONG,
    ),
    (_PROBLEM, "```python\ndef double(x):\n    return x * 2\n", Outcome.UNPARSED),
    (_PROBLEM, "x times two", Outcome.UNPARSED),
]
