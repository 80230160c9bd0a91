"""What an enrichment will cost, before it is paid for: questions, tokens, time. An estimate, and of what is
sampled an upper bound: every answer as long as it may be. What is cached already is not taken off, and a
question that depends on an answer is counted by what stands in for it.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from parnassus.enrich.answerer import Request
from parnassus.enrich.asking import all_of, ask
from parnassus.enrich.made import Enrichment, Means
from parnassus.errors import DataError, positive
from parnassus.text.chat import Chat
from parnassus.types import Message, Problem


@dataclass(frozen=True)
class Cost:
    """Of one model, for all problems together."""

    requests: int
    prompt_tokens: int
    counted_by: str
    most_tokens: int  # sampled

    def __str__(self) -> str:
        return (
            f"{self.requests:,} questions, {self.prompt_tokens:,} tokens in the prompts "
            f"({self.counted_by}), at most {self.most_tokens:,} to be sampled"
        )

    def seconds(self, tokens_per_second: float) -> float:
        """At most, at this rate of sampled tokens over all that is asked at once."""
        positive(self, tokens_per_second=tokens_per_second)
        return self.most_tokens / tokens_per_second


def estimate(
    problems: Iterable[Problem], enrichment: Enrichment, chats: Mapping[str, Chat] = MappingProxyType({})
) -> dict[str, Cost]:
    """By the name that the enrichment calls a model by. Reads through the problems; asks no model. Prompts
    are counted by the tokenizer of the model's chat, or, where none is given, by their characters."""
    requests, prompt, most = Counter[str](), Counter[str](), Counter[str]()
    for problem in problems:
        for request in enrichment.requests(problem):
            requests[request.model] += 1
            chat = chats.get(request.model)
            length = _length(request.messages) if chat is None else len(chat.prompt(request.messages))
            prompt[request.model] += length
            most[request.model] += request.sampling.max_tokens
    return {name: Cost(requests[name], prompt[name], _by(chats.get(name)), most[name]) for name in requests}


def _by(chat: Chat | None) -> str:
    if chat is None:
        return "characters / 4"
    return f"the tokenizer of {chat.tokenizer.name_or_path or 'the model'}"


async def tokens_per_second(means: Means, requests: Sequence[Request]) -> float:
    """Measured by asking these, all at once; as fast as the whole will be if they are as many as are asked at
    once there, and none is cached. Raises DataError where nothing was sampled."""
    begun = time.monotonic()
    replies = await all_of(ask(means, request) for request in requests)
    taken = time.monotonic() - begun
    tokens = sum(_quarter(r.text) if r.tokens is None else r.tokens for r in replies)
    if not tokens:
        raise DataError(f"{len(requests)} questions were answered without a token: nothing to measure by")
    return tokens / taken


def _length(messages: Sequence[Message]) -> int:
    return _quarter("".join(message.content for message in messages))


def _quarter(text: str) -> int:
    """Tokens, about: four characters each, as in English text."""
    return -(-len(text) // 4)
