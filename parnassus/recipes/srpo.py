"""SRPO-Qwen-32B: RL from a base model, on challenging mathematics first, then on code as well, each epoch
without what the last one mastered. arXiv:2504.14286.

    curate -> (pretraining) -> before -> measure -> stage-1 -> between -> stage-2 -> after

The first stage is of what the model itself does not solve most of the time, and ends when its reward stops
growing. Problems that no response solved stay: they may become solvable. Only the summary of the paper and
notes on it could be read: what they leave open is our choice, what is challenging and the sizes of the
format and language terms among it. `srpo_dynamic_sampling` is what it is compared with.
"""

from dataclasses import replace

from parnassus.algorithms.rewards import AnswerTags, Correct, LanguageMixing
from parnassus.algorithms.srpo import srpo
from parnassus.curation.stage import Curate
from parnassus.curriculum.epochs import Epochs
from parnassus.curriculum.mixture import By, Mixture
from parnassus.curriculum.rules import RateAtMost, Solved
from parnassus.curriculum.triggers import COLLAPSE, Plateau
from parnassus.data.checks.gold_verifies import GoldVerifies
from parnassus.data.checks.program_passes import ProgramPasses
from parnassus.data.filters.decontaminate import Decontaminate
from parnassus.data.filters.environment import Environment
from parnassus.data.filters.figures import Figures
from parnassus.data.filters.links import Links
from parnassus.data.filters.many_parts import ManyParts
from parnassus.data.filters.proofs import Proofs
from parnassus.data.similarity.duplicates import NormalisedDuplicates
from parnassus.enrich.only import Only
from parnassus.enrich.pass_rate import PassRate
from parnassus.evaluation.run import Evaluate
from parnassus.recipes import published_data as data
from parnassus.recipes import tiny
from parnassus.recipes.prompts import TAGGED, asking
from parnassus.recipes.recipe import Recipe
from parnassus.recipes.scale import Scale
from parnassus.recipes.stated import Stated
from parnassus.train.optimizer import AdamW
from parnassus.train.rl import RL
from parnassus.types import Sampling

_CHALLENGING = RateAtMost(0.75)


def recipe(scale: Scale) -> Recipe:
    summary = "zero-RL: mathematics until a plateau, then code too; history resampling"
    return variant(scale, "srpo", summary, Epochs(each=(Solved(),)))


def variant(scale: Scale, name: str, summary: str, members: Epochs) -> Recipe:
    """The same data and stages with problems chosen otherwise."""
    found = Recipe(
        name=name,
        summary=summary,
        model=scale.of("Qwen/Qwen2.5-32B", tiny.MODEL),
        seed=0,
        stages=(
            _curate(scale),
            *tiny.pretraining(scale),
            _evaluate(scale, "before"),
            _measure(scale),
            _first(scale, members),
            _evaluate(scale, "between"),
            _second(scale, members),
            _evaluate(scale, "after"),
        ),
    )
    return asking(found, scale, TAGGED)


def _curate(scale: Scale) -> Curate:
    return Curate(
        sources=scale.of(
            (data.NUMINAMATH, data.DEEPSCALER, data.TACO, data.APPS),
            (tiny.mathematics(train=800), tiny.programs(train=300)),
        ),
        steps=(
            Links(),
            Figures(),
            NormalisedDuplicates(),
            *scale.of((Decontaminate(data.BENCHMARKS),), ()),
            ManyParts(),
            Proofs(),
            Environment(),
            GoldVerifies(),
            *scale.of((ProgramPasses(),), ()),
        ),
        held_out=scale.of((data.AIME24, data.LCB_V5), ()),
    )


def _measure(scale: Scale) -> Curate:
    """How often the base model solves a problem of mathematics."""
    rate = PassRate(samples=scale.of(16, 8), sampling=_sampling(scale))
    return Curate(name="measure", steps=(Only("math", rate),))


def _first(scale: Scale, members: Epochs) -> RL:
    """Challenging mathematics, until its reward stops growing."""
    challenging = replace(members, first=(_CHALLENGING,))
    return RL(
        name="stage-1",
        steps=scale.of(1000, 40),
        prompts=scale.of(256, 32),
        group_size=scale.of(32, 8),
        curriculum=Mixture((("math", 1.0),), by=By.DOMAIN, within=(("math", challenging),)),
        algorithm=srpo(Correct(), AnswerTags(0.1), LanguageMixing(-0.1)),
        sampling=_sampling(scale),
        until=(Plateau(window=scale.of(40, 8)),),
        guards=COLLAPSE,
        prompt_limit=scale.of(2048, tiny.PROMPT),
        optimizer=AdamW(learning_rate=scale.of(1e-6, 1e-3), betas=(0.9, 0.95)),
    )


def _second(scale: Scale, members: Epochs) -> RL:
    """The same on mathematics and code, to its end."""
    both = Mixture(
        (("math", 1.0), ("code", 1.0)), by=By.DOMAIN, within=(("math", members), ("code", members))
    )
    return replace(_first(scale, members), name="stage-2", curriculum=both, until=())


def _sampling(scale: Scale) -> Sampling:
    return Sampling(max_tokens=scale.of(16_384, 56))


def _evaluate(scale: Scale, name: str) -> Evaluate:
    sampling = _sampling(scale)
    return Evaluate(
        name=name, samples=scale.of(32, 2), sampling=sampling, prompt_limit=scale.of(2048, tiny.PROMPT)
    )


_NOTES = "notes on the paper"
STATED = (
    Stated("model", "Qwen/Qwen2.5-32B", "arXiv:2504.14286"),
    *(
        one
        for stage in ("stage-1", "stage-2")
        for one in (
            Stated(f"stages.{stage}.prompts", 256, _NOTES),
            Stated(f"stages.{stage}.group_size", 32, _NOTES),
            Stated(f"stages.{stage}.optimizer.learning_rate", 1e-6, _NOTES),
            Stated(f"stages.{stage}.optimizer.betas", (0.9, 0.95), _NOTES),
        )
    ),
    Stated("stages.after.samples", 32, "pass@1 averaged over 32"),
)
