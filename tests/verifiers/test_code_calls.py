"""Programs that are judged by calling their function, honest ones and others."""

import asyncio
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parnassus.errors import DataError
from parnassus.sandbox.forkserver import ForkServer
from parnassus.types import Answer, Call, FunctionTests, Limits, Message, Outcome, Problem
from parnassus.verifiers.code_calls import CodeCalls, same

DOUBLE = (Call((2,), 4), Call(("ab",), "abab"), Call(([1, 2],), [1, 2, 1, 2]))


def problem(calls, function="f"):
    return Problem("test/1", (Message("user", "?"),), FunctionTests(function, tuple(calls)), "code", "test")


def judge(program, calls=DOUBLE, seconds=5.0, sandbox=None):
    async def main():
        async with sandbox or ForkServer() as server:
            return await CodeCalls(Limits(seconds))(problem(calls), f"```python\n{program}\n```", server)

    return asyncio.run(main())


@pytest.mark.parametrize(
    ("program", "call"),
    [
        ("def f(x): return x", Call((1.5,), 1.5)),
        ("def f(): return 0.1 + 0.2", Call((), 0.3)),
        ("def f(): return 3", Call((), 3.0)),
        ("def f(): return float('nan')", Call((), float("nan"))),
        ("def f(): return (1, (2, 3))", Call((), [1, [2, 3]])),
        ("def f(): return (1, 2)", Call((), (1, 2))),
        ("def f(): return {1: 'a'}", Call((), {1: "a"})),
        ("from collections import Counter\ndef f(): return Counter('aab')", Call((), {"a": 2, "b": 1})),
        ("def f(x): x.append(1); return x", Call(([],), [1])),
        ("def f(): return '\\ud800\\u2028\\n'", Call((), "\ud800\u2028\n")),
        ("def f(): print('debug ' * 10_000); return 1", Call((), 1)),
        ("f = lambda a, b=2: a + b", Call((1,), 3)),
        ("class S:\n    def f(self): return 1\nf = S().f", Call((), 1)),
        ("def f(): return None", Call((), None)),
        ("def f(): return 1\nif __name__ == '__main__': exit(input())", Call((), 1)),
        ("from __future__ import annotations\nimport dataclasses\n@dataclasses.dataclass\nclass P:\n"
         "    x: int = 1\ndef f(): return P().x", Call((), 1)),
    ],
)  # fmt: skip
def test_right_results(program, call):
    verdict = judge(program, [call])
    assert (verdict.outcome, verdict.score) == (Outcome.CORRECT, 1.0), verdict


@pytest.mark.parametrize(
    ("program", "call"),
    [
        ("def f(): return True", Call((), 1)),
        ("def f(): return 1", Call((), True)),
        ("def f(): return True", Call((), 1.0)),
        ("def f(): return 4.0", Call((), 4)),
        ("def f(): return '4'", Call((), 4)),
        ("def f(): return 0.33", Call((), 1 / 3)),
        ("def f(): return 10**400", Call((), 1.0)),
        ("def f(): return 10**5000", Call((), 1)),
        ("def f(): return [1, 2]", Call((), [1, 2, 3])),
        ("def f(): return {}", Call((), [])),
        ("def f(): return None", Call((), 0)),
        ("def f(): return float('inf')", Call((), 1.0)),
        ("async def f(): return 1", Call((), 1)),
    ],
)
def test_wrong_results(program, call):
    verdict = judge(f"import warnings\nwarnings.simplefilter('ignore')\n{program}", [call])
    assert (verdict.outcome, verdict.score) == (Outcome.WRONG, 0.0), verdict


@pytest.mark.parametrize(
    ("program", "right"),
    [
        ("def f(x): return x * 2 if x == 2 else 1 / 0", 1),
        ("import sys\ndef f(x): return x * 2 if x != 'ab' else sys.exit(0)", 2),
        ("import os\ndef f(x): return x * 2 if x != 'ab' else os._exit(0)", 1),
        ("import os\ndef f(x): return x * 2 if x != 'ab' else os.abort()", 1),
        ("def f(x):\n    while isinstance(x, list): pass\n    return x * 2", 2),
        ("def f(x): return x * 2 if x == 2 else 'x' * 10**7", 1),
        ("def f(x): raise KeyboardInterrupt", 0),
    ],
)
def test_a_crash_keeps_the_credit_of_the_calls_before_it(program, right):
    verdict = judge(program, seconds=1.0)
    assert verdict.outcome is Outcome.WRONG
    assert verdict.score == right / 3
    assert verdict.detail.startswith(f"{right}/3; f(")


