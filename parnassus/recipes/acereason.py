"""AceReason-Nemotron-7B: mathematics alone in contexts that grow, then code alone, strictly on-policy.
arXiv:2505.16400; its training code was not published.

    curate -> (pretraining) -> before -> math-8k -> math-16k -> screen -> math-24k -> between
           -> code-24k -> code-32k -> math-32k -> after

Long mathematics is what the policy solves at most 6 times of 16. The first code stage takes what another
model solves now and then, the second takes all and drops, epoch by epoch, what is mastered, at a temperature
and with groups that grow. One update a batch: so the ratio is 1 and nothing is clipped.
"""

from parnassus.algorithms.acereason import acereason
from parnassus.algorithms.rewards import Correct
from parnassus.curation.stage import Curate
from parnassus.curriculum.changes import Change
from parnassus.curriculum.epochs import Epochs
from parnassus.curriculum.mixture import By, Mixture
from parnassus.curriculum.rules import Band, Solved
from parnassus.curriculum.triggers import COLLAPSE, AfterEpochs
from parnassus.data.checks.program_passes import ProgramPasses
from parnassus.data.families.chain import Chain
from parnassus.data.families.guards import Guards
from parnassus.data.filters.answer_form import AnswerForm
from parnassus.data.filters.bounds import Bounds
from parnassus.data.filters.decontaminate import Decontaminate
from parnassus.data.filters.english import English
from parnassus.data.filters.figures import Figures
from parnassus.data.filters.interactive import Interactive
from parnassus.data.filters.many_parts import ManyParts
from parnassus.data.filters.multiple_choice import MultipleChoice
from parnassus.data.filters.of_domain import OfDomain
from parnassus.data.filters.proofs import Proofs
from parnassus.data.filters.several_outputs import SeveralOutputs
from parnassus.data.filters.true_false import TrueFalse
from parnassus.data.similarity.duplicates import NormalisedDuplicates
from parnassus.data.similarity.tokens import Level
from parnassus.enrich.asking import Agent
from parnassus.enrich.only import Only
from parnassus.enrich.pass_rate import PassRate
from parnassus.enrich.stand_ins import Teacher
from parnassus.evaluation.run import Evaluate
from parnassus.recipes import published_data as data
from parnassus.recipes import tiny
from parnassus.recipes.prompts import asking
from parnassus.recipes.recipe import Recipe, StandIn
from parnassus.recipes.scale import Scale
from parnassus.recipes.stated import Stated
from parnassus.train.optimizer import AdamW
from parnassus.train.rl import RL
from parnassus.types import Curriculum, Sampling

_R1 = Teacher((Chain((4, 6), noise=0.05, direct=0.0), Guards((1, 2), noise=0.1)))  # stands in for DeepSeek-R1
_BENCHMARKS = (
    *(data.AIME24, data.AIME25, data.HMMT25, data.MATH500),
    *(data.LCB_V5, data.LCB_V6, data.HUMANEVAL_PLUS, data.MBPP_PLUS),
)
_LONGEST = (32_768, 56)  # tokens of an answer, published and tiny


def recipe(scale: Scale) -> Recipe:
    """At one of its two sizes."""
    found = Recipe(
        name="acereason",
        summary="7B: mathematics alone, then code alone, on-policy, contexts of 8K to 32K",
        model=scale.of("deepseek-ai/DeepSeek-R1-Distill-Qwen-7B", tiny.MODEL),
        seed=0,
        stages=(
            _curate(scale),
            *tiny.pretraining(scale),
            _evaluate(scale, "before"),
            _math(scale, "math-8k", (8192, 38), Epochs(), group=8),
            _math(scale, "math-16k", (16_384, 42), Epochs()),
            _screen(scale),
            _math(scale, "math-24k", (24_576, 46), Epochs()),
            _evaluate(scale, "between"),
            _code(scale, "code-24k", (24_000, 30), Epochs(first=(Band("pass_rate", 3 / 8, 1.0),)), group=8),
            _growing(scale),
            _math(scale, "math-32k", _LONGEST, Epochs()),
            _evaluate(scale, "after"),
        ),
        stand_ins=scale.of((), (StandIn("r1", _R1),)),
    )
    return asking(found, scale)


