"""The families against other solvers, which read the prompts only and share no arithmetic with them."""

import importlib
import pkgutil
import random
import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parnassus.data import families
from parnassus.data.families.chain import Chain
from parnassus.data.families.clauses import (
    CONDITIONS_WITH_CONSTANT,
    EXPRESSIONS_WITH_CONSTANT,
)
from parnassus.data.families.guards import Guards
from parnassus.data.families.guards_chain import GuardsChain
from parnassus.data.families.lin import Lin
from parnassus.data.families.sort import Sort
from parnassus.errors import ConfigError, DataError
from parnassus.types import Answer, Demonstration, FunctionTests

EXAMPLES = [
    module.EXAMPLE
    for found in pkgutil.iter_modules(families.__path__)
    if hasattr(module := importlib.import_module(f"{families.__name__}.{found.name}"), "EXAMPLE")
]
CLEAN = [
    Chain((1, 8), noise=0, direct=0),
    Sort((2, 6), noise=0, direct=0),
    Lin((2, 9), noise=0, direct=0),
    Guards((1, 5), noise=0),
    GuardsChain((1, 5), noise=0),
]
seeds = st.integers(0, 2**32)


def draw(family, count: int, seed: int = 0) -> list[Demonstration]:
    rng = random.Random(seed)
    return [family(rng) for _ in range(count)]


def solve_chain(text: str) -> str:
    value, steps = int(text[0]), ""
    for symbol, operand in re.findall(r"([-+*])(\d)", text):
        result = {"+": value + int(operand), "-": value - int(operand), "*": value * int(operand)}[
            symbol
        ] % 10
        steps += f"{value}{symbol}{operand}={result};"
        value = result
    return f"<think>{steps}</think>\\boxed{{{value}}}"


def solve_sort(digits: str) -> str:
    answer = sorted(digits)
    steps, left = "", digits
    for digit in answer:
        at = left.index(digit)
        left = left[:at] + left[at + 1 :]
        steps += f"{digit}|{left};"
    return f"<think>{steps}</think>\\boxed{{{''.join(answer)}}}"


def solve_lin(text: str) -> str:
    match = re.fullmatch(r"(\d+)x\+(\d+)=(\d+):", text)
    assert match
    a, b, c = map(int, match.groups())
    return f"<think>{c}-{b}={c - b};{c - b}/{a}={(c - b) // a};</think>\\boxed{{{(c - b) // a}}}"


PYTHON = {phrase.words: phrase.code for phrase in (*CONDITIONS_WITH_CONSTANT, *EXPRESSIONS_WITH_CONSTANT)}


def solve_code(text: str) -> str:
    """Translates a code prompt; the constant, if any, is worked out by `solve_chain`."""
    thinking, head = "", ""
    if match := re.fullmatch(r"c=([-+*\d]+); (.*)", text):
        worked = re.fullmatch(r"<think>(.*)</think>\\boxed\{(\d)\}", solve_chain(match[1]))
        assert worked
        thinking, head, text = worked[1], f"c={worked[2]}\n", match[2]
    *clauses, last = text.split("; ")
    lines = []
    for clause in clauses:
        condition, result = clause.removeprefix("if ").split(" give ")
        lines.append(f" if {PYTHON[condition]}:return {PYTHON[result]}")
    lines.append(f" return {PYTHON[last.removeprefix('else ')]}")
    return f"<think>{thinking}</think>```python\n{head}def f(x,y):\n" + "\n".join(lines) + "\n```"


SOLVERS = {"calc": solve_chain, "sort": solve_sort, "solve": solve_lin, "code": solve_code}


def solution(demonstration: Demonstration) -> str:
    kind, text = demonstration.problem.prompt[0].content.split(": ", 1)
    return SOLVERS[kind](text)


