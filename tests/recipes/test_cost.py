"""The cost of a recipe, counted by hand."""

from dataclasses import replace

from parnassus.algorithms.grpo import grpo
from parnassus.algorithms.rewards import Correct
from parnassus.curation.stage import Curate
from parnassus.curriculum.changes import Change
from parnassus.curriculum.mixture import Mixture
from parnassus.curriculum.triggers import AfterEpochs, AfterSteps
from parnassus.data.drawing import Generated
from parnassus.data.families.chain import Chain
from parnassus.data.families.sort import Sort
from parnassus.evaluation.run import Evaluate
from parnassus.recipes.cost import Cost, estimate, total
from parnassus.recipes.recipe import Recipe
from parnassus.train.optimizer import AdamW
from parnassus.train.reward_model import RewardModel
from parnassus.train.rl import RL
from parnassus.train.sft import SFT
from parnassus.types import Sampling

ADAM = AdamW(learning_rate=1e-3)
RECIPE = Recipe(
    name="small",
    summary="",
    model="builtin:tiny",
    seed=0,
    stages=(
        Curate(
            sources=(
                Generated(family=Chain(), train=20, held_out=5),
                Generated(family=Sort(), train=30, held_out=6),
            )
        ),
        SFT(name="warm-up", steps=10, batch=3, optimizer=ADAM),
        RL(
            name="rl",
            steps=4,
            prompts=2,
            group_size=5,
            curriculum=Mixture((("chain", 1.0),)),
            algorithm=grpo(Correct()),
            sampling=Sampling(max_tokens=7),
            optimizer=ADAM,
            max_turns=3,
        ),
        Evaluate(name="after", samples=2, sampling=Sampling(max_tokens=9)),
    ),
)


def test_each_stage_is_counted():
    assert estimate(RECIPE) == [
        Cost(stage="curate"),
        Cost(stage="warm-up", updates=10, trained_sequences=30),
        Cost(  # 4 steps of 2 problems, 5 times each, up to 3 turns of 7 tokens
            stage="rl", rollouts=40, sampled_tokens=840, updates=4, trained_sequences=40, trained_tokens=840
        ),
        Cost(stage="after", rollouts=22, sampled_tokens=198),  # 11 problems held out, twice each, 9 tokens
    ]


def test_what_may_grow_is_counted_as_it_may_be():
    rl = replace(
        RECIPE.stages[2],
        changes=(Change(AfterSteps(2), group_size=6), Change(AfterSteps(3), max_tokens=10)),
        refill=1,
        train_groups=1,
        updates=2,
        epochs=3,
    )
    assert estimate(replace(RECIPE, stages=(*RECIPE.stages[:2], rl)))[2] == Cost(
        stage="rl",
        rollouts=4 * 2 * 2 * 6,
        sampled_tokens=4 * 2 * 2 * 6 * 3 * 10,
        updates=4 * 2 * 3,
        trained_sequences=4 * 1 * 6 * 3,
        trained_tokens=4 * 1 * 6 * 3 * 3 * 10,
    )


def test_an_evaluation_is_of_the_problems_that_the_last_curation_held_out():
    first, *_, evaluate = RECIPE.stages
    second = Curate(name="more", sources=(Generated(family=Chain(), train=9, held_out=4),))
    none = Curate(name="none", sources=(Generated(family=Chain(), train=9, held_out=0),))
    again = [replace(evaluate, name=f"after-{n}") for n in range(3)]
    costs = estimate(replace(RECIPE, stages=(first, again[0], second, again[1], none, again[2])))
    assert [cost.rollouts for cost in costs] == [0, 2 * 11, 0, 2 * 4, 0, 0]
    assert [cost.sampled_tokens for cost in costs] == [0, 9 * 2 * 11, 0, 9 * 2 * 4, 0, 0]


def test_what_a_trigger_may_end_sooner_is_counted_to_its_last_step():
    ends = tuple(replace(stage, until=(AfterEpochs(1),)) for stage in RECIPE.stages[1:3])
    stages = (RECIPE.stages[0], *ends, RECIPE.stages[3])
    assert estimate(replace(RECIPE, stages=stages)) == estimate(RECIPE)


def test_a_reward_model_is_counted():
    judge = RewardModel(
        name="judge", steps=3, batch=4, prompts=5, samples=6, sampling=Sampling(max_tokens=7), optimizer=ADAM
    )
    assert estimate(replace(RECIPE, stages=(RECIPE.stages[0], judge)))[1] == Cost(
        stage="judge", rollouts=5 * 6, sampled_tokens=5 * 6 * 7, updates=3, trained_sequences=3 * 4 * 2
    )


def test_the_total_is_the_sum():
    assert total(estimate(RECIPE)) == Cost(
        stage="total",
        rollouts=62,
        sampled_tokens=1038,
        updates=14,
        trained_sequences=70,
        trained_tokens=840,
    )
