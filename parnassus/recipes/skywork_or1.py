"""Skywork-OR1-7B: MAGIC on mathematics and code together, in contexts that grow. arXiv:2505.22312,
github.com/SkyworkAI/Skywork-OR1.

    curate -> (pretraining) -> before -> screen -> rl-1 -> between -> rl-2 -> after

What is too easy or too hard for the very model that is trained goes before RL begins (`screen`); what it has
come to answer without fail goes before the next stage. Strictly one update a batch, at temperature 1; what is
cut off counts as wrong. `skywork_or1_32b` and `skywork_or1_math_7b` are the paper's two other models.
"""

from parnassus.algorithms.rewards import Correct
from parnassus.algorithms.skywork import skywork
from parnassus.curation.pipeline import Step
from parnassus.curation.stage import Curate
from parnassus.curriculum.epochs import Epochs
from parnassus.curriculum.rules import Solved
from parnassus.curriculum.triggers import COLLAPSE
from parnassus.data.checks.answer_in_solution import AnswerInSolution
from parnassus.data.checks.gold_verifies import GoldVerifies
from parnassus.data.checks.program_passes import ProgramPasses
from parnassus.data.drawing import Generated
from parnassus.data.families.chain import Chain
from parnassus.data.families.guards import Guards
from parnassus.data.families.spoiled import Spoiled
from parnassus.data.filters.bounds import Bounds
from parnassus.data.filters.decontaminate import Decontaminate
from parnassus.data.filters.figures import Figures
from parnassus.data.filters.links import Links
from parnassus.data.filters.telling_tests import TellingTests
from parnassus.data.similarity.duplicates import NormalisedDuplicates
from parnassus.enrich.asking import Agent
from parnassus.enrich.only import Only
from parnassus.enrich.pass_rate import PassRate
from parnassus.enrich.stand_ins import Judge
from parnassus.enrich.votes import Votes
from parnassus.evaluation.run import Evaluate
from parnassus.recipes import published_data as data
from parnassus.recipes import tiny
from parnassus.recipes.prompts import asking
from parnassus.recipes.recipe import Recipe, StandIn
from parnassus.recipes.scale import Scale
from parnassus.recipes.stated import Stated
from parnassus.train.optimizer import AdamW
from parnassus.train.rl import RL
from parnassus.types import Sampling

_JUDGES = ("llama-3.3-70b", "qwen2.5-72b")
_JUDGE = Judge((Chain(), Guards((1, 2))), accuracy=0.8)
_SHORT, _LONG = (16_384, 20), (32_768, 48)  # tokens of an answer, published and tiny


def recipe(scale: Scale) -> Recipe:
    first = stage(scale, "rl-1", _SHORT, steps=scale.of(660, 30), prompts=scale.of(256, 32), group=16)
    second = stage(scale, "rl-2", _LONG, steps=scale.of(660, 30), prompts=scale.of(160, 20), group=32)
    return variant(
        scale,
        "skywork-or1",
        "7B: adaptive entropy on mathematics and code together, 16K then 32K",
        "deepseek-ai/DeepSeek-R1-Distill-Qwen-7B",
        (first, evaluate(scale, "between"), second),
    )


def variant(
    scale: Scale, name: str, summary: str, model: str, trained: tuple[RL | Evaluate, ...], code: bool = True
) -> Recipe:
    """The same data and screens for another model and its stages."""
    found = Recipe(
        name=name,
        summary=summary,
        model=scale.of(model, tiny.MODEL),
        seed=0,
        stages=(
            _curate(scale, code),
            *tiny.pretraining(scale),
            evaluate(scale, "before"),
            _screen(scale),
            *trained,
            evaluate(scale, "after"),
        ),
        stand_ins=scale.of((), tuple(StandIn(name, _JUDGE) for name in _JUDGES)),
    )
    return asking(found, scale)


def stage(
    scale: Scale,
    name: str,
    answer: tuple[int, int],
    steps: int,
    prompts: int,
    group: int,
    updates: int = 1,
) -> RL:
    """A stage of one context. What the stage before answered without fail takes no part."""
    return RL(
        name=name,
        steps=steps,
        prompts=prompts,
        group_size=group,
        updates=updates,
        curriculum=Epochs(first=(Solved(),)),
        algorithm=skywork(Correct()),
        sampling=Sampling(max_tokens=scale.of(*answer)),
        guards=COLLAPSE,
        prompt_limit=scale.of(2048, tiny.PROMPT),
        optimizer=AdamW(learning_rate=scale.of(1e-6, 1e-3)),
    )


def evaluate(scale: Scale, name: str) -> Evaluate:
    sampling = Sampling(max_tokens=scale.of(*_LONG))
    return Evaluate(
        name=name, samples=scale.of(32, 2), sampling=sampling, prompt_limit=scale.of(2048, tiny.PROMPT)
    )


