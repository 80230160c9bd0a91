"""Rollouts: tokens per CPU second of the embedded engine beside Hugging Face's generate and TRL's
generation path.

    PYTHONPATH=. python bench/rollout.py [--model 1m] [--repeats 3] [--peers hf,trl] [--prompts 32]

Everybody samples at temperature 1 from the same model, one thread, the same prompts and the same exact
lengths. Hugging Face is asked in batches of 64 or for all rows at once; TRL takes all rows, as it does.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
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
    timed,
    workload,
)
from transformers import GenerationConfig, PreTrainedModel, StoppingCriteria, StoppingCriteriaList

from parnassus.engines.make import make_engine
from parnassus.types import Sampling

OWN = "parnassus"


class Ended(StoppingCriteria):
    """Ends each row at its own length: what a stop token does in real life."""

    def __init__(self, prompt_width: int, lengths: torch.Tensor):
        self.ends = prompt_width + lengths

    def __call__(self, input_ids: Any, scores: Any, **kwargs: Any) -> Any:
        return input_ids.shape[1] >= self.ends


def own_engine(model: PreTrainedModel, work: Workload) -> Callable[[], object]:
    engine = make_engine(model, stop_ids=(), max_len=work.longest + 64)

    async def all_of_them() -> None:
        requests = enumerate(work.requests())
        jobs = [engine.generate(prompt, Sampling(length), seed) for seed, (prompt, length) in requests]
        completions = await asyncio.gather(*jobs)
        assert sum(len(completion.tokens) for completion in completions) == work.tokens

    return lambda: asyncio.run(all_of_them())


def hugging_face(model: PreTrainedModel, work: Workload, batch: int = 64) -> Callable[[], object]:
    config = GenerationConfig(
        do_sample=True, top_k=0, max_new_tokens=work.longest, pad_token_id=0, bos_token_id=1
    )
    requests = work.requests()

    def generate() -> None:
        for start in range(0, len(requests), batch):
            rows = requests[start : start + batch]
            width = max(len(prompt) for prompt, _ in rows)
            ids = torch.tensor([[0] * (width - len(prompt)) + list(prompt) for prompt, _ in rows])
            lengths = torch.tensor([length for _, length in rows])
            output = model.generate(  # pyright: ignore[reportCallIssue]
                input_ids=ids,
                attention_mask=(ids != 0).long(),
                generation_config=config,
                stopping_criteria=StoppingCriteriaList([Ended(width, lengths)]),
            )
            assert output.shape[1] - width == max(lengths)

    return generate


def trl_path(model: PreTrainedModel, work: Workload) -> Callable[[], object]:
    """GRPOTrainer's own method, with the lengths forced through generate's stopping criteria."""
    from datasets import Dataset  # pyright: ignore[reportMissingImports]
    from trl import GRPOConfig, GRPOTrainer  # pyright: ignore[reportMissingImports]

    requests = work.requests()
    folder = Path(tempfile.mkdtemp())
    save_with_tokenizer(model, folder)
    trainer = GRPOTrainer(
        model=str(folder),
        reward_funcs=lambda completions, **_: [0.0] * len(completions),
        args=GRPOConfig(
            output_dir=str(folder / "out"),
            per_device_train_batch_size=len(requests),
            num_generations=len(work.lengths[0]),
            max_completion_length=work.longest,
            use_cpu=True,
            report_to=[],
        ),
        train_dataset=Dataset.from_dict({"prompt": ["a"] * len(requests)}),
    )
    force_lengths(trainer, work)
    prompts = [list(prompt) for prompt, _ in requests]
    return lambda: trainer._generate_single_turn(prompts, None, {}, len(work.lengths[0]))


def force_lengths(trainer: Any, work: Workload) -> None:
    """Make a GRPOTrainer sample exactly the lengths of `work`: rows end by generate's own stopping criteria,
    and their last token is made the one end token that the trainer looks for."""
    end = trainer.eos_token_ids[0]
    lengths = torch.tensor([length for _, length in work.requests()])
    generate = trainer.model.generate

    def forced(*args: Any, **kwargs: Any) -> Any:
        width = kwargs["input_ids"].shape[1]
        criteria = StoppingCriteriaList([Ended(width, lengths)])
        kwargs["generation_config"].eos_token_id = None
        trainer.model.generation_config.eos_token_id = None  # it fills the gap that the first one leaves
        output = generate(*args, **kwargs, stopping_criteria=criteria)
        output[:, width:].masked_fill_(output[:, width:] == end, end + 1)
        output[torch.arange(len(lengths)), width + lengths - 1] = end
        return output

    trainer.model.generate = forced


PEERS = {
    "hf": ("Hugging Face generate, 64 rows", hugging_face),
    "hf-all": ("Hugging Face generate, all rows", partial(hugging_face, batch=1 << 20)),
    "trl": ("TRL", trl_path),
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", choices=SIZES, default="1m")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--prompts", type=int, default=32)
    parser.add_argument("--short", action="store_true", help="answers of 20-40 tokens instead of 16-512")
    parser.add_argument("--peers", default="hf", help=f"of {', '.join(PEERS)}; empty for none")
    args = parser.parse_args()
    torch.set_num_threads(1)
    model = make_model(SIZES[args.model])
    work = workload(args.prompts, low=20, high=40) if args.short else workload(args.prompts)
    contenders = {OWN: timed(own_engine(model, work))}
    for peer in filter(None, args.peers.split(",")):
        name, make = PEERS[peer]
        contenders[name] = timed(make(model, work))
    print(environment())
    parameters = sum(p.numel() for p in model.parameters())
    print(f"model {args.model}: {parameters:,} parameters; {work.tokens:,} tokens")
    print_table(interleaved(contenders, args.repeats), work.tokens, OWN)


if __name__ == "__main__":
    main()
