"""The body of a chat completion -> Reply, strictly. Knows the format, not HTTP.

Servers that take the thinking out of the answer (vLLM's --reasoning-parser, DeepSeek's own) send it beside:
it is put back in front, between its tags, because a response without it is not what the model said.
"""

import json
from collections.abc import Mapping, Sequence

from parnassus.enrich.answerer import Reply
from parnassus.types import Message, Sampling, Stop

_STOPS = {"stop": Stop.FINISHED, "length": Stop.LENGTH}
_THINKING = ("reasoning_content", "reasoning")  # as the servers name it


def request_body(model: str, messages: Sequence[Message], sampling: Sampling, seed: int) -> bytes:
    """What is sent: nothing but what every server knows, and `top_k` and `repetition_penalty`, which vLLM and
    SGLang know, where they are asked for. Texts of `stop` end an answer and are left out of it."""
    body = {
        "model": model,
        "messages": [{"role": message.role, "content": message.content} for message in messages],
        "max_tokens": sampling.max_tokens,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "seed": seed,
    }
    asked = {
        "stop": list(sampling.stop),
        "top_k": sampling.top_k,
        "repetition_penalty": sampling.repetition_penalty,
    }
    usual = {"stop": [], "top_k": 0, "repetition_penalty": 1.0}
    return json.dumps(body | {name: value for name, value in asked.items() if value != usual[name]}).encode()


def read_completion(body: bytes) -> Reply:
    """Raises ValueError that says in what way `body` is no completion."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise ValueError(f"not JSON: {_shown(body)}") from None
    choices = value.get("choices") if isinstance(value, Mapping) else None
    if not (isinstance(choices, list) and choices and isinstance(choices[0], Mapping)):
        raise ValueError(f"no choices: {_shown(body)}")
    stop = _STOPS.get(str(choices[0].get("finish_reason")))
    if stop is None:
        wanted = " or ".join(_STOPS)
        raise ValueError(f"finish_reason: wanted {wanted}, got {choices[0].get('finish_reason')!r:.40}")
    tokens = _count(value, "completion_tokens")
    text = _text(choices[0].get("message"), stop)
    if not text and not tokens:  # a model may end at once: then the end is the token that it sampled
        raise ValueError("an empty answer")
    return Reply(text, stop, _count(value, "prompt_tokens"), tokens)


def _text(message: object, stop: Stop) -> str:
    if not isinstance(message, Mapping):
        raise ValueError("a choice without a message")
    content = message.get("content")
    thinking = next((message[name] for name in _THINKING if message.get(name)), None)
    if not isinstance(content, str | None) or not isinstance(thinking, str | None):
        raise ValueError(f"a message whose content is no text: {content!r:.40}")
    text = content or ""
    if thinking is not None:
        cut = stop is Stop.LENGTH and not text  # within the thinking
        text = f"<think>\n{thinking}" if cut else f"<think>\n{thinking}\n</think>\n\n{text}"
    return text.encode("utf-8", "replace").decode()  # half a surrogate pair could not be stored


def _count(value: Mapping[str, object], name: str) -> int | None:
    usage = value.get("usage")
    count = usage.get(name) if isinstance(usage, Mapping) else None
    return count if isinstance(count, int) and not isinstance(count, bool) and count >= 0 else None


def _shown(body: bytes) -> str:
    return repr(body[:60].decode(errors="replace")) if body else "nothing"
