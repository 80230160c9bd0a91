"""DeepCoder-14B-Preview: GRPO+ on verified code problems, in contexts that grow. Its blog, April 2025;
github.com/rllm-org/rllm at 18e446c5.

    curate -> (pretraining) -> before -> rl-16k -> between -> rl-32k -> after -> longer

A reward of all or nothing over the 15 tests with the longest inputs; what was cut off and wrong is not
pushed. Tests are checked by the tasks' own programs: LiveCodeBench publishes none, its tests are trusted.
`deepcoder_released` is the same with the loss that the released code has in fact, `deepcoder_one_step_off`
with its pipelining.
"""

from parnassus.algorithms.core import Algorithm
from parnassus.algorithms.deepcoder import deepcoder
from parnassus.algorithms.rewards import Correct
from parnassus.curation.stage import Curate
from parnassus.curriculum.epochs import Epochs
from parnassus.curriculum.triggers import COLLAPSE
from parnassus.data.checks.program_passes import ProgramPasses
from parnassus.data.filters.decontaminate import Decontaminate
from parnassus.data.filters.enough_tests import EnoughTests
from parnassus.data.similarity.duplicates import NormalisedDuplicates
from parnassus.data.similarity.tokens import Level
from parnassus.evaluation.run import Evaluate
from parnassus.recipes import published_data as data
from parnassus.recipes import tiny
from parnassus.recipes.prompts import asking
from parnassus.recipes.recipe import Recipe
from parnassus.recipes.scale import Scale
from parnassus.recipes.stated import Stated
from parnassus.train.optimizer import AdamW
from parnassus.train.rl import RL
from parnassus.types import Sampling
from parnassus.verifiers.by_reference import ByReference
from parnassus.verifiers.code_calls import CodeCalls
from parnassus.verifiers.code_stdio import CodeStdio
from parnassus.verifiers.selection import LongestTests

_LONGEST = LongestTests(15)
_JUDGE = ByReference(functions=CodeCalls(selection=_LONGEST), programs=CodeStdio(selection=_LONGEST))
_SHORT, _LONG = (16_384, 12), (32_768, 36)  # tokens of an answer, published and tiny


def recipe(scale: Scale) -> Recipe:
    return variant(scale, "deepcoder", "GRPO+ on verified code problems, 16K then 32K", deepcoder(Correct()))


def variant(scale: Scale, name: str, summary: str, algorithm: Algorithm) -> Recipe:
    """The same data and stages with another algorithm."""
    found = Recipe(
        name=name,
        summary=summary,
        model=scale.of("deepseek-ai/DeepSeek-R1-Distill-Qwen-14B", tiny.MODEL),
        seed=0,
        stages=(
            _curate(scale),
            *tiny.pretraining(scale),
            _evaluate(scale, "before", _LONG),
            _rl(scale, "rl-16k", _SHORT, algorithm, steps=scale.of(180, 20), batch=scale.of(32, 32)),
            _evaluate(scale, "between", _LONG),
            _rl(scale, "rl-32k", _LONG, algorithm, steps=scale.of(650, 30), batch=scale.of(128, 32)),
            _evaluate(scale, "after", _LONG),
            _evaluate(scale, "longer", (65_536, 72)),
        ),
    )
    return asking(found, scale)


def _curate(scale: Scale) -> Curate:
    return Curate(
        sources=scale.of((data.TACO, data.LIVECODEBENCH_TRAIN), (tiny.programs(),)),
        steps=(
            EnoughTests(5),
            NormalisedDuplicates(),
            *scale.of((Decontaminate(data.BENCHMARKS, n=14, level=Level.TOKENS),), ()),
            *scale.of((ProgramPasses(required=False),), ()),
        ),
        held_out=scale.of((data.LCB_V5, data.HUMANEVAL_PLUS, data.AIME24), ()),
    )


def _rl(scale: Scale, name: str, answer: tuple[int, int], algorithm: Algorithm, steps: int, batch: int) -> RL:
    return RL(
        name=name,
        steps=steps,
        prompts=batch,
        group_size=8,
        updates=2,
        curriculum=Epochs(),
        verifier=_JUDGE,
        algorithm=algorithm,
        sampling=Sampling(max_tokens=scale.of(*answer), temperature=0.6),
        guards=COLLAPSE,
        prompt_limit=scale.of(2048, tiny.PROMPT),
        optimizer=AdamW(learning_rate=scale.of(1e-6, 5e-4)),
    )


def _evaluate(scale: Scale, name: str, answer: tuple[int, int]) -> Evaluate:
    sampling = tiny.evaluated(scale, scale.of(*answer), temperature=0.6, top_p=0.95)
    return Evaluate(
        name=name, samples=scale.of(8, 2), sampling=sampling, prompt_limit=scale.of(2048, tiny.PROMPT)
    )


_CODE = "rllm@18e446c5"
_SCRIPT = f"{_CODE}, deepcoder_14b_coding_16k.sh"
_SCRIPT_32K = f"{_CODE}, the 32K script"
_REWARD = f"{_CODE}, rewards/code_reward.py"
_LIMITS = "a program has less to wait for in this sandbox"
STATED = (
    Stated("model", "deepseek-ai/DeepSeek-R1-Distill-Qwen-14B", "blog"),
    Stated("stages.curate.steps.0.least", 5, "blog: at least 5 tests"),
    *(
        one
        for stage in ("rl-16k", "rl-32k")
        for one in (
            Stated(f"stages.{stage}.group_size", 8, _SCRIPT),
            Stated(f"stages.{stage}.sampling.temperature", 0.6, _SCRIPT),
            Stated(f"stages.{stage}.prompt_limit", 2048, _SCRIPT),
            Stated(f"stages.{stage}.optimizer.learning_rate", 1e-6, _SCRIPT),
            Stated(f"stages.{stage}.optimizer.clip_norm", 1.0, _SCRIPT),
            Stated(f"stages.{stage}.epochs", 1, _SCRIPT),
            Stated(f"stages.{stage}.algorithm.loss.eps_low", 0.2, "blog"),
            Stated(f"stages.{stage}.algorithm.loss.eps_high", 0.28, "blog: clip-higher, as DAPO has it"),
            Stated(f"stages.{stage}.algorithm.advantage.only_wrong", True, f"{_CODE}: wrong and cut off"),
            Stated(f"stages.{stage}.verifier.functions.selection.number", 15, _REWARD),
            Stated(f"stages.{stage}.verifier.functions.limits.seconds", 12.0, _REWARD, ours=_LIMITS),
        )
    ),
    Stated("stages.rl-16k.prompts", 32, _SCRIPT),
    Stated("stages.rl-16k.updates", 2, f"{_SCRIPT}: mini-batches of 16"),
    Stated("stages.rl-16k.sampling.max_tokens", 16_384, _SCRIPT),
    Stated("stages.rl-16k.steps", 180, "figure of the README: the switch at step 180"),
    Stated("stages.rl-32k.prompts", 128, _SCRIPT_32K),
    Stated("stages.rl-32k.updates", 2, f"{_SCRIPT_32K}: mini-batches of 64"),
    Stated("stages.rl-32k.sampling.max_tokens", 32_768, _SCRIPT_32K),
    Stated("stages.longer.sampling.max_tokens", 65_536, "blog: 64K at inference only"),
    Stated("stages.after.sampling.temperature", 0.6, "blog"),
    Stated("stages.after.sampling.top_p", 0.95, "blog"),
)