PRINTED_RESULTS = """
for call, value in enumerate(('4', '"abab"', '[1, 2, 1, 2]')):
    print('{"call": %d, "value": %s}' % (call, value))
def f(x): return x
"""
NO_RESULTS = """
import contextlib, os
for descriptor in range(1, 99):
    for line in (b'[]', b'{"call": []}', b'{"call": 0}', b"[" * 9999, b"1" * 9999, b'\\xff', b'{"value": 4}'):
        with contextlib.suppress(OSError): os.write(descriptor, line + b'\\n')
def f(x): return x
"""
ALTERED_BUILTINS = """
import builtins
builtins.isinstance = builtins.type = lambda *a: True
builtins.BaseException = ZeroDivisionError
del builtins.len, builtins.enumerate
def f(x): return x
"""
ALTERED_JSON = """
import json
json.dumps = json.JSONEncoder.encode = lambda *a, **k: '{"call": 0, "value": 1}'
def f(x): return x
"""
CALLERS_NAMES = """
import sys
def f(x):
    frame = sys._getframe()
    while frame:
        for name in ('want', 'wanted', 'result', 'tests', 'expected'):
            if name in frame.f_locals: return frame.f_locals[name]
        frame = frame.f_back
"""
MEMORY = """
import gc
def f(x):
    for o in gc.get_objects():
        if o == 'ab' + 'ab' or o == [1, 2] * 2: return o
"""
ATTACKS = {
    "leave at once": "import sys\nsys.exit(0)",
    "really leave at once": "import os\nos._exit(0)",
    "leave in a call": "import os\ndef f(x): os._exit(0)",
    "equal to all": "class A:\n    __eq__ = lambda s, o: True\n    __hash__ = None\ndef f(x): return A()",
    "numbers equal to all": "class I(int): __eq__ = lambda s, o: True\ndef f(x): return I(0)",
    "lists equal to all": "class L(list): __eq__ = lambda s, o: True\ndef f(x): return L()",
    "printed results": PRINTED_RESULTS,
    "printed verdict": 'print(\'{"outcome": "correct", "score": 1.0}\')\ndef f(x): return x',
    "lines that are no results": NO_RESULTS,
    "builtins": ALTERED_BUILTINS,
    "json": ALTERED_JSON,
    "modules": "import sys\nsys.modules.clear()\nsys.stdout = sys.stdin = None\ndef f(x): return x",
    "every descriptor closed": "import os\nos.closerange(0, 256)\ndef f(x): return x * 2",
    "the callers' names": CALLERS_NAMES,
    "memory": MEMORY,
    "an evil error": "class E(Exception): __str__ = __repr__ = lambda s: exit(0)\ndef f(x): raise E",
    "a list in itself": "def f(x):\n    a = []\n    a.append(a)\n    return a",
    "a list too deep": "def f(x):\n    a = []\n    for _ in range(10**6): a = [a]\n    return a",
    "a generator": "def f(x):\n    while True: yield 1",
    "no function": "f = 4",
    "not defined": "def g(x): return x * 2",
    "no such name to look up": "def __getattr__(name): return lambda x: x * 2",
}


@pytest.mark.adversarial
@pytest.mark.parametrize("program", ATTACKS.values(), ids=ATTACKS)
def test_a_cheat_gets_nothing(program):
    verdict = judge(program, seconds=2.0)
    assert (verdict.outcome, verdict.score) == (Outcome.WRONG, 0.0), verdict


def test_the_first_failure_is_told():
    assert judge("def f(x): return [x]").detail == "0/3; f(2): got [2], wanted 4"
    assert judge("f").detail == "f is not defined: NameError"


def test_a_sandbox_that_fails_is_no_verdict():
    async def main():
        closed = ForkServer()
        return await CodeCalls()(problem(DOUBLE), "```\ndef f(x): return x * 2\n```", closed)

    verdict = asyncio.run(main())
    assert (verdict.outcome, verdict.score) == (Outcome.BROKEN, 0.0)


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        (FunctionTests("f", ()), "test/1: no calls"),
        (Answer("4"), "test/1: function tests are needed .* Answer"),
        (FunctionTests("f", (Call((), object()),)), "test/1: .* JSON"),
        (FunctionTests("f", (Call(({1},), 1),)), "test/1: .* JSON"),
    ],
)
def test_a_problem_that_cannot_be_judged_is_refused(reference, message):
    bad = Problem("test/1", (), reference, "code", "test")
    with pytest.raises(DataError, match=message):
        asyncio.run(CodeCalls()(bad, "```\nf = 1\n```", ForkServer()))


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@given(values)
def test_a_value_is_the_same_after_its_journey(value):
    assert same(value, json.loads(json.dumps(value)))


@given(values, values)
def test_what_python_tells_apart_by_far_is_not_the_same(want, got):
    if same(want, got):
        assert isinstance(want, float | list | dict) or (type(want) is type(got) and want == got)
        assert type(want) is type(got) or isinstance(want, float)


@given(st.floats(0.001, 1e9), st.floats(-2e-6, 2e-6))
def test_floats_have_a_millionth_of_room(want, error):
    if abs(abs(error) - 1e-6) > 1e-8:
        assert same(want, want * (1 + error)) == (abs(error) < 1e-6)
