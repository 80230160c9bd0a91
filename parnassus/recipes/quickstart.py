"""Quickstart: a 0.1M-parameter model learns to reason, on two CPU cores. `parnassus run quickstart`

Not a published system: the smallest run in which every part of the machine does real work.

    curate -> warm-up -> before -> rl-math -> between -> rl-code -> after

The demonstrations are noisy on purpose: warm-up leaves a model that knows how but is right half of the time,
so that RL has something to do from its first step. docs/log.md says how the numbers here were found.
"""

from parnassus.algorithms.grpo import grpo
from parnassus.algorithms.rewards import Correct, PassRate
from parnassus.curation.stage import Curate
from parnassus.curriculum.mixture import Mixture
from parnassus.curriculum.triggers import COLLAPSE
from parnassus.data.drawing import Generated
from parnassus.data.families.chain import Chain
from parnassus.data.families.guards import Guards
from parnassus.data.families.guards_chain import GuardsChain
from parnassus.data.families.lin import Lin
from parnassus.data.families.sort import Sort
from parnassus.data.filters.enough_tests import EnoughTests
from parnassus.data.filters.gold_parses import GoldParses
from parnassus.data.filters.prompt_length import PromptLength
from parnassus.evaluation.run import Evaluate
from parnassus.recipes.recipe import Recipe
from parnassus.train.optimizer import AdamW
from parnassus.train.rl import RL
from parnassus.train.sft import SFT
from parnassus.types import Sampling

CURATE = Curate(
    sources=(
        Generated(family=Chain(), train=2000, held_out=300, demonstrations=9000),
        Generated(family=Sort(digits=(2, 3)), train=600, held_out=100, demonstrations=2000),
        Generated(family=Lin(), train=300, held_out=40, demonstrations=2500),
        Generated(family=Guards(), train=1500, held_out=250, demonstrations=3500),
        Generated(family=GuardsChain(), train=1500, held_out=150, demonstrations=3000),
    ),
    steps=(PromptLength(300), EnoughTests(), GoldParses()),
)

WARM_UP = SFT(
    name="warm-up",
    steps=1700,
    batch=64,
    optimizer=AdamW(learning_rate=6e-3, betas=(0.9, 0.98), weight_decay=0.01, warmup=30, final=0.1),
)

MATH = RL(
    name="rl-math",
    steps=80,
    curriculum=Mixture((("chain", 2.0), ("sort", 1.0), ("lin", 1.0))),
    algorithm=grpo(Correct()),
    sampling=Sampling(max_tokens=48),
    guards=COLLAPSE,
    optimizer=AdamW(learning_rate=1e-3, final=0.1),
)

CODE = RL(
    name="rl-code",
    steps=60,
    curriculum=Mixture((("guards", 6.0), ("guards_chain", 4.0), ("chain", 4.0), ("sort", 2.0), ("lin", 1.0))),
    algorithm=grpo(PassRate()),
    sampling=Sampling(max_tokens=72),
    guards=COLLAPSE,
    optimizer=AdamW(learning_rate=1e-3, final=0.1),
)

EVALUATION = Sampling(max_tokens=72)

RECIPE = Recipe(
    name="quickstart",
    summary="a 0.1M-parameter model learns to calculate, then to write small programs, on two CPU cores",
    model="builtin:tiny",
    seed=0,
    stages=(
        CURATE,
        WARM_UP,
        Evaluate(name="before", sampling=EVALUATION),
        MATH,
        Evaluate(name="between", sampling=EVALUATION),
        CODE,
        Evaluate(name="after", sampling=EVALUATION),
    ),
)