def run(response: str, arguments: tuple) -> object:
    """Executes a program that these tests generated themselves."""
    scope: dict = {}
    exec(response.split("```python\n")[1].removesuffix("\n```"), scope)
    return scope["f"](*arguments)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("calc: 6+4*7-4-5=", r"<think>6+4=0;0*7=0;0-4=6;6-5=1;</think>\boxed{1}"),
        ("sort: 3732=", r"<think>2|373;3|73;3|7;7|;</think>\boxed{2337}"),
        ("solve: 3x+1=10:", r"<think>10-1=9;9/3=3;</think>\boxed{3}"),
        (
            "code: if y is odd give the sum; if x exceeds y give x squared; else the difference",
            "<think></think>```python\n"
            "def f(x,y):\n if y%2==1:return x+y\n if x>y:return x*x\n return x-y\n```",
        ),
        (
            "code: c=8-7-9; if x is under c give the gap; else y minus c",
            "<think>8-7=1;1-9=2;</think>```python\n"
            "c=2\ndef f(x,y):\n if x<c:return abs(x-y)\n return y-c\n```",
        ),
    ],
)
def test_these_solvers_give_the_worked_examples(text, expected):
    kind, rest = text.split(": ", 1)
    rest = rest.removesuffix("=")
    assert SOLVERS[kind](rest) == expected


@settings(max_examples=60, deadline=None)
@given(seeds)
def test_without_noise_every_demonstration_is_the_solution(seed):
    for family in CLEAN:
        demonstration = family(random.Random(seed))
        kind, text = demonstration.problem.prompt[0].content.split(": ", 1)
        assert demonstration.response == SOLVERS[kind](text.removesuffix("="))


@settings(max_examples=60, deadline=None)
@given(seeds)
def test_the_reference_agrees_with_the_solution(seed):
    for family in CLEAN:
        demonstration = family(random.Random(seed))
        match demonstration.problem.reference:
            case Answer(value):
                assert demonstration.response.endswith(f"\\boxed{{{value}}}")
            case FunctionTests(function, calls):
                assert function == "f"
                assert all(run(demonstration.response, call.arguments) == call.result for call in calls)


@pytest.mark.parametrize("family", [Guards((1, 5)), GuardsChain((1, 5))])
def test_tests_are_distinct_and_shared_out_over_the_branches(family):
    for demonstration in draw(family, 200):
        program = solution(demonstration)
        lines = [line for line in program.split("\n") if "return" in line]
        # The same program, but each branch gives its own number instead of its result.
        marked = program
        for number, line in enumerate(lines):
            marked = marked.replace(line, line.split("return ")[0] + f"return {number}", 1)
        reference = demonstration.problem.reference
        assert isinstance(reference, FunctionTests)
        inputs = [call.arguments for call in reference.calls]
        assert len(set(inputs)) == 12
        assert all(0 <= value <= 12 for pair in inputs for value in pair)
        counts = Counter(run(marked, pair) for pair in inputs)
        assert len(counts) == len(lines) == demonstration.problem.stats["level"] + 1
        assert max(counts.values()) - min(counts.values()) <= 1


def test_guards_chain_always_needs_its_constant():
    for demonstration in draw(GuardsChain((1, 1)), 200):
        program = solution(demonstration)
        assert re.search(r"[-+<>]c\b", program)
        assert "c=0\n" not in program


@pytest.mark.parametrize("family", EXAMPLES, ids=lambda f: f.name)
def test_same_seed_same_draws(family):
    assert draw(family, 50, seed=1) == draw(family, 50, seed=1)
    assert draw(family, 50, seed=1) != draw(family, 50, seed=2)


@pytest.mark.parametrize("family", EXAMPLES, ids=lambda f: f.name)
def test_the_id_is_the_prompt(family):
    problems = [demonstration.problem for demonstration in draw(family, 500)]
    ids = {problem.id for problem in problems}
    assert len(ids) == len({problem.prompt for problem in problems})
    assert all(re.fullmatch(rf"{family.name}/[0-9a-f]{{16}}", one) for one in ids)


def test_an_id_is_the_same_everywhere_and_for_ever():
    problems = [demonstration.problem for demonstration in draw(Chain((1, 1)), 3000)]
    [found] = {problem.id for problem in problems if problem.prompt[0].content == "calc: 1+2="}
    assert found == "chain/d5e63528c5437127"  # blake2b, 8 bytes, of [["user", "calc: 1+2="]]


LEVELS = {
    "chain": lambda text: len(re.findall(r"[-+*]", text)),
    "sort": lambda text: len(re.findall(r"\d", text)),
    "lin": lambda text: int(text.split()[1].split("x")[0]),
    "guards": lambda text: text.count(" give "),
    "guards_chain": lambda text: text.count(" give "),
}


