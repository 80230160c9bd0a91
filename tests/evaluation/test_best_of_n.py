"""Best of N: who chooses what, over the same responses; worked out by hand and by brute force."""

from itertools import combinations
from math import comb, sqrt
from random import Random
from statistics import fmean, stdev

import pytest

from parnassus.errors import ConfigError, DataError, JudgingError, ModelError
from parnassus.evaluation.best_of_n import BestOfN, best_of, most_say, scored_by
from parnassus.evaluation.metrics import Difference, average_at_k, paired_difference
from parnassus.evaluation.run import Evaluate
from parnassus.types import (
    Answer,
    AssertTests,
    Breakage,
    Group,
    Outcome,
    Problem,
    Sampling,
    Scored,
    Stop,
    Trajectory,
    Verdict,
)

DEAD = Verdict(Outcome.BROKEN, 0.0, "died", Breakage.SANDBOX)


def problem(source: str, number: int = 1, domain: str = "math") -> Problem:
    reference = Answer("1") if domain == "math" else AssertTests(("assert f(1) == 1",))
    return Problem(f"{source}/{number}", (), reference, domain, source)


def member(of: Problem, correct: bool | None, score: float, said: str = "") -> Scored:
    trajectory = Trajectory(of, (1, 2), (False, True), (0.0, -1.0), said, 1, Stop.FINISHED, 0)
    verdict = Verdict(Outcome.CORRECT, 1.0) if correct else Verdict(Outcome.WRONG, 0.0)
    return Scored(trajectory, DEAD if correct is None else verdict, score, {"score": score})


def group(source: str, told: str, scores: tuple[float, ...], answers: str = "", **of: str) -> Group:
    """`told`: y, n or ! (broken) a response."""
    asked = problem(source, **of)  # type: ignore[arg-type]
    said = [rf"\boxed{{{answer}}}" for answer in answers] or [""] * len(told)
    right = [{"y": True, "n": False, "!": None}[letter] for letter in told]
    rows = zip(right, scores, said, strict=True)
    return Group(asked, tuple(member(asked, *row) for row in rows))


TWO = [
    group("a", "nyny", (0.1, 0.5, 0.9, 0.7), "3131"),
    group("b", "ynnn", (2.0, 1.0, 0.0, 3.0), "1222"),
]


def test_by_hand():
    whole = [c for c in best_of(TWO, (1, 2, 4)) if c.source is None]
    assert [c.count for c in whole] == [1, 2, 4]
    # of one: wrong, right; of two: the second of a, the first of b; of four: a wrong one in both
    assert [c.reward_model.mean for c in whole] == [0.5, 1.0, 0.0]
    assert [c.oracle.mean for c in whole] == [0.5, 1.0, 1.0]
    assert [c.mean.mean for c in whole] == [0.5, 0.5, 0.375]
    assert [c.majority and c.majority.mean for c in whole] == [0.5, 0.5, 0.0]  # of equals the first
    assert [c.lead.mean for c in whole] == pytest.approx([0.0, 0.5, -0.375])
    assert [c.reward_model.problems for c in whole] == [2, 2, 2]
    assert [c.mean.samples for c in whole] == [1, 2, 4]
    assert [c.mean for c in whole][2] == average_at_k([[0.0, 1.0, 0.0, 1.0], [1.0, 0.0, 0.0, 0.0]])


def test_each_source_has_its_own():
    told = {(c.source, c.count): c for c in best_of(TWO, (2, 4))}
    assert list(told) == [(None, 2), (None, 4), ("a", 2), ("a", 4), ("b", 2), ("b", 4)]
    assert told["b", 2].oracle.mean == 1.0
    assert told["a", 4].mean.mean == 0.5
    assert told["a", 4].lead == Difference(-0.5, -1.0, 1.0)


def test_what_could_not_be_judged_is_nobodys_choice_and_in_no_average():
    """The broken ones have the highest scores, and the first two of the others are the best of 2."""
    groups = [group("a", "!n!yn", (9.0, 1.0, 8.0, 2.0, 3.0)), group("a", "!!!!!", (1.0,) * 5)]
    two, four = [c for c in best_of(groups, (2, 4)) if c.source is None]
    assert (two.reward_model.mean, two.mean.mean, two.oracle.mean) == (1.0, 0.5, 1.0)
    assert (four.reward_model.mean, four.mean.mean) == (0.0, pytest.approx(1 / 3))  # there are only three
    assert (four.mean.problems, four.mean.samples) == (1, 3)
    assert (four.responses, four.breakages) == (10, {"sandbox": 7})
    with pytest.raises(JudgingError, match=r"none of the 5 responses to problems of b .*sandbox: 5"):
        best_of([group("a", "y", (1.0,)), group("b", "!!!!!", (1.0,) * 5)], (1,))


def test_programs_have_no_majority():
    code = [group("c", "yn", (1.0, 0.0), domain="code")]
    assert [c.majority for c in best_of(code, (1, 2))] == [None, None, None, None]
    assert {c.domain: c.majority is None for c in best_of([*code, *TWO], (2,))} == {
        "code": True,
        "math": False,
    }


