"""Texts that end an answer: the same tokens as without them, up to the first that completes one."""

import asyncio
import random
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import PreTrainedModel

from parnassus.engines.batching import BatchingEngine
from parnassus.engines.embedded import EmbeddedEngine
from parnassus.engines.generic import GenericEngine
from parnassus.engines.make import make_engine
from parnassus.engines.scripted import ScriptedEngine
from parnassus.engines.stop_texts import StopTexts
from parnassus.errors import ConfigError, DataError
from parnassus.models.tiny import tiny_model, tiny_tokenizer
from parnassus.text.chat import Chat
from parnassus.types import Completion, Sampling, Stop

Make = Callable[[str], PreTrainedModel]
MAX_LEN = 64
# What 40 tokens are in bytes: whole words, parts of a character, and special ones, which are nothing.
PIECES = [*(bytes([97 + n]) for n in range(8)), b"\n", b"``", b"`", b"\n`", b"` \n\n", b"ab", b"bab", b" "]
PIECES += [*(bytes([byte]) for byte in "é€".encode()), b"", b"", b"a\xc3", b"\xa9b"]
PIECES += [bytes([97 + n % 3]) * 2 for n in range(40 - len(PIECES))]
STOPS = (3, 17)


def decode(tokens: Sequence[int]) -> str:
    return b"".join(PIECES[token] for token in tokens).decode("utf-8", "replace")


def cut(tokens: Sequence[int], stop: Sequence[str]) -> tuple[int, ...]:
    """Up to the first token with which the text of all of them holds one of `stop`; or all."""
    for count in range(1, len(tokens) + 1):
        if any(one in decode(tokens[:count]) for one in stop):
            return tuple(tokens[:count])
    return tuple(tokens)


texts = st.text(st.sampled_from("ab`\n é€"), min_size=1, max_size=4)


@settings(deadline=None)
@given(st.lists(st.integers(0, 39), min_size=1, max_size=60), st.lists(texts, min_size=1, max_size=3))
def test_the_first_completion_ends_it_and_no_other_token(tokens: list[int], stop: list[str]):
    engine = ScriptedEngine(lambda prompt, seed: tokens, (), 99, decode)
    said = asyncio.run(engine.generate([1], Sampling(60, stop=tuple(stop)), 0))
    assert said.tokens == cut(tokens, stop)
    completed = any(one in decode(said.tokens) for one in stop)
    assert said.stop is (Stop.FINISHED if completed else Stop.LENGTH)


def answers(engine: BatchingEngine, requests: Sequence[tuple[list[int], Sampling, int]]) -> list[Completion]:
    async def all_of_them() -> list[Completion]:
        return await asyncio.gather(*(engine.generate(*request) for request in requests))

    return asyncio.run(all_of_them())


def with_slots(model: PreTrainedModel, slots: int) -> BatchingEngine:
    if model.config.model_type == "gpt2":
        return GenericEngine(model, STOPS, MAX_LEN, slots, decode)
    return EmbeddedEngine(model, STOPS, MAX_LEN, slots, decode=decode)


@pytest.mark.parametrize("family", ["qwen3", "llama", "gpt2"])
@pytest.mark.parametrize("slots", [3, 64])
def test_engines_cut_what_they_would_have_sampled(family: str, slots: int, small_model: Make):
    """Beside others that no text ends; rows end, move and are filled again all the time."""
    model, draw = small_model(family), random.Random(0)
    prompts = [[draw.randrange(40) for _ in range(draw.randint(1, 12))] for _ in range(12)]
    stops = [(), ("``",), ("\n`", "é"), ("ab",), ("aab", "``\n"), (" ",)]
    plain = [(prompt, Sampling(50), seed) for prompt in prompts for seed in range(6)]
    heard = [(prompt, Sampling(50, stop=stops[seed]), seed) for prompt, _, seed in plain]
    before, after = (
        answers(make_engine(model, STOPS, MAX_LEN), plain),
        answers(with_slots(model, slots), heard),
    )
    ended = 0
    for (_, sampling, _), whole, said in zip(heard, before, after, strict=True):
        assert said.tokens == cut(whole.tokens, sampling.stop)
        assert said.logprobs == pytest.approx(whole.logprobs[: len(said.tokens)], abs=1e-5)
        by_text = any(one in decode(said.tokens) for one in sampling.stop)
        by_id = said.tokens[-1] in STOPS
        assert said.stop is (Stop.FINISHED if by_text or by_id else Stop.LENGTH)
        ended += by_text
    assert 10 < ended < len(heard)


def test_a_fence_ends_what_the_built_in_model_says():
    """Its tokenizer, special tokens and all."""
    chat = Chat(tiny_tokenizer())
    engine = make_engine(tiny_model(0), chat.stop_ids, 300, chat.decode)
    stop = ("b", "\n```\n", "```python")
    plain = answers(engine, [([5], Sampling(200), seed) for seed in range(20)])
    heard = answers(engine, [([5], Sampling(200, stop=stop), seed) for seed in range(20)])
    for whole, said in zip(plain, heard, strict=True):
        assert whole.tokens[: len(said.tokens)] == said.tokens
        assert not any(one in chat.decode(said.tokens[:-1]) for one in stop)
        assert said.tokens == whole.tokens or any(one in chat.decode(said.tokens) for one in stop)


def test_only_the_last_tokens_are_decoded():
    lengths = list[int]()

    def counted(tokens: Sequence[int]) -> str:
        lengths.append(len(tokens))
        return decode(tokens)

    heard = StopTexts(counted)
    tokens = [0] * 5000
    for count in range(1, len(tokens) + 1):
        assert not heard.completed(tokens[:count], ("ba",))
    assert max(lengths) < 10
    lengths.clear()
    for count in range(1, len(tokens) + 1):
        assert not heard.completed(tokens[:count], ("bb",))
    assert lengths == [1]  # no text ends with an a: looked up once


def test_without_a_decoder_or_a_text_it_is_refused(small_model: Make):
    for engine in (make_engine(small_model("qwen3"), STOPS, MAX_LEN), ScriptedEngine.of({(1,): [2]}, (), 9)):
        with pytest.raises(ConfigError, match="knows no text"):
            asyncio.run(engine.generate([1], Sampling(5, stop=("a",)), 0))
    engine = make_engine(small_model("qwen3"), STOPS, MAX_LEN, decode)
    with pytest.raises(DataError, match="empty text"):
        asyncio.run(engine.generate([1], Sampling(5, stop=("a", "")), 0))
