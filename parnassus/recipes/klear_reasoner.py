"""Klear-Reasoner-8B: long thoughts of a teacher imitated, then GPPO on mathematics, then on code.
arXiv:2508.07629, github.com/suu990901/KlearReasoner.

    curate-sft -> sft -> after-sft -> curate-rl -> math-rl -> between -> code-rl -> after -> longer

The teacher's responses are all kept, wrong ones too: most of its problems are hard. What RL learns from is
screened by another teacher: mathematics that most of its responses can be judged on, code that it solves more
often than not. No group is drawn again in place of one without advantage.
"""

from dataclasses import replace

from parnassus.algorithms.gppo import gppo
from parnassus.algorithms.rewards import Correct, PassRate, ThinkTags, Unless
from parnassus.curation.stage import Curate
from parnassus.curriculum.mixture import By, Mixture
from parnassus.curriculum.triggers import COLLAPSE
from parnassus.data.checks.gold_verifies import GoldVerifies
from parnassus.data.drawing import Generated
from parnassus.data.families.chain import Chain
from parnassus.data.families.guards import Guards
from parnassus.data.filters.bounds import Bounds
from parnassus.data.filters.decontaminate import Decontaminate
from parnassus.data.filters.enough_tests import EnoughTests
from parnassus.data.filters.of_domain import OfDomain
from parnassus.data.similarity.duplicates import ExactDuplicates
from parnassus.enrich import pass_rate
from parnassus.enrich.asking import Agent
from parnassus.enrich.distill import Distill, Keep
from parnassus.enrich.stand_ins import Teacher
from parnassus.evaluation.run import Evaluate
from parnassus.models.yarn import Yarn
from parnassus.recipes import published_data as data
from parnassus.recipes import tiny
from parnassus.recipes.prompts import asking
from parnassus.recipes.recipe import Recipe, StandIn
from parnassus.recipes.scale import Scale
from parnassus.recipes.stated import Stated
from parnassus.train.optimizer import AdamW
from parnassus.train.rl import RL
from parnassus.train.sft import SFT
from parnassus.types import Sampling
from parnassus.verifiers.by_reference import ByReference
from parnassus.verifiers.code_calls import CodeCalls
from parnassus.verifiers.code_stdio import CodeStdio
from parnassus.verifiers.selection import RandomTests

_TAGS = ThinkTags(unclosed=-0.5, unopened=-2.0)
_SIXTEEN = RandomTests(16)
_JUDGE = ByReference(functions=CodeCalls(selection=_SIXTEEN), programs=CodeStdio(selection=_SIXTEEN))
_ANSWER = (28_672, 56)  # tokens, published and tiny
# They stand in for DeepSeek-R1-0528 and -0120. The first errs often, so that RL finds work to do.
_TEACHER = Teacher((Chain(), Guards((1, 2))))
_VALIDATOR = Teacher((Chain(noise=0.03, direct=0.0), Guards((1, 2), noise=0.05)))


def recipe(scale: Scale) -> Recipe:
    found = Recipe(
        name="klear-reasoner",
        summary="long thoughts of a teacher imitated, then GPPO on mathematics, then on code",
        model=scale.of("Qwen/Qwen3-8B-Base", tiny.MODEL),
        seed=0,
        stages=(*_imitate(scale), *_reinforce(scale)),
        stand_ins=scale.of((), (StandIn("teacher", _TEACHER), StandIn("validator", _VALIDATOR))),
    )
    return asking(found, scale)


def _imitate(scale: Scale) -> tuple[Curate | SFT | Evaluate, ...]:
    """The cold start: the best sources' prompts, up to 16 responses of the teacher to each, none left out."""
    curate = Curate(
        name="curate-sft",
        sources=scale.of((data.NUMINAMATH, data.TACO, data.APPS, data.CODEFORCES), _families(2000, 800)),
        steps=(
            *_clean(scale),
            Distill(responses=scale.of(16, 4), sampling=_sampling(scale), keep=Keep.ALL),
        ),
        held_out=scale.of((data.AIME24, data.AIME25, data.HMMT25, data.LCB_V5, data.LCB_V6), ()),
    )
    sft = SFT(
        name="sft",
        steps=scale.of(47_000, 1100),
        batch=scale.of(128, 64),
        optimizer=scale.of(
            AdamW(learning_rate=8e-5, final=0.5),
            tiny.WARM_UP,
        ),
    )
    return curate, sft, _evaluate(scale, "after-sft")


