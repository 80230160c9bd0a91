"""The GRPO update, or with --whole the whole step, in CPU seconds beside TRL's GRPOTrainer on the same work.

    PYTHONPATH=. python bench/update.py [--model 1m] [--repeats 3] [--prompts 8] [--whole]

Both train the same model on the same number of samples of the same exact lengths, one update a batch, fp32,
no gradient checkpointing, one thread. Update: completions are given, everything from them to the new weights
is timed (TRL takes them through its `rollout_func`). Whole: each samples with its own engine first; judging
is free for both.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Callable, Sequence
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any

import torch
from common import (
    SIZES,
    Workload,
    environment,
    interleaved,
    make_model,
    print_table,
    save_with_tokenizer,
    workload,
)
from rollout import force_lengths
from transformers import PreTrainedModel, TrainerCallback

from parnassus.algorithms.grpo import grpo
from parnassus.algorithms.rewards import Correct
from parnassus.engines.make import make_engine
from parnassus.train.assemble import Stream, assemble, flatten
from parnassus.train.optimizer import AdamW
from parnassus.train.policy import Policy
from parnassus.types import (
    Answer,
    Completion,
    Group,
    Outcome,
    Problem,
    Sampling,
    Scored,
    Stop,
    Trajectory,
    Verdict,
)

PROBLEM = Problem("bench", (), Answer("1"), "math", "bench")
RATE = 1e-6


def own(model: PreTrainedModel, work: Workload, whole: bool) -> Callable[[], float]:
    """CPU seconds of one step of the package."""
    policy = Policy(deepcopy(model), AdamW(learning_rate=RATE))
    engine = make_engine(policy.model, stop_ids=(), max_len=work.longest + 64)
    algorithm, given = grpo(Correct()), _completions(work)

    async def generate() -> list[Completion]:
        requests = enumerate(work.requests())
        return await asyncio.gather(*(engine.generate(p, Sampling(n), seed) for seed, (p, n) in requests))

    def step() -> float:
        start = time.process_time()
        groups = _groups(work, asyncio.run(generate()) if whole else given)
        streams = [Stream.of(m.trajectory) for g in groups for m in g.members]
        policy.gradient(assemble(flatten(groups), streams, algorithm, 4096), algorithm.loss)
        policy.step(RATE)
        engine.load(policy.model.state_dict(), policy.version)
        return time.process_time() - start

    return step


def _completions(work: Workload) -> list[Completion]:
    draw = Random(5)
    vocabulary = 100
    return [
        Completion(tuple(draw.randrange(8, vocabulary) for _ in range(n)), (-4.6,) * n, Stop.LENGTH, 0)
        for _, n in work.requests()
    ]


def _groups(work: Workload, completions: Sequence[Completion]) -> list[Group]:
    """Rewards by a coin: every group has something to learn, for both sides."""
    size, members = len(work.lengths[0]), []
    for index, ((prompt, _), said) in enumerate(zip(work.requests(), completions, strict=True)):
        mask = (False,) * len(prompt) + (True,) * len(said.tokens)
        logprobs = (0.0,) * len(prompt) + said.logprobs
        stream = Trajectory(PROBLEM, (*prompt, *said.tokens), mask, logprobs, "", 1, said.stop, 0)
        reward = float(index % 2)
        members.append(Scored(stream, Verdict(Outcome.WRONG, 0.0), reward, {"correct": reward}))
    return [Group(PROBLEM, tuple(members[i : i + size])) for i in range(0, len(members), size)]


class Marks(TrainerCallback):
    """CPU time at the start of every step and at the end."""

    def __init__(self) -> None:
        self.times: list[float] = []

    def on_step_begin(self, *args: Any, **kwargs: Any) -> None:
        self.times.append(time.process_time())

    def on_train_end(self, *args: Any, **kwargs: Any) -> None:
        self.times.append(time.process_time())


def _trl_settings(work: Workload, micro: int) -> dict[str, Any]:
    return {
        "per_device_train_batch_size": micro,
        "gradient_accumulation_steps": len(work.requests()) // micro,
        "num_generations": len(work.lengths[0]),
        "max_completion_length": work.longest,
        "max_steps": 2,
        "learning_rate": RATE,
        "beta": 0.0,
        "bf16": False,
        "gradient_checkpointing": False,
        "use_cpu": True,
        "report_to": [],
        "save_strategy": "no",
        "disable_tqdm": True,
    }


def trl(model: PreTrainedModel, work: Workload, whole: bool, micro: int) -> Callable[[], float]:
    """CPU seconds of TRL's second step: the first warms up."""
    from datasets import Dataset  # pyright: ignore[reportMissingImports]
    from trl import GRPOConfig, GRPOTrainer  # pyright: ignore[reportMissingImports]

    folder = Path(tempfile.mkdtemp())
    save_with_tokenizer(model, folder)
    config = GRPOConfig(output_dir=str(folder / "out"), **_trl_settings(work, micro))
    given = {
        "prompt_ids": [list(prompt) for prompt, _ in work.requests()],
        "completion_ids": [list(c.tokens) for c in _completions(work)],
        "logprobs": None,
    }
    texts = [
        "".join(chr(32 + token - 4) for token in prompt) for prompt in work.prompts
    ]  # one token a character

    def step() -> float:
        marks = Marks()
        trainer = GRPOTrainer(
            model=str(folder),
            reward_funcs=lambda completions, **_: [float(i % 2) for i in range(len(completions))],
            args=config,
            train_dataset=Dataset.from_dict({"prompt": texts * 2}),
            rollout_func=None if whole else lambda prompts, trainer: dict(given),
            callbacks=[marks],
        )
        if whole:
            force_lengths(trainer, work)
        trainer.train()
        return marks.times[-1] - marks.times[-2]

    return step


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", choices=SIZES, default="1m")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--prompts", type=int, default=8)
    parser.add_argument("--micro", type=int, default=8, help="TRL's per-device batch size")
    parser.add_argument("--whole", action="store_true", help="sample as well")
    args = parser.parse_args()
    torch.set_num_threads(1)
    model, work = make_model(SIZES[args.model]), workload(args.prompts)
    contenders = {"parnassus": own(model, work, args.whole), "TRL": trl(model, work, args.whole, args.micro)}
    print(environment())
    print(f"model {args.model}; {len(work.requests())} samples, {work.tokens:,} completion tokens")
    print_table(interleaved(contenders, args.repeats), work.tokens, "parnassus")


if __name__ == "__main__":
    main()
