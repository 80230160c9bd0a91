"""AceCoder: tests that a model writes, a reward model of what passes them, and RL paid by it.
arXiv:2502.01718, github.com/TIGER-AI-Lab/AceCoder.

    curate -> (pretraining) -> before -> rm -> best-of-n -> measure -> rl -> after

A seed becomes a question and some 20 asserts; an oracle's program takes out the wrong ones. The policy's own
programs, told apart by the share that they pass, make pairs for the reward model. It chooses among samples,
and pays REINFORCE++ on the hard quarter of the questions. `acecoder_rule` is paid by the tests themselves.
"""

from parnassus.algorithms.preferences import Pairs
from parnassus.algorithms.reinforce_pp import reinforce_pp
from parnassus.algorithms.rewards import TrainedScore
from parnassus.curation.pipeline import Source
from parnassus.curation.stage import Curate
from parnassus.curriculum.hard_subset import HardSubset
from parnassus.curriculum.triggers import COLLAPSE
from parnassus.data.families.guards import Guards
from parnassus.data.filters.decontaminate import Decontaminate
from parnassus.data.reading.files import Files
from parnassus.data.reading.layout import Plain
from parnassus.data.similarity.duplicates import ExactDuplicates
from parnassus.enrich.pass_rate import PassRate
from parnassus.enrich.stand_ins import Teacher, TestWriter
from parnassus.enrich.synthesize_tests import SHOWN, SynthesizeTests
from parnassus.evaluation.best_of_n import BestOfN
from parnassus.evaluation.run import Evaluate
from parnassus.recipes import published_data as data
from parnassus.recipes import tiny
from parnassus.recipes.prompts import asking
from parnassus.recipes.recipe import Recipe, StandIn
from parnassus.recipes.scale import Scale
from parnassus.recipes.stated import Stated
from parnassus.train.optimizer import AdamW
from parnassus.train.reward_model import RewardModel
from parnassus.train.rl import RL
from parnassus.types import RewardTerm, Sampling

_WRITER = TestWriter(tests=20, wrong=0.2)
_ORACLE = Teacher((Guards((1, 2), noise=0.0),))


def recipe(scale: Scale) -> Recipe:
    summary = "tests written by a model, a reward model trained on them, RL paid by it"
    return variant(scale, "acecoder", summary, TrainedScore("rm"))


def variant(scale: Scale, name: str, summary: str, paid: RewardTerm, pretraining: int = 1100) -> Recipe:
    """The same questions and stages with RL paid so; a reward model is trained where it pays. `pretraining`:
    steps, at tiny scale."""
    model = (_reward_model(scale), _best_of_n(scale)) if isinstance(paid, TrainedScore) else ()
    found = Recipe(
        name=name,
        summary=summary,
        model=scale.of("Qwen/Qwen2.5-Coder-7B-Instruct", tiny.MODEL),
        seed=0,
        stages=(
            _curate(scale),
            *tiny.pretraining(scale, pretraining),
            _evaluate(scale, "before"),
            *model,
            Curate(name="measure", steps=(PassRate(samples=scale.of(16, 4), sampling=_sampling(scale)),)),
            _rl(scale, paid),
            _evaluate(scale, "after"),
        ),
        stand_ins=scale.of((), (StandIn("writer", _WRITER), StandIn("oracle", _ORACLE))),
    )
    return asking(found, scale)


def _curate(scale: Scale) -> Curate:
    seeds = Source(rows=Files("seeds/*.jsonl"), format=Plain("seeds"))
    programs = tiny.programs(train=1000)
    synthesize = SynthesizeTests(tests=20, least=5, shown=scale.of(SHOWN, "{question}"))
    return Curate(
        sources=scale.of((seeds,), (programs,)),
        steps=(ExactDuplicates(), *scale.of((Decontaminate(data.BENCHMARKS),), ()), synthesize),
        held_out=scale.of((data.HUMANEVAL_PLUS, data.MBPP_PLUS, data.LCB_V5), ()),
    )


def _reward_model(scale: Scale) -> RewardModel:
    return RewardModel(
        name="rm",
        steps=scale.of(2400, 1000),
        batch=scale.of(128, 32),
        prompts=scale.of(89_422, 1000),
        samples=scale.of(16, 8),
        sampling=_sampling(scale),
        pairs=Pairs(best=0.8, gap=scale.of(0.4, 0.2)),
        held_out=scale.of(0.005, 0.1),
        optimizer=scale.of(
            AdamW(learning_rate=1e-5, warmup=240, final=0.0), AdamW(learning_rate=1e-3, warmup=10, final=0.1)
        ),
        prompt_limit=scale.of(2048, tiny.PROMPT),
    )