def _reinforce(scale: Scale) -> tuple[Curate | RL | Evaluate, ...]:
    curate = Curate(
        name="curate-rl",
        sources=scale.of(
            (data.SKYWORK_MATH, data.NUMINAMATH, data.DEEPSCALER, data.SKYWORK_CODE), _families(800, 600)
        ),
        steps=(
            *_clean(scale),
            EnoughTests(scale.of(16, 12)),
            GoldVerifies(),
            pass_rate.PassRate(
                samples=16, sampling=_sampling(scale), agents=(Agent("validator", "validator"),)
            ),
            OfDomain("math", Bounds("parsable", above=0.5)),
            OfDomain("code", Bounds("pass_rate", above=0.5)),
        ),
        held_out=scale.of((data.AIME24, data.AIME25, data.HMMT25, data.LCB_V5, data.LCB_V6), ()),
    )
    math = _rl(scale, "math", updates=8, rate=1e-6, correct=Unless(_TAGS, Correct(1.0, -1.0)))
    code = _rl(scale, "code", updates=4, rate=5e-7, correct=Unless(_TAGS, PassRate(-1.0, 1.0)))
    after = _evaluate(scale, "after")
    longer = replace(
        after,
        name="longer",
        sampling=replace(after.sampling, max_tokens=scale.of(65_536, 112), top_k=20, repetition_penalty=1.05),
        yarn=Yarn(2.5, scale.of(32_768, 1024)),
    )
    return curate, math, _evaluate(scale, "between"), code, after, longer


def _rl(scale: Scale, domain: str, updates: int, rate: float, correct: Unless) -> RL:
    """256 problems are asked for, of what has advantage at most 128 are learnt from, in parts."""
    return RL(
        name=f"{domain}-rl",
        steps=scale.of(1000, 30),
        prompts=scale.of(256, 64),
        train_groups=scale.of(128, 32),
        group_size=8,
        updates=updates,
        curriculum=Mixture(((domain, 1.0),), by=By.DOMAIN),
        verifier=_JUDGE,
        algorithm=gppo(_TAGS, correct),
        sampling=_sampling(scale),
        guards=COLLAPSE,
        prompt_limit=scale.of(4096, tiny.PROMPT),
        optimizer=scale.of(
            AdamW(learning_rate=rate, weight_decay=0.1, warmup=10), AdamW(learning_rate=3e-4, warmup=10)
        ),
    )


def _families(math: int, code: int) -> tuple[Generated, ...]:
    return (
        Generated(family=Chain(), train=math, held_out=250),
        Generated(family=Guards((1, 2)), train=code, held_out=200),
    )


def _clean(scale: Scale) -> tuple[ExactDuplicates | Decontaminate, ...]:
    """Families have no benchmarks to be held against: what they hold out, no other prompt equals."""
    return (ExactDuplicates(), *scale.of((Decontaminate(data.BENCHMARKS, n=9),), ()))


def _sampling(scale: Scale) -> Sampling:
    return Sampling(max_tokens=scale.of(*_ANSWER))


def _evaluate(scale: Scale, name: str) -> Evaluate:
    sampling = tiny.evaluated(scale, scale.of(*_ANSWER), temperature=0.6, top_p=0.95)
    return Evaluate(
        name=name, samples=scale.of(64, 2), sampling=sampling, prompt_limit=scale.of(4096, tiny.PROMPT)
    )