@pytest.mark.parametrize(
    ("answers", "told", "right"),
    [
        (("1", "2", "2"), "ynn", False),
        (("2", "1", "1"), "nyy", True),
        (("0.5", r"\frac{1}{2}", "3", "3", r"\frac12"), "yynny", True),  # one answer, three spellings
        (("2", "1"), "ny", False),  # as many: the first
        (("1", "2", "3"), "ynn", True),
        (("", "", "1"), "nny", True),  # no answer is no vote
        (("", ""), "nn", False),
    ],
)
def test_the_majority_is_of_answers_and_not_of_texts(answers: tuple[str, ...], told: str, right: bool):
    asked = problem("a")
    said = [f"thinking, {n}: \\boxed{{{answer}}}" if answer else "none" for n, answer in enumerate(answers)]
    row = [member(asked, letter == "y", 0.0, text) for letter, text in zip(told, said, strict=True)]
    assert most_say(row) is right


def test_a_perfect_scorer_is_the_oracle_and_a_blind_one_the_mean():
    rng = Random(0)
    told = ["".join(rng.choice("ynn") for _ in range(16)) for _ in range(400)]
    perfect = [group("a", row, tuple(float(letter == "y") for letter in row)) for row in told]
    blind = [group("a", row, tuple(rng.random() for _ in row)) for row in told]
    for choice in best_of(perfect, (1, 4, 16)):
        assert choice.reward_model == choice.oracle
    for choice in best_of(blind, (1, 4, 16)):
        assert choice.lead.low <= 0 <= choice.lead.high
        assert choice.mean.low < 1 / 3 < choice.mean.high
    worst = [group("a", row, tuple(-float(letter == "y") for letter in row)) for row in told]
    assert best_of(worst, (4,))[0].lead.high < 0


def test_the_oracle_over_all_orders_is_pass_at_k():
    """Some of k out of n responses is right, of which c are: 1 - (n - c choose k) / (n choose k)."""
    n, right, k = 6, 2, 3
    orders = [
        group("a", "".join("y" if i in chosen else "n" for i in range(n)), (0.0,) * n)
        for chosen in combinations(range(n), right)
    ]
    (whole, _) = best_of(orders, (k,))
    assert whole.oracle.mean == pytest.approx(1 - comb(n - right, k) / comb(n, k))


def test_scores_take_the_place_of_rewards_and_verdicts_stay():
    asked: list[list[int]] = []

    def score(streams):
        asked.extend(map(list, streams))
        return [float(n) for n in range(len(streams))]

    groups = [group("a", "y!", (7.0, 7.0)), group("b", "n", (7.0,))]
    told = scored_by(groups, score)
    assert asked == [[1, 2]] * 3
    assert [m.reward for g in told for m in g.members] == [0.0, 1.0, 2.0]
    assert told[1].members[0].parts == {"score": 2.0}
    assert [m.verdict for g in told for m in g.members] == [m.verdict for g in groups for m in g.members]
    with pytest.raises(ModelError, match=r"no number to a response to a/1: its weights have diverged"):
        scored_by(groups, lambda streams: [float("nan")] * len(streams))


def test_a_paired_difference_is_narrower_than_one_of_two_strangers():
    told = [1.0, 0.0, 0.0, -1.0, 1.0, 0.5]
    found, half = paired_difference(told), 1.959964 * stdev(told) / sqrt(6)
    mean = fmean(told)
    assert (found.mean, found.low, found.high) == pytest.approx((mean, mean - half, mean + half))
    assert paired_difference([0.0] * 9) == Difference(0.0, 0.0, 0.0)
    assert paired_difference([1.0, -1.0]).low == -1.0
    assert paired_difference([0.5]) == Difference(0.5, -1.0, 1.0)
    with pytest.raises(DataError, match="at least one problem"):
        paired_difference([])


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"counts": ()}, "must be rising"),
        ({"counts": (4, 1)}, "must be rising"),
        ({"counts": (1, 4, 4)}, "must be rising"),
        ({"counts": (0, 4)}, "must be rising"),
        ({"tokens_per_batch": 0}, "tokens_per_batch=0"),
    ],
)
def test_settings_that_cannot_work_are_refused(change: dict, told: str):
    with pytest.raises(ConfigError, match=f"BestOfN: .*{told}"):
        BestOfN(reward_model="judge", **change)


def test_an_evaluation_draws_as_many_as_are_chosen_from():
    chosen, sampling = BestOfN(reward_model="judge", counts=(1, 16)), Sampling(max_tokens=8)
    assert Evaluate(name="x", sampling=sampling, samples=16, best_of=chosen).best_of == chosen
    with pytest.raises(ConfigError, match="the best of 16, and samples=15 of a problem are drawn"):
        Evaluate(name="x", sampling=sampling, samples=15, best_of=chosen)