def _best_of_n(scale: Scale) -> Evaluate:
    counts = scale.of((1, 16, 32, 64), (1, 4, 16))
    return Evaluate(
        name="best-of-n",
        samples=counts[-1],
        sampling=_sampling(scale),
        best_of=BestOfN(reward_model="rm", counts=counts),
        prompt_limit=scale.of(2048, tiny.PROMPT),
    )


def _rl(scale: Scale, paid: RewardTerm) -> RL:
    return RL(
        name="rl",
        steps=scale.of(80, 20),
        prompts=scale.of(256, 32),
        group_size=8,
        updates=scale.of(16, 4),
        curriculum=HardSubset(),
        algorithm=reinforce_pp(paid),
        sampling=_sampling(scale),
        guards=COLLAPSE,
        prompt_limit=scale.of(2048, tiny.PROMPT),
        optimizer=scale.of(AdamW(learning_rate=5e-7, warmup=3), AdamW(learning_rate=3e-4)),
    )


def _sampling(scale: Scale) -> Sampling:
    return Sampling(max_tokens=scale.of(2048, 48))


def _evaluate(scale: Scale, name: str) -> Evaluate:
    """The paper is greedy; one sample at temperature 1 would tell less of so large a model."""
    sampling = Sampling(max_tokens=scale.of(2048, 48), temperature=scale.of(0.0, 1.0))
    return Evaluate(
        name=name, samples=scale.of(1, 2), sampling=sampling, prompt_limit=scale.of(2048, tiny.PROMPT)
    )


_SCRIPT = "train_reinforce_ray_rule_rm.sh"
STATED = (
    Stated("model", "Qwen/Qwen2.5-Coder-7B-Instruct", "section 4; the base model and two others as well"),
    Stated("stages.curate.steps.2.tests", 20, "section 3: about 20"),
    Stated("stages.curate.steps.2.least", 5, "section 3: fewer than 5 left are out"),
    Stated("stages.rm.samples", 16, "section 3"),
    Stated("stages.rm.pairs.best", 0.8, "section 3; the code has 'at least'"),
    Stated("stages.rm.pairs.gap", 0.4, "section 3; the code has 'at least'"),
    Stated("stages.rm.prompts", 89_422, "section 3: all questions; 46,618 had pairs"),
    Stated("stages.rm.batch", 128, "train_rm/configs: 4 x 4 x 8"),
    Stated("stages.rm.steps", 2402, "one epoch of 307,509 pairs", ours="rounded"),
    Stated("stages.rm.optimizer.learning_rate", 1e-5, "train_rm/configs"),
    Stated("stages.rm.optimizer.warmup", 240, "train_rm/configs: a tenth"),
    Stated("stages.rm.optimizer.final", 0.0, "train_rm/configs: a cosine"),
    Stated("stages.rm.held_out", 0.005, "train_rm/configs"),
    Stated("stages.best-of-n.best_of.counts", (1, 16, 32, 64), "section 4: 16, 32 and 64"),
    Stated("stages.rl.prompts", 256, "section 4; the rule's script has 512"),
    Stated("stages.rl.group_size", 8, "section 4"),
    Stated("stages.rl.updates", 16, "section 4 and the reward model's script: 256 x 8 by 128"),
    Stated("stages.rl.steps", 80, "section 4"),
    Stated("stages.rl.optimizer.learning_rate", 5e-7, _SCRIPT),
    Stated("stages.rl.optimizer.warmup", 3, f"{_SCRIPT}: .03 of the steps"),
    Stated("stages.rl.algorithm.loss.eps_low", 0.2, _SCRIPT),
    Stated("stages.rl.algorithm.loss.eps_high", 0.2, _SCRIPT),
    Stated("stages.rl.algorithm.advantage.advantage.clip", 10.0, _SCRIPT),
    Stated("stages.rl.prompt_limit", 2048, _SCRIPT),
    Stated("stages.rl.algorithm.advantage.advantage.beta", 0.01, _SCRIPT),
    Stated("stages.rl.sampling.max_tokens", 2048, _SCRIPT),
    Stated("stages.rl.sampling.temperature", 1.0, _SCRIPT),
    Stated("stages.after.sampling.temperature", 0.0, "section 4: greedy"),
)