_SCRIPT = "perf_run_dapo_ours_math.sh"
_ROOM = "with a prompt of 4,096 all the positions that the base model has"
_RL = (("math-rl", 1e-6, 8), ("code-rl", 5e-7, 4))
STATED = (
    Stated("model", "Qwen/Qwen3-8B-Base", "section 4.1"),
    Stated("stages.curate-sft.steps.2.responses", 16, "section 3.1: up to 16"),
    Stated("stages.curate-sft.steps.2.keep", "all", "section 3.1: no filter by correctness"),
    Stated("stages.curate-sft.steps.1.n", 9, "section 3.1: 9-grams"),
    Stated("stages.curate-rl.steps.1.n", 9, "section 3.2.1: 9-grams"),
    Stated("stages.sft.optimizer.learning_rate", 8e-5, "section 4.1"),
    Stated("stages.sft.optimizer.final", 0.5, "section 4.1: cosine to 4e-5"),
    Stated("stages.sft.steps", 46_875, "4 epochs of 1.5 M at our batch of 128", ours="rounded"),
    Stated("stages.curate-rl.steps.2.least", 16, "section 3.2.1: fewer than 16 tests are out"),
    Stated("stages.curate-rl.steps.4.samples", 16, "section 3.2.1"),
    Stated("stages.curate-rl.steps.5.step.above", 0.5, "section 3.2.1: most responses can be validated"),
    Stated("stages.curate-rl.steps.6.step.above", 0.5, "section 3.2.1; figure 4 has 'at least'"),
    *(
        one
        for stage, rate, updates in _RL
        for one in (
            Stated(f"stages.{stage}.prompts", 256, f"{_SCRIPT}: gen_batch"),
            Stated(f"stages.{stage}.train_groups", 128, f"{_SCRIPT}: train_batch"),
            Stated(f"stages.{stage}.group_size", 8, _SCRIPT),
            Stated(f"stages.{stage}.updates", updates, f"{_SCRIPT}: mini-batches of {128 // updates}"),
            Stated(f"stages.{stage}.epochs", 1, _SCRIPT),
            Stated(f"stages.{stage}.optimizer.learning_rate", rate, "section 4.1"),
            Stated(f"stages.{stage}.optimizer.warmup", 10, _SCRIPT),
            Stated(f"stages.{stage}.optimizer.weight_decay", 0.1, _SCRIPT),
            Stated(f"stages.{stage}.optimizer.clip_norm", 1.0, _SCRIPT),
            Stated(f"stages.{stage}.sampling.max_tokens", 32_768, _SCRIPT, ours=_ROOM),
            Stated(f"stages.{stage}.sampling.temperature", 1.0, _SCRIPT),
            Stated(f"stages.{stage}.prompt_limit", 4096, _SCRIPT),
            Stated(f"stages.{stage}.algorithm.imitate_correct", 0.1, "section 4.1, table 6"),
            Stated(f"stages.{stage}.algorithm.loss.c", 10.0, _SCRIPT),
            Stated(f"stages.{stage}.algorithm.loss.loss.eps_low", 0.2, _SCRIPT),
            Stated(f"stages.{stage}.algorithm.loss.loss.eps_high", 0.28, _SCRIPT),
            Stated(f"stages.{stage}.algorithm.rewards.0.unclosed", -0.5, "reward_config.py"),
            Stated(f"stages.{stage}.algorithm.rewards.0.unopened", -2.0, "reward_config.py"),
        )
    ),
    Stated("stages.code-rl.verifier.functions.selection.number", 16, "code_r1_compute.py"),
    Stated("stages.after.sampling.temperature", 0.6, "section 4.1"),
    Stated("stages.after.sampling.top_p", 0.95, "section 4.1"),
    Stated("stages.after.samples", 64, "section 4.1: avg@64 of AIME and HMMT"),
    Stated("stages.after.samples", 8, "section 4.1: avg@8 of LiveCodeBench", ours="one for all sets"),
    Stated("stages.longer.yarn.factor", 2.5, "inference.py"),
    Stated("stages.longer.sampling.temperature", 0.6, "inference.py"),
    Stated("stages.longer.sampling.top_p", 0.95, "inference.py"),
    Stated("stages.longer.sampling.top_k", 20, "inference.py"),
    Stated("stages.longer.sampling.repetition_penalty", 1.05, "inference.py"),
    Stated("stages.longer.sampling.max_tokens", 65_536, "inference.py"),
)
