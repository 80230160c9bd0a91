"""What every engine that holds a model promises: the same tests for the fast one and the generic one."""

import asyncio
import random
from collections.abc import Callable, Sequence

import pytest
import torch
from transformers import PreTrainedModel

from parnassus.engines import embedded
from parnassus.engines.batching import BatchingEngine
from parnassus.engines.embedded import EmbeddedEngine
from parnassus.engines.generic import GenericEngine
from parnassus.engines.make import make_engine
from parnassus.errors import DataError, ModelError
from parnassus.types import Completion, Sampling, Stop

FAMILIES = ("qwen3", "qwen2", "llama", "gpt2")
STOPS = (3, 17)
MAX_LEN = 64
Make = Callable[[str], PreTrainedModel]
Request = tuple[list[int], Sampling, int]


def with_slots(model: PreTrainedModel, slots: int) -> BatchingEngine:
    if model.config.model_type == "gpt2":
        return GenericEngine(model, STOPS, MAX_LEN, slots)
    return EmbeddedEngine(model, STOPS, MAX_LEN, slots)


def mixed_requests(prompts: int = 5, siblings: int = 4) -> list[Request]:
    """Prompts of 1..20 tokens, 1..60 tokens wanted, every kind of sampling."""
    draw = random.Random(0)
    every = [[draw.randrange(40) for _ in range(draw.randint(1, 20))] for _ in range(prompts)]
    return [
        (prompt, Sampling(draw.randint(1, 60), draw.choice([0.0, 0.7, 1.0]), draw.choice([1.0, 0.8])), seed)
        for prompt in every
        for seed in range(siblings)
    ]


def answers(engine: BatchingEngine, requests: Sequence[Request]) -> list[Completion]:
    async def all_of_them() -> list[Completion]:
        return await asyncio.gather(*(engine.generate(*request) for request in requests))

    return asyncio.run(all_of_them())


def assert_faithful(
    model: PreTrainedModel, request: Request, completion: Completion, tolerance: float = 1e-4
) -> None:
    """Its log-probabilities are the model's, and it ended where it had to."""
    prompt, sampling, _ = request
    ids = torch.tensor([[*prompt, *completion.tokens]])
    with torch.no_grad():
        logits = model(ids).logits[0, len(prompt) - 1 : -1] / (sampling.temperature or 1.0)
    wanted = torch.log_softmax(logits, -1).gather(1, ids[0, len(prompt) :, None])[:, 0]
    torch.testing.assert_close(torch.tensor(completion.logprobs), wanted, atol=tolerance, rtol=0)
    stopped = [token in STOPS for token in completion.tokens]
    assert not any(stopped[:-1])
    assert completion.stop is (Stop.FINISHED if stopped[-1] else Stop.LENGTH)
    assert stopped[-1] or len(completion.tokens) == min(sampling.max_tokens, MAX_LEN - len(prompt))


@pytest.mark.parametrize("family", FAMILIES)
def test_log_probabilities_are_the_models_own(family: str, small_model: Make):
    model, requests = small_model(family), mixed_requests()
    completions = answers(make_engine(model, STOPS, MAX_LEN), requests)
    for request, completion in zip(requests, completions, strict=True):
        assert_faithful(model, request, completion)
    assert {completion.stop for completion in completions} == {Stop.FINISHED, Stop.LENGTH}


