"""GRPO in one file: warm-up, rollouts, rewards, advantages, loss, update. Needs torch and transformers only.

    python examples/grpo_in_one_file.py            about 40 seconds on one CPU core

The same loop as `parnassus run`, without its engine, packing, sandbox, curricula and records, to be read top
to bottom. A test holds `grpo_loss` to the package's loss and gradient. The task: `3*4-5=` is worked out step
by step modulo 10, `3*4=2;2-5=7;` and then the answer, `#7`. Half the demonstrations are wrong somewhere, so
the model knows how before it is reliable; RL with a 0/1 reward makes it reliable.
"""

import math
import random
from dataclasses import dataclass

import torch
from transformers import Qwen3Config, Qwen3ForCausalLM

VOCABULARY = ["<pad>", "<eos>", *"0123456789+-*=;#"]
ID = {token: i for i, token in enumerate(VOCABULARY)}
PAD, EOS = 0, 1
MAX_NEW = 32


def encode(text: str) -> list[int]:
    return [ID[character] for character in text]


def decode(tokens: list[int]) -> str:
    return "".join(VOCABULARY[t] for t in tokens if t > EOS)


# ---------------------------------------------------------------- the task


def apply(a: int, operation: str, b: int) -> int:
    return {"+": a + b, "-": a - b, "*": a * b}[operation] % 10


def problem(rng: random.Random) -> tuple[str, str]:
    """A prompt such as "3*4-5=" and its answer."""
    value = rng.randrange(10)
    prompt = str(value)
    for _ in range(rng.randint(1, 3)):
        operation, operand = rng.choice("+-*"), rng.randrange(10)
        prompt += f"{operation}{operand}"
        value = apply(value, operation, operand)
    return prompt + "=", str(value)


def demonstration(rng: random.Random, noise: float = 0.2) -> tuple[str, str]:
    """A prompt and a worked response in which each step is wrong with probability `noise`."""
    prompt, _ = problem(rng)
    value, response = int(prompt[0]), ""
    for i in range(1, len(prompt) - 1, 2):
        result = rng.randrange(10) if rng.random() < noise else apply(value, prompt[i], int(prompt[i + 1]))
        response += f"{value}{prompt[i : i + 2]}={result};"
        value = result
    return prompt, response + f"#{value}"


def reward(response: str, answer: str) -> float:
    return float(response.split("#")[-1] == answer and "#" in response)


# ---------------------------------------------------------------- the model


def make_model(seed: int) -> Qwen3ForCausalLM:
    torch.manual_seed(seed)
    config = Qwen3Config(
        vocab_size=len(VOCABULARY),
        hidden_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=16,
        intermediate_size=170,
        tie_word_embeddings=True,
        initializer_range=0.08,
        pad_token_id=PAD,
        eos_token_id=EOS,
    )
    return Qwen3ForCausalLM(config)


@dataclass
class Sample:
    """One trajectory: what was asked, what was said, how likely the sampler found it, and what it earned."""

    prompt: list[int]
    response: list[int]
    logp: list[float]
    reward: float = 0.0


@torch.no_grad()
def generate(model: Qwen3ForCausalLM, prompts: list[list[int]]) -> list[Sample]:
    """One sampled response to each prompt, at temperature 1. Prompts are padded on the left."""
    width = max(map(len, prompts))
    tokens = torch.tensor([[PAD] * (width - len(p)) + p for p in prompts])
    seen = torch.tensor([[0] * (width - len(p)) + [1] * len(p) for p in prompts])
    samples = [Sample(p, [], []) for p in prompts]
    cache, done = None, torch.zeros(len(prompts), dtype=torch.bool)
    for _ in range(MAX_NEW):
        position = (seen.cumsum(1) - 1).clamp(min=0)[:, -tokens.shape[1] :]
        out = model(tokens, attention_mask=seen, position_ids=position, past_key_values=cache, use_cache=True)
        cache, logp = out.past_key_values, out.logits[:, -1].log_softmax(-1)
        tokens = torch.multinomial(logp.exp(), 1)
        for sample, token, row, over in zip(samples, tokens[:, 0].tolist(), logp, done.tolist(), strict=True):
            if not over:
                sample.response.append(token)
                sample.logp.append(row[token].item())
        done |= tokens[:, 0] == EOS
        seen = torch.cat([seen, torch.ones_like(tokens)], 1)
        if done.all():
            break
    return samples


