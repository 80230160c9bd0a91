"""R1-Code-Interpreter: answers of several turns, in words and in scripts whose output is read on. Imitated
first, then GRPO by potential. arXiv:2505.21668; its code could not be read.

    curate-sft -> sft -> after-sft -> measure -> rl -> after -> without

Four agents, one model asked in four ways, show how; of what is right the longer conversations go first. RL
learns from other problems: first from those that are solved now and then, more widely quarter by quarter.
What the interpreter says is context, never learnt. `after` may run scripts, `without` is asked in words only.
"""

from dataclasses import replace

from parnassus.algorithms.r1_code_interpreter import r1_code_interpreter
from parnassus.algorithms.rewards import Correct, ManyTurns, ScriptPerTurn
from parnassus.curation.pipeline import Source
from parnassus.curation.stage import Curate
from parnassus.curriculum.potential import PotentialParts
from parnassus.curriculum.triggers import COLLAPSE
from parnassus.data.drawing import Generated
from parnassus.data.families.products import Products
from parnassus.data.filters.of_part import OfPart
from parnassus.data.filters.of_tasks import OfTasks
from parnassus.data.gym_tasks import TASKS
from parnassus.data.reading.files import Files
from parnassus.data.reading.gym import GymRows
from parnassus.data.reading.layout import Chosen, Plain
from parnassus.data.similarity.duplicates import ExactDuplicates
from parnassus.data.similarity.per_source import PerSource
from parnassus.data.sources import bbh, symbench
from parnassus.data.split import Side
from parnassus.data.task_split import task_side
from parnassus.enrich.asking import Agent
from parnassus.enrich.distill import Distill, Keep
from parnassus.enrich.pass_rate import PassRate
from parnassus.enrich.stand_ins import Teacher
from parnassus.envs.code_interpreter import CodeInterpreter, Style
from parnassus.envs.single_turn import SingleTurn
from parnassus.evaluation.run import Evaluate
from parnassus.recipes import tiny
from parnassus.recipes.recipe import POLICY, Recipe, StandIn
from parnassus.recipes.scale import Scale
from parnassus.recipes.stated import Stated
from parnassus.train.optimizer import AdamW
from parnassus.train.rl import RL
from parnassus.train.sft import SFT
from parnassus.types import Sampling


def recipe(scale: Scale) -> Recipe:
    """At one of its two sizes."""
    after = _evaluate(scale, "after")
    return Recipe(
        name="r1-code-interpreter",
        summary="words and scripts in several turns: imitated, then GRPO by potential",
        model=scale.of("Qwen/Qwen2.5-14B-Instruct", tiny.MODEL),
        seed=0,
        stages=(
            _curate(scale),
            SFT(
                name="sft",
                steps=scale.of(610, 500),
                batch=32,
                env=_env(scale),
                optimizer=scale.of(AdamW(learning_rate=1e-5), tiny.WARM_UP),
            ),
            _evaluate(scale, "after-sft"),
            _measure(scale),
            _rl(scale),
            after,
            replace(after, name="without", env=SingleTurn(), max_turns=1),
        ),
        stand_ins=scale.of((), (StandIn("teacher", Teacher((Products((2, 3)),))),)),
    )


def _env(scale: Scale, style: Style = Style.FREE) -> CodeInterpreter:
    """A tiny model is asked without an explanation: it has to learn what it may do from what it is shown."""
    return CodeInterpreter(style=style, head=scale.of(None, ""), calls=8, seconds=60.0)


def _agents(scale: Scale, model: str) -> tuple[Agent, ...]:
    return tuple(Agent(style.value, model, env=_env(scale, style)) for style in Style)


def _curate(scale: Scale) -> Curate:
    distill = Distill(
        responses=scale.of(1, 2),
        sampling=_sampling(scale),
        keep=Keep.CORRECT,
        agents=_agents(scale, "teacher"),
        several_turns_first=True,
        most=scale.of(1, 3),
    )
    return Curate(
        name="curate-sft",
        sources=_sources(scale),
        steps=(ExactDuplicates(), OfPart(0), distill, PerSource(scale.of(70, 400))),
        held_out=_held_out(scale),
    )


def _sources(scale: Scale) -> tuple[Source | Generated, ...]:
    """One half is imitated, RL learns from the other."""
    products = Generated(family=Products((2, 3)), train=800, held_out=250)
    return scale.of(_tasks(Side.TRAIN, 200), (products,))