def test_rows_may_be_sorted_sliced_and_refilled_at_every_step(
    small_model: Make, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(embedded, "SORT_AFTER", 0)
    monkeypatch.setattr(embedded, "SLICE_BYTES", 0)
    model, requests = small_model("qwen3"), mixed_requests(prompts=8)
    completions = answers(with_slots(model, 7), requests)
    for request, completion in zip(requests, completions, strict=True):
        assert_faithful(model, request, completion)


@pytest.mark.parametrize("family", FAMILIES)
def test_neither_order_nor_slots_change_an_answer(family: str, small_model: Make):
    model, requests = small_model(family), mixed_requests()
    expected = [completion.tokens for completion in answers(with_slots(model, 64), requests)]
    order = list(range(len(requests)))
    random.Random(1).shuffle(order)
    found = answers(with_slots(model, 3), [requests[index] for index in order])
    assert [completion.tokens for completion in found] == [expected[index] for index in order]
    assert len(set(expected)) > len(expected) // 2  # or seeds would do nothing


@pytest.mark.parametrize("family", FAMILIES)
def test_temperature_zero_is_greedy_decoding(family: str, small_model: Make):
    model, prompt = small_model(family), [5, 9, 2, 30]
    (completion,) = answers(make_engine(model, (), MAX_LEN), [(prompt, Sampling(20, temperature=0.0), 0)])
    ids = torch.tensor([prompt])
    wanted = model.generate(
        ids, attention_mask=torch.ones_like(ids), do_sample=False, max_new_tokens=20, pad_token_id=0
    )
    assert completion.tokens == tuple(wanted[0, 4:].tolist())


@pytest.mark.parametrize("family", FAMILIES)
def test_siblings_share_one_prefill(family: str, small_model: Make):
    engine = make_engine(small_model(family), STOPS, MAX_LEN)
    answers(engine, mixed_requests(prompts=5, siblings=4))
    assert engine.prompts_prefilled == 5


@pytest.mark.parametrize("look_ahead", [0, 30, 2048])
def test_siblings_share_it_even_when_they_wait_for_a_slot(
    look_ahead: int, small_model: Make, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(embedded, "LOOK_AHEAD", look_ahead)
    engine = EmbeddedEngine(small_model("qwen3"), (), MAX_LEN, slots=3)
    answers(engine, [(prompt, Sampling(5), seed) for prompt, _, seed in mixed_requests(5, siblings=4)])
    assert engine.prompts_prefilled == 5


def test_looking_ahead_skips_what_is_already_prefilled(small_model: Make, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(embedded, "LOOK_AHEAD", 30)
    engine = EmbeddedEngine(small_model("qwen3"), (), MAX_LEN, slots=1)
    short, long = [1, 2], [3] * 40  # too long to be looked ahead to
    answers(engine, [(prompt, Sampling(2), 0) for prompt in (short, long, short)])
    assert engine.prompts_prefilled == 2


@pytest.mark.parametrize("family", FAMILIES)
def test_the_fast_engine_is_chosen_where_it_is_exact(family: str, small_model: Make):
    engine = make_engine(small_model(family), (), MAX_LEN)
    assert isinstance(engine, GenericEngine if family == "gpt2" else EmbeddedEngine)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_short_answer_does_not_wait_for_a_long_one(family: str, small_model: Make):
    engine = make_engine(small_model(family), (), MAX_LEN)

    async def race() -> bool:
        long = asyncio.create_task(engine.generate([1, 2], Sampling(50), 0))
        short = asyncio.create_task(engine.generate([1, 2], Sampling(3), 1))
        await short
        still_running = not long.done()
        await long
        return still_running

    assert asyncio.run(race())


@pytest.mark.parametrize("family", FAMILIES)
def test_load_takes_weights_and_stamps_the_version(family: str, small_model: Make):
    model, requests = small_model(family), mixed_requests(prompts=2)
    engine = make_engine(model, STOPS, MAX_LEN)
    before = answers(engine, requests)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(1.3)
    again = answers(engine, requests)  # the engine's copy is its own
    assert [c.tokens for c in again] == [c.tokens for c in before]
    engine.load(model.state_dict(), version=7)
    after = answers(engine, requests)
    assert [c.tokens for c in after] != [c.tokens for c in before]
    assert {c.policy_version for c in before} == {0}
    assert {c.policy_version for c in after} == {7}
    for request, completion in zip(requests, after, strict=True):
        assert_faithful(model, request, completion)


@pytest.mark.parametrize("family", ["qwen3", "gpt2"])
def test_every_parameter_is_loaded(family: str, small_model: Make):
    """One at a time: a weight that an engine forgets would go stale without a trace."""
    model, request = small_model(family), ([5, 6, 7, 8], Sampling(6, temperature=1.0), 0)
    engine = make_engine(model, STOPS, MAX_LEN)
    for version, parameter in enumerate(model.parameters()):
        with torch.no_grad():
            parameter.add_(torch.randn_like(parameter) * 0.3)
        engine.load(model.state_dict(), version)
        (completion,) = answers(engine, [request])
        assert_faithful(model, request, completion)


@pytest.mark.parametrize("family", ["qwen3", "gpt2"])
def test_weights_do_not_change_under_a_request(family: str, small_model: Make):
    model = small_model(family)
    engine = make_engine(model, (), MAX_LEN)

    async def load_too_early() -> None:
        request = asyncio.create_task(engine.generate([1, 2], Sampling(9), 0))
        await asyncio.sleep(0)
        with pytest.raises(RuntimeError, match="1 requests are in flight"):
            engine.load(model.state_dict(), 1)
        await request
        engine.load(model.state_dict(), 1)

    asyncio.run(load_too_early())


@pytest.mark.parametrize("family", ["qwen3", "gpt2"])
@pytest.mark.parametrize(
    ("prompt", "sampling", "words"),
    [
        ([1] * MAX_LEN, Sampling(1), f"{MAX_LEN} tokens, which leaves no room"),
        ([], Sampling(1), "0 tokens"),
        ([1, 40], Sampling(1), r"each of 0\.\.39"),
        ([1], Sampling(0), "max_tokens=0"),
        ([1], Sampling(1, temperature=-1.0), "temperature"),
        ([1], Sampling(1, top_p=0.0), "top_p"),
    ],
)
def test_impossible_requests(
    family: str, prompt: list[int], sampling: Sampling, words: str, small_model: Make
):
    engine = make_engine(small_model(family), (), MAX_LEN)
    with pytest.raises(DataError, match=words):
        answers(engine, [(prompt, sampling, 0)])


@pytest.mark.parametrize("family", ["qwen3", "gpt2"])
def test_a_diverged_model_is_an_error_not_an_answer(family: str, small_model: Make):
    model = small_model(family)
    with torch.no_grad():
        next(model.parameters()).fill_(torch.nan)
    engine = make_engine(model, (), MAX_LEN)
    with pytest.raises(ModelError, match="not finite"):
        answers(engine, [([1, 2], Sampling(3), 0)])


def test_bfloat16_products_and_cache_stay_close(small_model: Make):
    model, requests = small_model("qwen3"), mixed_requests()
    engine = EmbeddedEngine(model, STOPS, MAX_LEN, dtype=torch.bfloat16)
    for request, completion in zip(requests, answers(engine, requests), strict=True):
        assert_faithful(model, request, completion, tolerance=0.15)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
@pytest.mark.parametrize("family", FAMILIES)
def test_on_an_accelerator(family: str, small_model: Make):
    model, requests = small_model(family), mixed_requests(prompts=8)
    completions = answers(make_engine(model.to("cuda"), STOPS, MAX_LEN), requests)
    model.to("cpu")
    for request, completion in zip(requests, completions, strict=True):
        assert_faithful(model, request, completion)
