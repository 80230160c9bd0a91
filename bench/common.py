"""What every benchmark shares: models with random weights, one workload, fair timing. Not a benchmark itself.

Figures are medians of tokens per CPU second of this process on one thread, contenders taking turns: a box
that is shared slows all of them alike, and time lost to others is not counted.
"""

from __future__ import annotations

import math
import os
import platform
import random
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
import transformers
from transformers import PreTrainedModel, Qwen3Config, Qwen3ForCausalLM


@dataclass(frozen=True)
class Size:
    vocabulary: int
    hidden: int
    layers: int
    heads: int
    kv_heads: int
    head_dim: int
    mlp: int


SIZES = {
    "100k": Size(vocabulary=160, hidden=64, layers=2, heads=4, kv_heads=2, head_dim=16, mlp=192),
    "1m": Size(vocabulary=128, hidden=128, layers=4, heads=4, kv_heads=2, head_dim=32, mlp=512),
    "27m": Size(vocabulary=4096, hidden=512, layers=8, heads=8, kv_heads=4, head_dim=64, mlp=1536),
}


def make_model(size: Size) -> PreTrainedModel:
    """A Qwen3 with random weights, scaled up from the usual start so that its distributions are as uneven
    as a trained model's."""
    torch.manual_seed(0)
    config = Qwen3Config(
        vocab_size=size.vocabulary,
        hidden_size=size.hidden,
        num_hidden_layers=size.layers,
        num_attention_heads=size.heads,
        num_key_value_heads=size.kv_heads,
        head_dim=size.head_dim,
        intermediate_size=size.mlp,
        max_position_embeddings=2048,
        tie_word_embeddings=True,
        pad_token_id=0,
        eos_token_id=None,  # nothing ends an answer but its length
        rope_parameters={"rope_type": "default", "rope_theta": 10000.0},
    )
    model = Qwen3ForCausalLM(config).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.dim() == 2:
                parameter.mul_(4.0 if "embed" in name else 2.0)
    return model


def save_with_tokenizer(model: PreTrainedModel, folder: Path) -> None:
    """For peers that load from disk and insist on text: one token a character."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

    special = ["<pad>", "<bos>", "<eos>", "<unk>"]
    names = [*special, *map(chr, range(32, 127))]
    names += [f"<{index}>" for index in range(len(names), model.config.vocab_size)]
    tokenizer = Tokenizer(models.WordLevel({name: i for i, name in enumerate(names)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(pattern="", behavior="isolated")
    tokenizer.decoder = decoders.Fuse()
    tokenizer.add_special_tokens([AddedToken(name, special=True) for name in special])
    fast = transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<pad>", bos_token="<bos>", eos_token="<eos>", unk_token="<unk>"
    )
    fast.chat_template = "{% for m in messages %}{{ m['content'] }}{% endfor %}"
    model.save_pretrained(folder)
    fast.save_pretrained(folder)


@dataclass(frozen=True)
class Workload:
    """`lengths[i]` are the exact numbers of tokens wanted for the samples of `prompts[i]`."""

    prompts: tuple[tuple[int, ...], ...]
    lengths: tuple[tuple[int, ...], ...]

    @property
    def tokens(self) -> int:
        return sum(map(sum, self.lengths))

    @property
    def longest(self) -> int:
        return max(map(max, self.lengths))

    def requests(self) -> list[tuple[tuple[int, ...], int]]:
        """(prompt, length) of every sample, siblings together."""
        pairs = zip(self.prompts, self.lengths, strict=True)
        return [(prompt, length) for prompt, lengths in pairs for length in lengths]


def workload(prompts: int = 32, samples: int = 8, low: int = 16, high: int = 512) -> Workload:
    """Prompts of 20..60 tokens; lengths spread evenly in their logarithm, as answers of a reasoning model
    are: many short ones, a few very long."""
    draw = random.Random(0)
    log_low, log_high = math.log(low), math.log(high)
    return Workload(
        tuple(tuple(draw.randrange(8, 104) for _ in range(draw.randint(20, 60))) for _ in range(prompts)),
        tuple(
            tuple(round(math.exp(draw.uniform(log_low, log_high))) for _ in range(samples))
            for _ in range(prompts)
        ),
    )


def timed(run: Callable[[], object]) -> Callable[[], float]:
    """A contender that times all of `run`."""

    def seconds() -> float:
        start = time.process_time()
        run()
        return time.process_time() - start

    return seconds


def interleaved(contenders: Mapping[str, Callable[[], float]], repeats: int) -> dict[str, float]:
    """Median CPU seconds of contenders that return them; all of them take their turn in every round."""
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for round_ in range(repeats):
        for name, run in contenders.items():
            seconds[name].append(run())
            print(f"  round {round_ + 1}, {name}: {seconds[name][-1]:.2f} CPU s", flush=True)
    return {name: statistics.median(values) for name, values in seconds.items()}


def print_table(seconds: Mapping[str, float], tokens: int, own: str) -> None:
    """Tokens per CPU second of each, and how many times faster `own` is."""
    width = max(map(len, seconds))
    print(f"{'':{width}}  tokens / CPU s   {own} is faster by")
    for name, value in seconds.items():
        print(f"{name:{width}}  {tokens / value:14,.0f}   {value / seconds[own]:.2f}x")


def environment() -> str:
    facts = Path("/proc/cpuinfo").read_text().splitlines()
    names = (line.split(":")[1].strip() for line in facts if line.startswith("model name"))
    model = next(names, platform.processor())
    return (
        f"{model}, {os.cpu_count()} cores, {torch.get_num_threads()} thread; torch {torch.__version__}, "
        f"transformers {transformers.__version__}, Python {platform.python_version()}"
    )
