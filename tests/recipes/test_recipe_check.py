"""What is refused of a recipe before anything runs."""

from dataclasses import dataclass, replace

import pytest

from parnassus.algorithms.grpo import grpo
from parnassus.algorithms.rewards import Correct, ThinkTags, TrainedScore, Unless
from parnassus.algorithms.rewards.pay import mapped, name_of
from parnassus.curation.stage import Curate
from parnassus.curriculum.mixture import Mixture
from parnassus.errors import ConfigError
from parnassus.recipes.check import check
from parnassus.recipes.recipe import Recipe
from parnassus.train.optimizer import AdamW
from parnassus.train.reward_model import RewardModel
from parnassus.train.rl import BASE, RL
from parnassus.train.sft import SFT
from parnassus.types import RewardTerm, Sampling, Trajectory, Verdict

ADAM, SHORT = AdamW(learning_rate=1e-3), Sampling(max_tokens=8)
JUDGE = RewardModel(name="judge", steps=1, prompts=1, sampling=SHORT, optimizer=ADAM)
PAID = RL(
    name="rl",
    steps=1,
    curriculum=Mixture((("chain", 1.0),)),
    algorithm=grpo(Correct()),
    sampling=SHORT,
    optimizer=ADAM,
)


@dataclass(frozen=True)
class Sum:
    """A term that pays several."""

    terms: tuple[RewardTerm, ...]

    def __call__(self, trajectory: Trajectory, verdict: Verdict) -> float:
        return sum(term(trajectory, verdict) for term in self.terms)


HIDING = [
    TrainedScore("judge"),
    Unless(ThinkTags(), TrainedScore("judge")),
    Unless(TrainedScore("judge"), Correct()),
    Unless(ThinkTags(), Unless(ThinkTags(), TrainedScore("judge"))),
    Sum((Correct(), TrainedScore("judge"))),
]


def recipe(*stages) -> Recipe:
    return Recipe(name="x", summary="", model="", seed=0, stages=(Curate(sources=()), *stages))


@pytest.mark.parametrize("term", HIDING, ids=str)
def test_a_reward_model_that_nobody_trains_is_found_wherever_it_is_named(term: RewardTerm):
    paid = replace(PAID, algorithm=grpo(term))
    check(recipe(JUDGE, paid))
    for stages in [(paid,), (paid, JUDGE), (replace(JUDGE, name="other"), paid)]:
        with pytest.raises(ConfigError, match=r"'rl' wants the reward model of stage 'judge'"):
            check(recipe(*stages))


@pytest.mark.parametrize("term", HIDING, ids=str)
def test_a_term_is_changed_wherever_it_stands(term: RewardTerm):
    def to_zero(each: RewardTerm) -> RewardTerm:
        return Correct(0.0) if isinstance(each, TrainedScore) else each

    changed = mapped(term, to_zero)
    assert "TrainedScore" not in str(changed)
    assert str(changed) == str(term).replace(str(TrainedScore("judge")), str(Correct(0.0)))
    assert mapped(term, lambda each: each) is term


def test_inner_terms_are_changed_first_and_the_outer_one_sees_it():
    seen: list[str] = []

    def note(term: RewardTerm) -> RewardTerm:
        seen.append(name_of(term) if isinstance(term, Unless) else type(term).__name__)
        return Correct() if isinstance(term, TrainedScore) else term

    mapped(Unless(ThinkTags(), TrainedScore("judge")), note)
    assert seen == ["ThinkTags", "TrainedScore", "correct"]


def test_a_function_is_a_term_too():
    def term(trajectory: Trajectory, verdict: Verdict) -> float:
        return 1.0

    assert mapped(term, lambda each: each) is term
    assert mapped(term, lambda _: Correct()) == Correct()


def test_the_base_is_a_reference_and_no_training_stage():
    warm = SFT(name="warm-up", steps=1, optimizer=ADAM)
    check(recipe(replace(PAID, reference=BASE)))
    check(recipe(warm, replace(PAID, reference="warm-up")))
    with pytest.raises(ConfigError, match=r"'rl' wants the reference of stage 'warm-up'.*none"):
        check(recipe(replace(PAID, reference="warm-up"), warm))
    for stage in (replace(warm, name=BASE), replace(PAID, name=BASE)):
        with pytest.raises(ConfigError, match="may not be named 'base'"):
            check(recipe(stage))
