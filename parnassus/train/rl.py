"""The RL loop: draw, roll out, admit, assemble, update. One screen, top to bottom.

    curriculum -> problems -> Rollout.groups -> admit -> flatten -> assemble -> Policy.update -> engine.load
                              (judged while                                                       └─ next step
                               others generate)

It never names an algorithm, an engine or a verifier, and cannot tell a local one from one on a cluster.
"""

from collections.abc import AsyncIterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace

from transformers import PreTrainedModel

from parnassus.algorithms.core import Algorithm
from parnassus.envs.single_turn import SingleTurn
from parnassus.rollout import Rollout
from parnassus.rundir.directory import Row, RunDir
from parnassus.train.assemble import Stream, admit, assemble, flatten
from parnassus.train.clock import Clock
from parnassus.train.diagnostics import describe_groups, describe_update
from parnassus.train.old_logp import OldLogp
from parnassus.train.optimizer import AdamW
from parnassus.train.policy import Policy, logprobs
from parnassus.types import Curriculum, MakeEnv, Problem, Sampling, Verifier
from parnassus.verifiers.by_reference import ByReference


@dataclass(frozen=True, kw_only=True)
class RL:
    """Everything that may differ between two RL stages of a recipe, and nothing else."""

    name: str
    steps: int
    prompts: int = 32  # problems a step
    group_size: int = 8  # samples a problem
    curriculum: Curriculum
    env: MakeEnv = SingleTurn
    verifier: Verifier = ByReference()
    algorithm: Algorithm
    sampling: Sampling
    optimizer: AdamW
    prompt_limit: int = 1024  # tokens a prompt may have
    tokens_per_batch: int = 4096  # tokens a micro-batch may hold
    max_turns: int = 1


async def run_rl(
    stage: RL, model: PreTrainedModel, rollout: Rollout, pool: Sequence[Problem], run: RunDir, seed: int
) -> AsyncIterator[Row]:
    """Train `model` in place on problems of `pool`, yielding a row of metrics a step; rollouts go to
    `run`."""
    policy, clock, old = (
        Policy(model, stage.optimizer),
        Clock(),
        OldLogp(model, stage.tokens_per_batch, stage.sampling.temperature),
    )
    reference = frozen_copy(model) if stage.algorithm.needs_reference else None
    for step in range(stage.steps):
        with clock("rollout"):
            problems = stage.curriculum(pool, step, stage.prompts, seed)
            groups = await rollout.groups(problems, stage.group_size, f"{seed}/{stage.name}/{step}")
        admitted, refused = admit(groups, stage.algorithm.admit)
        row = {"step": step + 1} | describe_groups(groups, refused)
        if admitted:
            with clock("assemble"):
                streams = [Stream.of(m.trajectory) for group in admitted for m in group.members]
                whole = old.fill(flatten(admitted), streams)
                if reference is not None:
                    told = logprobs(reference, streams, stage.tokens_per_batch, stage.sampling.temperature)
                    whole = replace(whole, ref_logp=told)
                batches = list(assemble(whole, streams, stage.algorithm, stage.tokens_per_batch))
            with clock("update"):
                rate = stage.optimizer.rate(step, stage.steps)
                update = policy.update(batches, stage.algorithm.loss, rate, stage.sampling.temperature)
                rollout.engine.load(model.state_dict(), policy.version)
            row |= describe_update(update) | {"learning_rate": rate, "old_logp_source": old.source}
            old.observe(update)
        with clock("record"):
            run.write_rollouts(stage.name, step + 1, groups)
        yield row | clock.rows()


def frozen_copy(model: PreTrainedModel) -> PreTrainedModel:
    """The policy as the stage found it: the reference of a KL term."""
    return deepcopy(model).requires_grad_(False)
