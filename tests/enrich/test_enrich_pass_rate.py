"""Pass rates that are planted come out exactly; what could not be judged counts for nothing."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from model_server import ModelServer
from scripted import NoSandbox, Scripted, job, made, problem, wait

from parnassus.enrich.answerer import Reply
from parnassus.enrich.asking import Agent, judged
from parnassus.enrich.job import enrich
from parnassus.enrich.made import Made, Means, Sample
from parnassus.enrich.pass_rate import PassRate
from parnassus.enrich.server import ServerAnswerer
from parnassus.errors import AnsweringError, ConfigError
from parnassus.types import (
    AssertTests,
    Breakage,
    Message,
    Outcome,
    Problem,
    Sampling,
    Stop,
    Verdict,
)

SAMPLING = Sampling(100)


def in_turn(*said: str) -> Callable[[str, int], str]:
    left = iter(said)
    return lambda text, seed: next(left)


def test_a_server_that_is_right_on_3_of_8_seeds(tmp_path: Path):
    seeds: dict[str, list[int]] = {}
    lock = threading.Lock()

    def script(asked: dict) -> str:
        with lock:
            mine = seeds.setdefault(asked["messages"][0]["content"], [])
            mine.append(asked["seed"])
            return r"So it is \boxed{2}." if len(mine) <= 3 else r"It is \boxed{3}."

    async def main(url: str):
        async with ServerAnswerer(url, "m") as answerer:
            means = Means({"model": answerer}, NoSandbox())
            return await enrich(problems, PassRate(8, SAMPLING), means, tmp_path)

    problems = [problem(f"{number}?") for number in range(5)]
    with ModelServer(script) as server:
        results = wait(main(server.url))
    expected = {"pass_rate": 3 / 8, "samples": 8, "parsable": 1, "potential": 4 * 3 / 8 * 5 / 8}
    expected |= {"score": 3 / 8, "score_std": pytest.approx((3 / 8 * 5 / 8) ** 0.5)}
    assert [item.problem.stats for item in results] == [expected] * 5
    assert all(len(set(mine)) == 8 for mine in seeds.values()), "each with a seed of its own"


def test_what_is_counted():
    said = in_turn(r"\boxed{2} a b", "no idea", r"\boxed{3}", r"\boxed{2}", "")
    result = made(PassRate(5, SAMPLING), problem(stats={"level": 4.0}), model=Scripted(said))
    assert result.problem.stats == {
        "level": 4.0,
        "pass_rate": 2 / 5,
        "samples": 5,
        "parsable": 3 / 5,
        "potential": pytest.approx(4 * 2 / 5 * 3 / 5),
        "score": pytest.approx(2 / 5),
        "score_std": pytest.approx((2 / 5 * 3 / 5) ** 0.5),
        "response_tokens": (3 + 2 + 1 + 1 + 0) / 5,
    }
    assert [sample.verdict.outcome for sample in result.samples] == [
        *(Outcome.CORRECT, Outcome.UNPARSED, Outcome.WRONG, Outcome.CORRECT, Outcome.UNPARSED),
    ]


@dataclass(frozen=True)
class BySaid:
    """Judges by what the response says: right, wrong, or what broke."""

    async def __call__(self, problem: Problem, response: str, sandbox: object) -> Verdict:
        if response in ("right", "wrong"):
            right = response == "right"
            return Verdict(Outcome.CORRECT if right else Outcome.WRONG, float(right))
        return Verdict(Outcome.BROKEN, 0.0, "it broke", Breakage(response))


def rated(*said: str) -> Made:
    return made(PassRate(len(said), SAMPLING, verifier=BySaid()), problem(), model=Scripted(in_turn(*said)))


def test_what_broke_is_in_no_rate():
    result = rated("right", "sandbox", "wrong", "judge", "right", "checker")
    assert result.problem.stats["pass_rate"] == pytest.approx(2 / 3)
    assert result.problem.stats["samples"] == 3
    assert result.dropped == ""
    with pytest.raises(AnsweringError, match=r"not judged: it broke \(asked 3 times\)"):
        rated("right", "judge", "sandbox")


def test_a_problem_that_nothing_can_be_judged_by_is_dropped():
    result = rated("right", "checker", "judge")
    assert result.dropped == "cannot be judged: it broke (asked 1 times)"
    assert "pass_rate" not in result.problem.stats
    no_tests = replace(problem(), reference=AssertTests(()))
    result = made(PassRate(2, SAMPLING), no_tests, model=Scripted(lambda text, seed: "x"))
    assert (
        result.dropped
        == f"cannot be judged: {no_tests.id}: no tests to judge by; drop the problem or give it tests"
    )


def sample(outcome: Outcome, breakage: Breakage | None) -> Sample:
    return Sample("a", "", Stop.FINISHED, None, Verdict(outcome, 0.0, "", breakage))


RIGHT = sample(Outcome.WRONG, None)
BROKEN = [sample(Outcome.BROKEN, breakage) for breakage in Breakage]


@given(st.lists(st.sampled_from([RIGHT, RIGHT, RIGHT, *BROKEN]), min_size=1, max_size=9))
def test_most_must_have_been_judged(samples: list[Sample]):
    broken = [one for one in samples if one.verdict.breakage]
    if Fraction(len(broken), len(samples)) <= Fraction(1, 2):
        assert judged(samples) == [one for one in samples if one is RIGHT]
    elif not {Breakage.SANDBOX, Breakage.OVERLOAD} & {one.verdict.breakage for one in broken}:
        assert judged(samples) == []
    else:
        with pytest.raises(AnsweringError):
            judged(samples)


def test_several_agents_are_asked_in_their_own_ways():
    agents = (
        Agent("text", after="Do not write code."),
        Agent("code", "coder", system="You write code."),
    )
    one, two = Scripted(lambda text, seed: r"\boxed{2}"), Scripted(lambda text, seed: r"\boxed{3}")
    asked = replace(problem(), prompt=(Message("system", "Be brief."), Message("user", "1+1=?")))
    result = made(PassRate(5, SAMPLING, agents), asked, model=one, coder=two)
    assert result.problem.stats["pass_rate"] == 0.5
    assert result.problem.stats["potential"] == 1
    assert [sample.by for sample in result.samples] == ["text"] * 5 + ["code"] * 5
    assert {messages for messages, *_ in one.asked} == {
        (Message("system", "Be brief."), Message("user", "1+1=?\n\nDo not write code."))
    }
    assert {messages for messages, *_ in two.asked} == {
        (Message("system", "You write code.\n\nBe brief."), Message("user", "1+1=?"))
    }
    assert len({seed for model in (one, two) for *_, seed in model.asked}) == 10
    assert agents[1].messages(problem())[0] == Message("system", "You write code.")


@settings(max_examples=30)
@given(st.integers(0, 9), st.integers(1, 5))
def test_the_estimate_names_the_questions_that_are_asked(seed: int, samples: int):
    rate, model = PassRate(samples, SAMPLING, seed=seed), Scripted(lambda text, seed: r"\boxed{2}")
    wait(rate(problem(), Means({"model": model}, NoSandbox())))
    assert [(r.messages, r.sampling, r.seed) for r in rate.requests(problem())] == model.asked


def test_one_answer_that_does_not_come_is_waited_for_by_the_others(tmp_path: Path):
    number = iter(range(99))
    model = Scripted(lambda text, seed: None if next(number) == 1 else r"\boxed{2}")
    results = job([problem()], PassRate(4, SAMPLING), tmp_path, model)
    assert [item.reason for item in results] == ["the server is gone: again"]
    assert len(model.asked) == 4


def test_a_program_is_judged_in_the_sandbox():
    code = replace(problem(), reference=AssertTests(("assert f(1) == 2", "assert f(2) == 3")), domain="code")
    said = in_turn(*(f"```python\ndef f(x):\n    return {body}\n```" for body in ("x + 1", "2", "x + 1")))
    result = made(PassRate(3, SAMPLING), code, model=Scripted(said))
    assert result.problem.stats["pass_rate"] == pytest.approx(2 / 3)
    assert [sample.verdict.score for sample in result.samples] == [1.0, 0.5, 1.0]


@pytest.mark.parametrize(
    "settings", [{"samples": 0}, {"agents": ()}, {"agents": (Agent(), Agent("agent", "b"))}]
)
def test_settings_that_make_no_sense(settings: dict):
    with pytest.raises(ConfigError):
        PassRate(**{"samples": 1, "sampling": SAMPLING} | settings)


def test_a_cut_reply_keeps_why_it_ended():
    model = Scripted(lambda text, seed: Reply("1+1 is", Stop.LENGTH, 5, 3))
    [one] = made(PassRate(1, SAMPLING), problem(), model=model).samples
    assert (one.text, one.stop, one.tokens) == ("1+1 is", Stop.LENGTH, 3)