def response_logp(model: Qwen3ForCausalLM, samples: list[Sample]) -> torch.Tensor:
    """log p of every response token, all samples one after the other: [T]. Padded on the right."""
    rows = [s.prompt + s.response for s in samples]
    width = max(map(len, rows))
    tokens = torch.tensor([row + [PAD] * (width - len(row)) for row in rows])
    mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in rows])
    logp = model(tokens, attention_mask=mask).logits[:, :-1].log_softmax(-1)
    logp = logp.gather(-1, tokens[:, 1:, None])[..., 0]
    return torch.cat([logp[i, len(s.prompt) - 1 : len(rows[i]) - 1] for i, s in enumerate(samples)])


# ---------------------------------------------------------------- the algorithm


def advantages(groups: list[list[Sample]]) -> torch.Tensor:
    """(r - mean) / (std + 1e-6) within each group, one value for every response token: [T]."""
    values: list[float] = []
    for group in groups:
        rewards = torch.tensor([s.reward for s in group])
        for sample, a in zip(group, (rewards - rewards.mean()) / (rewards.std() + 1e-6), strict=True):
            values += [a.item()] * len(sample.response)
    return torch.tensor(values)


def grpo_loss(model: Qwen3ForCausalLM, groups: list[list[Sample]], eps: float = 0.2) -> torch.Tensor:
    """PPO's clipped loss, averaged over all response tokens of the step. Groups of equal rewards teach
    nothing."""
    groups = [g for g in groups if len({s.reward for s in g}) > 1]
    samples = [s for g in groups for s in g]
    advantage = advantages(groups)
    ratio = torch.exp(response_logp(model, samples) - torch.tensor([p for s in samples for p in s.logp]))
    return -torch.minimum(ratio * advantage, ratio.clamp(1 - eps, 1 + eps) * advantage).mean()


# ---------------------------------------------------------------- the loop


def update(optimizer: torch.optim.Optimizer, model: Qwen3ForCausalLM, loss: torch.Tensor) -> None:
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()


def warm_up(model: Qwen3ForCausalLM, rng: random.Random, steps: int) -> None:
    optimizer = torch.optim.AdamW(model.parameters(), lr=6e-3, betas=(0.9, 0.98), weight_decay=0.01)
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = 6e-3 * (0.1 + 0.45 * (1 + math.cos(math.pi * step / steps)))
        shown = [demonstration(rng) for _ in range(64)]
        update(
            optimizer,
            model,
            -response_logp(model, [Sample(encode(p), [*encode(r), EOS], []) for p, r in shown]).mean(),
        )
        if step % 100 == 99:
            print(f"warm-up {step + 1:4d}", flush=True)


def roll_out(model: Qwen3ForCausalLM, rng: random.Random, prompts: int, size: int) -> list[list[Sample]]:
    asked = [problem(rng) for _ in range(prompts)]
    samples = generate(model, [encode(prompt) for prompt, _ in asked for _ in range(size)])
    for i, sample in enumerate(samples):
        sample.reward = reward(decode(sample.response), asked[i // size][1])
    return [samples[i : i + size] for i in range(0, len(samples), size)]


def main(warm_up_steps: int = 700, steps: int = 40) -> None:
    rng, model = random.Random(0), make_model(0)
    print("warm-up on demonstrations, then RL", flush=True)
    warm_up(model, rng, warm_up_steps)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, betas=(0.9, 0.99), weight_decay=0.0)
    for step in range(steps):
        groups = roll_out(model, rng, prompts=32, size=8)
        correct = [s.reward for g in groups for s in g]
        update(optimizer, model, grpo_loss(model, groups))
        print(f"rl {step + 1:3d}  pass@1 {sum(correct) / len(correct):.3f}")


if __name__ == "__main__":
    main()
