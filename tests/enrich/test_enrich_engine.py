"""An engine of ours behind the same seam: the built-in model, sampled for real."""

import asyncio
import random
from pathlib import Path

import pytest
from scripted import NoSandbox, job, wait

from parnassus.data.families.chain import Chain
from parnassus.engines.make import make_engine
from parnassus.enrich.answerer import Reply
from parnassus.enrich.cost import estimate, tokens_per_second
from parnassus.enrich.engine import EngineAnswerer
from parnassus.enrich.made import Means
from parnassus.enrich.pass_rate import PassRate
from parnassus.errors import RefusedError
from parnassus.models.tiny import tiny_model, tiny_tokenizer
from parnassus.text.chat import Chat
from parnassus.types import Message, Sampling, Stop

CHAT = Chat(tiny_tokenizer())
QUESTION = (Message("user", "calc: 1+1="),)
SAMPLING = Sampling(12)


def answerer(max_len: int = 128) -> EngineAnswerer:
    return EngineAnswerer(make_engine(tiny_model(0), CHAT.stop_ids, max_len), CHAT, "tiny-0")


def ask(model: EngineAnswerer, seeds: range, temperature: float = 1.0) -> list[Reply]:
    async def main() -> list[Reply]:
        sampling = Sampling(12, temperature=temperature)
        return await asyncio.gather(*(model(QUESTION, sampling, seed) for seed in seeds))

    return asyncio.run(main())


def test_the_seed_decides_what_is_said_and_the_temperature_whether_it_matters():
    replies = ask(answerer(), range(8))
    assert len({reply.text for reply in replies}) > 4
    assert replies == [reply for seed in range(8) for reply in ask(answerer(), range(seed, seed + 1))]
    assert len({reply.text for reply in ask(answerer(), range(4), temperature=0)}) == 1
    assert {reply.prompt_tokens for reply in replies} == {len(CHAT.prompt(QUESTION))}
    cut = [reply for reply in replies if reply.stop is Stop.LENGTH]
    assert cut
    assert all(reply.tokens == 12 for reply in cut)


def test_a_prompt_that_does_not_fit_is_no_answer():
    with pytest.raises(RefusedError, match=r"tiny-0: got a prompt of \d+ tokens"):
        ask(answerer(max_len=4), range(1))


def test_a_pass_rate_by_real_sampling_is_the_same_whatever_runs_at_once(tmp_path: Path):
    rng = random.Random(0)
    problems = [Chain()(rng).problem for _ in range(6)]
    rate = PassRate(8, SAMPLING)
    one = list(job(problems, rate, tmp_path / "1", answerer(), at_once=1))
    six = list(job(problems, rate, tmp_path / "6", answerer(), at_once=6))
    assert one == six
    assert all(item.problem.stats["samples"] == 8 for item in one)
    assert len({sample.text for item in one for sample in item.samples}) > 20


def test_the_cost_of_it():
    rng = random.Random(0)
    problems = [Chain()(rng).problem for _ in range(6)]
    rate = PassRate(8, SAMPLING)
    [(name, cost)] = estimate(problems, rate, {"model": CHAT}).items()
    prompts = [len(CHAT.prompt(problem.prompt)) for problem in problems]
    assert (name, cost.requests) == ("model", 48)
    assert (cost.prompt_tokens, cost.most_tokens) == (8 * sum(prompts), 48 * 12)
    assert cost.counted_by.startswith("the tokenizer of ")
    rough = estimate(problems, rate)["model"]
    assert rough.prompt_tokens == 8 * sum(-(-len(p.prompt[0].content) // 4) for p in problems)
    assert rough.counted_by == "characters / 4"
    assert cost.seconds(24.0) == 24
    means = Means({"model": answerer()}, NoSandbox())
    assert wait(tokens_per_second(means, rate.requests(problems[0]))) > 0