@pytest.mark.parametrize("family", [f for f in EXAMPLES if f.name in LEVELS], ids=lambda f: f.name)
def test_the_level_can_be_read_off_the_prompt(family):
    for demonstration in draw(family, 200):
        problem = demonstration.problem
        level = LEVELS[family.name](problem.prompt[0].content)
        assert problem.stats == {"level": level}
        assert problem.source == family.name
        assert problem.domain == family.domain


@settings(max_examples=100, deadline=None)
@given(seeds)
def test_a_noisy_chain_agrees_with_itself(seed):
    response = Chain((1, 8), noise=0.5, direct=0)(random.Random(seed)).response
    steps = re.findall(r"(\d)[-+*]\d=(\d);", response)
    results = [result for _, result in steps]
    assert [first for first, _ in steps[1:]] == results[:-1]
    assert response.endswith(f"\\boxed{{{results[-1]}}}")


@settings(max_examples=100, deadline=None)
@given(seeds)
def test_a_noisy_sort_loses_no_digit(seed):
    demonstration = Sort((2, 6), noise=0.5, direct=0)(random.Random(seed))
    digits = demonstration.problem.prompt[0].content[len("sort: ") : -1]
    answer = demonstration.response.split("{")[1][:-1]
    assert sorted(answer) == sorted(digits)
    assert answer == "".join(re.findall(r"(\d)\|", demonstration.response))


def test_a_noisy_program_uses_the_value_its_thinking_found():
    wrong = 0
    for demonstration in draw(GuardsChain((1, 3), noise=0.5), 200):
        thinking, program = demonstration.response.split("</think>")
        assert program.startswith(f"```python\nc={thinking[-2]}\n")
        wrong += demonstration.response != solution(demonstration)
    assert wrong > 150


@pytest.mark.parametrize(("noise", "right"), [(0.0, 1.0), (0.2, 0.82), (1.0, 0.1)])
def test_noise_is_the_share_of_steps_redrawn(noise, right):
    # A redrawn digit is right one time in ten: 1 - 0.9 * noise. Four standard errors of 4000 draws at most.
    drawn = draw(Chain((1, 1), noise=noise, direct=0), 4000)
    share = sum(d.response == solve_chain(d.problem.prompt[0].content[6:]) for d in drawn) / len(drawn)
    assert share == pytest.approx(right, abs=0.025)


@pytest.mark.parametrize("family", [Chain((2, 4), direct=1), Sort((2, 4), direct=1), Lin((2, 6), direct=1)])
def test_answers_without_thinking_are_right_somewhat_more_than_half_the_time(family):
    drawn = draw(family, 4000)
    assert all(d.response.startswith("<think></think>\\boxed{") for d in drawn)
    share = sum(d.response == f"<think></think>\\boxed{{{d.problem.reference.value}}}" for d in drawn) / len(
        drawn
    )
    assert share == pytest.approx(0.55, abs=0.032)


def test_direct_is_the_share_of_answers_without_thinking():
    drawn = draw(Chain((1, 4), direct=0.3), 4000)
    assert sum("<think></think>" in d.response for d in drawn) / len(drawn) == pytest.approx(0.3, abs=0.03)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Chain((0, 3)), r"chain: operations=\(0, 3\)"),
        (lambda: Chain((4, 3)), r"chain: operations=\(4, 3\)"),
        (lambda: Chain(noise=1.5), r"chain: noise=1.5"),
        (lambda: Sort((1, 3)), r"sort: digits=\(1, 3\)"),
        (lambda: Sort(direct=-0.1), r"sort: direct=-0.1"),
        (lambda: Lin((1, 3)), r"lin: coefficients=\(1, 3\)"),
        (lambda: Guards((1, 8)), r"guards: guards=\(1, 8\).*<= 7"),
        (lambda: GuardsChain((1, 12)), r"guards_chain: guards=\(1, 12\).*<= 11"),
    ],
)
def test_parameters_out_of_range_are_refused_by_name(make, says):
    with pytest.raises(ConfigError, match=says):
        make()


def test_what_cannot_be_drawn_gives_up_and_says_so():
    with pytest.raises(DataError, match=r"GuardsChain\(guards=\(11, 11\).*no program of 11 guards"):
        GuardsChain((11, 11))(random.Random(0))