def _curate(scale: Scale, code: bool) -> Curate:
    math = (data.NUMINAMATH, data.DEEPSCALER, data.OMNI_MATH)
    families = (
        Generated(family=Spoiled(Chain(), share=0.1), train=1000, held_out=250, demonstrations=9000),
        Generated(family=Spoiled(Guards((1, 2)), share=0.1), train=600, held_out=200, demonstrations=4500),
    )
    steps: tuple[Step, ...] = (
        NormalisedDuplicates(),
        Links(),
        Figures(),
        *scale.of((Decontaminate(data.BENCHMARKS),), ()),
        TellingTests(),
        AnswerInSolution(required=False),
        GoldVerifies(),
        *scale.of((ProgramPasses(),), ()),
        Only("math", _votes(scale)),
    )
    return Curate(
        sources=scale.of((*math, *((data.LEETCODE, data.TACO) if code else ())), families[: 1 + code]),
        steps=steps,
        held_out=scale.of((data.AIME24, data.AIME25, *((data.LCB_V5,) if code else ())), ()),
    )


def _votes(scale: Scale) -> Votes:
    judges = tuple(Agent(name, name) for name in _JUDGES)
    return Votes(judges, votes=scale.of(16, 16), keep=9, sampling=Sampling(max_tokens=scale.of(4096, 512)))


def _screen(scale: Scale) -> Curate:
    """By the very model that is to be trained: what it never or always solves teaches nothing."""
    sampling = Sampling(max_tokens=scale.of(*_LONG))
    return Curate(
        name="screen",
        steps=(
            Only("math", PassRate(samples=16, sampling=sampling)),
            Only("code", PassRate(samples=8, sampling=sampling)),
            Bounds("pass_rate", above=0, below=1),
        ),
    )


_TABLE = "table of stages: OR1-7B"
_SCRIPTS = "the six released scripts"


def stated(model: str, *stages: str) -> tuple[Stated, ...]:
    """What is stated of all three models alike; the RL stages are named so."""
    of_all = (
        Stated("model", model, "arXiv:2505.22312"),
        Stated("stages.curate.steps.8.step.votes", 16, "section 6: 16 by each of two judges"),
        Stated("stages.curate.steps.8.step.keep", 9, "section 6: at least 9 of 32"),
        Stated("stages.screen.steps.0.step.samples", 16, "section 6: mathematics"),
        Stated("stages.screen.steps.1.step.samples", 8, "section 6: code"),
        Stated("stages.screen.steps.0.step.sampling.temperature", 1.0, "section 6"),
        Stated("stages.screen.steps.0.step.sampling.max_tokens", 32_768, "section 6: 32K"),
        Stated("stages.screen.steps.2.above", 0, "section 6: none right is out"),
        Stated("stages.screen.steps.2.below", 1, "section 6: all right is out"),
        Stated("stages.after.samples", 32, "section 7: avg@32 of AIME"),
        Stated("stages.after.samples", 4, "section 7: avg@4 of LiveCodeBench", ours="one for all sets"),
        Stated("stages.after.sampling.temperature", 1.0, "section 7"),
        Stated("stages.after.sampling.max_tokens", 32_768, "section 7"),
    )
    return of_all + tuple(one for stage in stages for one in _of_each(f"stages.{stage}"))


def _of_each(stage: str) -> tuple[Stated, ...]:
    delta = f"{stage}.algorithm.controls.0.delta"
    return (
        Stated(f"{stage}.optimizer.learning_rate", 1e-6, _SCRIPTS),
        Stated(f"{stage}.sampling.temperature", 1.0, "section 3.1"),
        Stated(f"{stage}.prompt_limit", 2048, _SCRIPTS),
        Stated(f"{stage}.algorithm.loss.eps_low", 0.2, "eq. 3.1"),
        Stated(f"{stage}.algorithm.loss.eps_high", 0.2, "eq. 3.1"),
        Stated(f"{stage}.algorithm.controls.0.target", 0.2, "section 4"),
        Stated(delta, 0.005, "section 4"),
        Stated(delta, 0.0001, _SCRIPTS, ours="the paper's; algorithms.skywork.RELEASED"),
    )


STATED = (
    *stated("deepseek-ai/DeepSeek-R1-Distill-Qwen-7B", "rl-1", "rl-2"),
    Stated("stages.rl-1.steps", 660, _TABLE),
    Stated("stages.rl-1.sampling.max_tokens", 16_384, _TABLE),
    Stated("stages.rl-1.sampling.max_tokens", 8192, _SCRIPTS, ours="the paper's table goes before"),
    Stated("stages.rl-1.prompts", 256, _TABLE),
    Stated("stages.rl-1.updates", 1, _TABLE),
    Stated("stages.rl-1.group_size", 16, _TABLE),
    Stated("stages.rl-2.steps", 660, f"{_TABLE}: 660 to 1320"),
    Stated("stages.rl-2.sampling.max_tokens", 32_768, _TABLE),
    Stated("stages.rl-2.prompts", 160, _TABLE),
    Stated("stages.rl-2.updates", 1, _TABLE),
    Stated("stages.rl-2.group_size", 32, _TABLE),
)