def _curate(scale: Scale) -> Curate:
    return Curate(
        sources=scale.of(
            (data.DEEPSCALER, data.NUMINAMATH, data.LEETCODE),
            (tiny.mathematics(2000, operations=(4, 6), direct=0.0), tiny.programs(600)),
        ),
        steps=(
            NormalisedDuplicates(),
            *scale.of((_decontaminated(), _decontaminated(n=14, level=Level.TOKENS)), ()),
            ManyParts(),
            MultipleChoice(),
            TrueFalse(),
            AnswerForm(),
            Proofs(),
            *scale.of((English(),), ()),
            Figures(),
            Interactive(),
            SeveralOutputs(),
            *scale.of((ProgramPasses(),), ()),
            PassRate(samples=8, sampling=_sampling(scale, _LONGEST), agents=(Agent("r1", "r1"),)),
            OfDomain("math", Bounds("pass_rate", above=0.5)),
            OfDomain("code", Bounds("pass_rate", above=0)),
        ),
        held_out=scale.of(_BENCHMARKS, ()),
    )


def _screen(scale: Scale) -> Curate:
    """Of the mathematics, what the policy as it is by then solves at most 6 times of 16. A tiny one leaves a
    handful then, learns these by heart and forgets the rest: there it is 14 times of 16."""
    measure = Only("math", PassRate(samples=16, sampling=_sampling(scale, (24_576, 46))))
    hard = OfDomain("math", Bounds("pass_rate", most=scale.of(6, 14) / 16))
    return Curate(name="screen", steps=(measure, hard))


def _decontaminated(n: int = 9, level: Level = Level.WORDS) -> Decontaminate:
    return Decontaminate(data.BENCHMARKS, n=n, level=level)


def _math(scale: Scale, name: str, answer: tuple[int, int], members: Curriculum, group: int = 16) -> RL:
    return _rl(scale, name, "math", answer, members, group, scale.of(1e-6, 4e-4), temperature=1.0)


def _code(
    scale: Scale,
    name: str,
    answer: tuple[int, int],
    members: Curriculum,
    group: int,
    changes: tuple[Change, ...] = (),
) -> RL:
    return _rl(scale, name, "code", answer, members, group, scale.of(5e-6, 1e-3), 0.6, changes)


def _growing(scale: Scale) -> RL:
    """Without what an epoch mastered; from the second and third epoch on warmer, and with larger groups."""
    changes = (
        Change(AfterEpochs(1), temperature=0.8, group_size=12),
        Change(AfterEpochs(2), temperature=1.0, group_size=16),
    )
    return _code(scale, "code-32k", _LONGEST, Epochs(each=(Solved(),)), group=8, changes=changes)


def _rl(
    scale: Scale,
    name: str,
    domain: str,
    answer: tuple[int, int],
    members: Curriculum,
    group: int,
    rate: float,
    temperature: float,
    changes: tuple[Change, ...] = (),
) -> RL:
    return RL(
        name=name,
        steps=scale.of(500, 20),
        prompts=scale.of(128, 32),
        group_size=group,
        curriculum=Mixture(((domain, 1.0),), by=By.DOMAIN, within=((domain, members),)),
        algorithm=acereason(Correct()),
        sampling=_sampling(scale, answer, temperature),
        changes=changes,
        guards=COLLAPSE,
        prompt_limit=scale.of(2048, tiny.PROMPT),
        optimizer=AdamW(learning_rate=rate),
    )


def _sampling(scale: Scale, answer: tuple[int, int], temperature: float = 1.0) -> Sampling:
    return Sampling(max_tokens=scale.of(*answer), temperature=temperature)


