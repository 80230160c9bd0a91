"""The likeliest k and the penalty for repeating: as transformers has them, and in the engines."""

import asyncio
from collections.abc import Callable

import numpy as np
import pytest
import torch
from transformers import (
    PreTrainedModel,
    RepetitionPenaltyLogitsProcessor,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)

from parnassus.engines.make import make_engine
from parnassus.engines.rows import Request, Rows
from parnassus.engines.sampler import likeliest, sample
from parnassus.errors import DataError
from parnassus.types import Completion, Sampling

Make = Callable[[str], PreTrainedModel]
VOCABULARY = 12


def rows_of(samplings: list[Sampling], prompt: tuple[int, ...]) -> Rows:
    rows = Rows(slots=len(samplings), max_len=4, vocabulary=VOCABULARY, stop_ids=())

    async def fill() -> None:
        answer = asyncio.get_running_loop().create_future()
        for seed, sampling in enumerate(samplings):
            rows.add(Request(prompt, sampling, seed, 2, answer))

    asyncio.run(fill())
    return rows


@pytest.mark.parametrize("top_k", [0, 3])
@pytest.mark.parametrize("top_p", [1.0, 0.7])
@pytest.mark.parametrize("penalty", [1.0, 1.3, 0.5])
def test_what_may_be_drawn_and_how_often_is_as_transformers_has_it(top_k: int, top_p: float, penalty: float):
    torch.manual_seed(3)
    logits, prompt, count = torch.randn(VOCABULARY) * 1.5, (2, 5, 5, 7), 4000
    sampling = Sampling(2, 0.6, top_p, top_k, penalty)
    tokens, logprobs = sample(logits.expand(count, -1), rows_of([sampling] * count, prompt))
    wanted = logits[None]
    steps = [RepetitionPenaltyLogitsProcessor(penalty), TemperatureLogitsWarper(0.6)]
    steps += [TopKLogitsWarper(top_k)] if top_k else []
    for step in [*steps, TopPLogitsWarper(top_p)]:
        wanted = step(torch.tensor([prompt]), wanted)  # pyright: ignore
    for token, probability in enumerate(wanted.softmax(-1)[0].tolist()):
        found, deviation = int((tokens == token).sum()), (count * probability * (1 - probability)) ** 0.5
        assert abs(found - count * probability) <= 4 * deviation
    plain = (logits / 0.6).log_softmax(0)
    torch.testing.assert_close(logprobs, plain[tokens])  # before any penalty or cut


def test_of_equally_likely_ones_the_lower_ids_are_kept():
    kept = likeliest(torch.tensor([[0.2, 0.2, 0.2, 0.4], [0.25] * 4]), torch.tensor([2, 9]))
    assert kept.tolist() == [pytest.approx([1 / 3, 0, 0, 2 / 3]), pytest.approx([0.25] * 4)]


async def said(model: PreTrainedModel, *asked: tuple[list[int], Sampling]) -> list[Completion]:
    engine = make_engine(model, [0], 60)
    return list(await asyncio.gather(*(engine.generate(p, s, n) for n, (p, s) in enumerate(asked))))


@pytest.mark.parametrize("family", ["qwen3", "gpt2"])
def test_a_greedy_answer_that_may_not_repeat_is_that_of_transformers(family: str, small_model: Make):
    """Beside rows without a penalty, shorter and longer ones, so that rows move; after all of them again."""
    model = small_model(family)
    strict, free = Sampling(24, 0.0, repetition_penalty=1.8), Sampling(24, 0.0)
    prompts = [[5, 6, 7], [9, 8, 7, 6, 5], [11], [5, 6, 7, 8]]
    short = Sampling(3, 0.0, repetition_penalty=3.0)
    asked = [(prompts[3], short), *((p, s) for p in prompts for s in (strict, free))]
    told = asyncio.run(said(model, *asked))
    for (prompt, sampling), answer in zip(asked, told, strict=True):
        wanted = model.generate(  # pyright: ignore
            torch.tensor([prompt]),
            attention_mask=torch.ones(1, len(prompt), dtype=torch.long),
            do_sample=False,
            max_new_tokens=sampling.max_tokens,
            repetition_penalty=sampling.repetition_penalty,
            eos_token_id=0,
            pad_token_id=0,
        )
        assert list(answer.tokens) == wanted[0, len(prompt) :].tolist()
    assert told[1].tokens != told[2].tokens


@pytest.mark.parametrize("family", ["qwen3", "gpt2"])
def test_the_likeliest_one_is_greedy_and_company_changes_nothing(family: str, small_model: Make):
    model, prompt = small_model(family), [5, 6, 7]
    one, greedy = asyncio.run(said(model, (prompt, Sampling(20, top_k=1)), (prompt, Sampling(20, 0.0))))
    assert one.tokens == greedy.tokens
    alone = asyncio.run(said(model, (prompt, Sampling(20))))
    beside = asyncio.run(said(model, (prompt, Sampling(20)), ([4], Sampling(9, repetition_penalty=2.0))))
    assert alone[0].tokens == beside[0].tokens


@pytest.mark.parametrize("change", [{"top_k": -1}, {"repetition_penalty": 0.0}, {"repetition_penalty": -1.0}])
def test_what_no_one_can_mean_is_refused(change: dict, small_model: Make):
    with pytest.raises(DataError, match="top_k >= 0 and a repetition_penalty above 0"):
        asyncio.run(said(small_model("qwen3"), ([5], Sampling(4, **change))))


def test_what_was_seen_moves_with_its_row_and_goes_with_it():
    strict = Sampling(2, repetition_penalty=2.0)
    rows = rows_of([strict] * 3, (1, 2))
    rows.record(np.array([3, 4, 5]), np.zeros(3, np.float32))

    def seen() -> list[list[int]]:
        return [np.flatnonzero(row).tolist() for row in rows.seen()]

    assert seen() == [[1, 2, 3], [1, 2, 4], [1, 2, 5]]
    rows.reorder(np.array([0, 1]), np.array([1, 0]))
    assert seen() == [[1, 2, 4], [1, 2, 3], [1, 2, 5]]
    rows.remove(0)
    assert seen() == [[1, 2, 5], [1, 2, 3]]
    rows.add(Request((7,), strict, 0, 1, rows.requests[0].answer))
    assert seen() == [[1, 2, 5], [1, 2, 3], [7]]