def _held_out(scale: Scale) -> tuple[Source, ...]:
    return scale.of(_tasks(Side.HELD_OUT, 100), ())


def _tasks(side: Side, size: int) -> tuple[Source, ...]:
    """The three sets, of the tasks of one side."""
    gym = (f"reasoning_gym/{task}" for task in TASKS)
    return (
        Source(rows=Files("tasks/symbench.jsonl"), format=Chosen(symbench.LAYOUT, (OfTasks(side),))),
        Source(rows=Files("tasks/bbh.jsonl"), format=Chosen(bbh.LAYOUT, (OfTasks(side),))),
        *(
            Source(rows=GymRows(task.partition("/")[2], size, seed=0), format=Plain(task), most=size)
            for task in gym
            if task_side(task) is side
        ),
    )


def _measure(scale: Scale) -> Curate:
    """How often the policy solves each problem of the other half, asked in four ways, five times each."""
    measure = PassRate(samples=5, sampling=_sampling(scale), agents=_agents(scale, POLICY))
    return Curate(
        name="measure",
        sources=_sources(scale),
        steps=(ExactDuplicates(), OfPart(1), measure),
        held_out=_held_out(scale),
    )


def _rl(scale: Scale) -> RL:
    env = _env(scale)
    return RL(
        name="rl",
        steps=scale.of(600, 40),
        prompts=scale.of(128, 24),
        group_size=scale.of(5, 8),
        env=env,
        max_turns=env.turns,
        curriculum=PotentialParts(parts=4, draws_a_part=scale.of(150, 10)),
        algorithm=r1_code_interpreter(Correct(), ScriptPerTurn(0.1), ManyTurns(limit=6, value=-0.1)),
        sampling=_sampling(scale),
        guards=COLLAPSE,
        prompt_limit=scale.of(4096, tiny.PROMPT),
        optimizer=AdamW(learning_rate=scale.of(1e-6, 1e-3)),
    )


def _sampling(scale: Scale) -> Sampling:
    """Of a turn."""
    return Sampling(max_tokens=scale.of(2048, 32))


def _evaluate(scale: Scale, name: str) -> Evaluate:
    env = _env(scale)
    return Evaluate(
        name=name,
        samples=scale.of(1, 2),
        sampling=_sampling(scale),
        env=env,
        max_turns=env.turns,
        prompt_limit=scale.of(4096, tiny.PROMPT),
    )


_NOTES = "notes on the paper"
STATED = (
    Stated("model", "Qwen/Qwen2.5-14B-Instruct", "the largest of 3B, 7B and 14B"),
    Stated("stages.curate-sft.steps.3.most", 70, f"{_NOTES}: at most 70 trajectories of a task"),
    Stated("stages.curate-sft.steps.2.keep", "correct", f"{_NOTES}: correct ones only"),
    Stated("stages.curate-sft.steps.2.several_turns_first", True, f"{_NOTES}: several turns are favoured"),
    Stated("stages.sft.batch", 32, _NOTES),
    Stated("stages.sft.steps", 609, f"{_NOTES}: 3 epochs of 6.5 K", ours="rounded"),
    Stated("stages.measure.steps.2.samples", 5, f"{_NOTES}: 5 answers by each of 4 agents"),
    Stated("stages.rl.group_size", 5, _NOTES),
    Stated("stages.rl.prompts", 128, _NOTES),
    Stated("stages.rl.optimizer.learning_rate", 1e-6, _NOTES),
    Stated("stages.rl.sampling.temperature", 1.0, _NOTES),
    Stated("stages.rl.curriculum.parts", 4, f"{_NOTES}: cumulative quarters"),
    Stated("stages.rl.curriculum.draws_a_part", 150, _NOTES),
    Stated("stages.rl.steps", 600, f"{_NOTES}: 4 of 150"),
    Stated("stages.rl.env.calls", 8, _NOTES),
    Stated("stages.rl.env.seconds", 60.0, _NOTES),
    Stated("stages.rl.algorithm.rewards.0.value", 1.0, _NOTES),
    Stated("stages.rl.algorithm.rewards.1.value", 0.1, f"{_NOTES}; the first version had no term of format"),
    Stated("stages.rl.algorithm.rewards.2.limit", 6, _NOTES),
    Stated("stages.rl.algorithm.rewards.2.value", -0.1, _NOTES),
    Stated("stages.rl.algorithm.loss.beta", 0.001, _NOTES),
)