def _evaluate(scale: Scale, name: str) -> Evaluate:
    sampling = tiny.evaluated(scale, scale.of(*_LONGEST), temperature=0.6, top_p=0.95)
    return Evaluate(
        name=name, samples=scale.of(64, 2), sampling=sampling, prompt_limit=scale.of(2048, tiny.PROMPT)
    )


_STAGES = ("math-8k", "math-16k", "math-24k", "code-24k", "code-32k", "math-32k")
STATED = (
    Stated("model", "deepseek-ai/DeepSeek-R1-Distill-Qwen-7B", "section 4"),
    Stated("stages.curate.steps.1.n", 9, "section 2: 9-grams for mathematics"),
    Stated("stages.curate.steps.2.n", 14, "section 2: 14-grams for code"),
    Stated("stages.curate.steps.13.samples", 8, "section 2: up to 8 of DeepSeek-R1"),
    Stated("stages.curate.steps.14.step.above", 0.5, "section 2: the majority is right; here a rate"),
    Stated("stages.curate.steps.15.step.above", 0, "section 2: what fails 8 of 8 is out"),
    *(Stated(f"stages.{name}.prompts", 128, "section 4") for name in _STAGES),
    *(Stated(f"stages.{name}.updates", 1, "section 3: one update a batch") for name in _STAGES),
    *(
        Stated(f"stages.{name}.optimizer.learning_rate", rate, "section 4")
        for name, rate in zip(_STAGES, (1e-6, 1e-6, 1e-6, 5e-6, 5e-6, 1e-6), strict=True)
    ),
    *(
        Stated(f"stages.{name}.group_size", group, source)
        for name, group, source in (
            ("math-8k", 8, "section 3: 8 at 8K"),
            ("math-16k", 16, "section 3: 16 afterwards"),
            ("math-24k", 16, "section 3: 16 afterwards"),
            ("code-24k", 8, "section 3"),
            ("code-32k", 8, "section 3: from 8 to 16 over epochs"),
            ("math-32k", 16, "section 3: 16 afterwards"),
        )
    ),
    Stated("stages.math-8k.sampling.max_tokens", 8192, "section 3: 8K"),
    Stated("stages.math-16k.sampling.max_tokens", 16_384, "section 3: 16K"),
    Stated("stages.math-24k.sampling.max_tokens", 24_576, "section 3: 24K"),
    Stated("stages.code-24k.sampling.max_tokens", 24_000, "section 3"),
    Stated("stages.code-32k.sampling.max_tokens", 32_768, "section 3"),
    Stated("stages.math-32k.sampling.max_tokens", 32_768, "section 3: 32K"),
    Stated("stages.code-24k.sampling.temperature", 0.6, "section 3"),
    Stated("stages.code-32k.sampling.temperature", 0.6, "section 3: from 0.6 to 1.0 over epochs"),
    Stated("stages.code-24k.curriculum.within.0.1.first.0.low", 3 / 8, "section 3: at most 5 of 8 failed"),
    Stated("stages.screen.steps.0.step.samples", 16, "section 3, table 3: 6 of 16"),
    Stated("stages.screen.steps.1.step.most", 6 / 16, "section 3, table 3"),
    Stated("stages.code-32k.changes.1.temperature", 1.0, "section 3: from 0.6 to 1.0 over epochs"),
    Stated("stages.code-32k.changes.1.group_size", 16, "section 3: from 8 to 16 over epochs"),
    Stated("stages.after.samples", 64, "section 4: avg@64 of AIME, HMMT and BRUMO"),
    Stated("stages.after.samples", 8, "section 4: avg@8 of LiveCodeBench", ours="one for all sets"),
    Stated("stages.after.samples", 4, "section 4: avg@4 of MATH500 and EvalPlus", ours="one for all sets"),
    Stated("stages.after.sampling.temperature", 0.6, "section 4"),
    Stated("stages.after.sampling.top_p", 0.95, "section 4"),
    Stated("stages.after.sampling.max_tokens", 32_768, "section 4"),
)
