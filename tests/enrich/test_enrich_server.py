"""ServerAnswerer against a real server that is busy, broken, silent, slow or talks nonsense."""

import asyncio
import json
import threading
import time
from collections.abc import Callable
from email.utils import formatdate

import pytest
from model_server import ModelServer, Say, said

from parnassus.enrich.answerer import Reply
from parnassus.enrich.completion import read_completion
from parnassus.enrich.server import ServerAnswerer
from parnassus.errors import AnsweringError, ConfigError, RefusedError
from parnassus.types import Message, Sampling, Stop

QUESTION = (Message("system", "Be brief."), Message("user", "1+1=?"))
SAMPLING = Sampling(100, temperature=0.6, top_p=0.95)
NEVER = threading.Event()  # is never set
QUICK = {"pause": 0.01, "token": "TOKEN_OF_THIS_TEST"}


def ask(server: ModelServer, times: int = 1, **how) -> tuple[list[Reply | BaseException], ServerAnswerer]:
    """The same question `times` times at once, with other seeds."""

    async def main():
        async with asyncio.timeout(60), ServerAnswerer(server.url, "a model", **QUICK | how) as answerer:
            asked = (answerer(QUESTION, SAMPLING, seed) for seed in range(times))
            return await asyncio.gather(*asked, return_exceptions=True), answerer

    return asyncio.run(main())


def first(troubles: list[Say]) -> Callable[[dict], Say]:
    """These one after the other, then an answer."""
    left = iter(troubles)
    return lambda asked: next(left, said("2", prompt_tokens=9, completion_tokens=1))


def test_what_is_asked_and_what_is_answered(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TOKEN_OF_THIS_TEST", "secret")
    with ModelServer(first([])) as server:
        [reply], answerer = ask(server)
    assert reply == Reply("2", Stop.FINISHED, 9, 1)
    assert server.asked == [
        {
            "model": "a model",
            "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "1+1=?"}],
            "max_tokens": 100,
            "temperature": 0.6,
            "top_p": 0.95,
            "seed": 0,
        }
    ]
    assert server.headers[0]["authorization"] == "Bearer secret"
    assert answerer.counted == {"requests": 1, "answers": 1, "prompt tokens": 9, "tokens": 1}


TROUBLES = {
    "429": (Say(b"busy", 429), "429"),
    "500": (Say(b"", 500), "500"),
    "502": (Say(b"<html>", 502), "502"),
    "503": (Say(b"", 503), "503"),
    "504": (Say(b"", 504), "504"),
    "nothing at all": (Say(cut=0), "connection"),
    "a lost connection": (Say(said("2").body, cut=100), "connection"),
    "silence": (Say(hold=NEVER), "timeout"),
    "an empty body": (Say(), "nonsense"),
    "no JSON": (Say(b"Hello!"), "nonsense"),
    "half of it": (Say(said("2").body[:40]), "nonsense"),
    "deep JSON": (Say(b"[" * 100_000), "nonsense"),
    "an error as an answer": (Say(b'{"error": "overloaded"}'), "nonsense"),
    "no choices": (Say(b'{"choices": []}'), "nonsense"),
    "choices of nothing": (Say(b'{"choices": [null]}'), "nonsense"),
    "no message": (Say(b'{"choices": [{"finish_reason": "stop"}]}'), "nonsense"),
    "no text": (said(None), "nonsense"),
    "an empty text": (said(""), "nonsense"),
    "a number for a text": (said(2), "nonsense"),  # pyright: ignore[reportArgumentType]
    "no reason to end": (Say(said("2").body.replace(b"stop", b"tool_calls")), "nonsense"),
}


@pytest.mark.parametrize(("trouble", "counted"), TROUBLES.values(), ids=TROUBLES)
def test_it_asks_again(trouble: Say, counted: str):
    with ModelServer(first([trouble] * 2)) as server:
        [reply], answerer = ask(server, seconds=0.3)
    assert isinstance(reply, Reply)
    assert reply.text == "2"
    assert answerer.counted == {"requests": 3, "answers": 1, "prompt tokens": 9, "tokens": 1, counted: 2}


@pytest.mark.parametrize(("trouble", "counted"), TROUBLES.values(), ids=TROUBLES)
def test_it_gives_up_in_the_end(trouble: Say, counted: str):
    with ModelServer(lambda asked: trouble) as server:
        [error], answerer = ask(server, seconds=0.3, retries=2)
    assert type(error) is (RefusedError if counted == "nonsense" else AnsweringError)
    assert str(error).startswith(f"{counted} after 3 tries: a model at {server.url}/v1: ")
    assert answerer.counted == {"requests": 3, counted: 3, "given up": 1}


@pytest.mark.parametrize("date", [False, True])
def test_a_server_that_says_how_long_is_left_alone_for_that_long(date: bool):
    again = []

    def script(asked: dict) -> Say:
        if not again:
            again.append(time.time() + 1)
            # A date has no parts of a second: the next whole one but one is a second away or more.
            until = formatdate(int(time.time()) + 2, usegmt=True)
            return Say(b"", 429, {"Retry-After": until if date else "1"})
        return said("2") if time.time() >= again[0] else Say(b"", 429)

    with ModelServer(script) as server:
        _, answerer = ask(server)
    assert answerer.counted["429"] == 1, "asked again before the server wanted to be asked"


@pytest.mark.parametrize("said_so", ["soon", "-1", "nan", "", "0x", "Mon, 99 Foo"])
def test_a_retry_after_that_says_nothing_is_none(said_so: str):
    with ModelServer(first([Say(b"", 429, {"Retry-After": said_so})])) as server:
        _, answerer = ask(server)
    assert answerer.counted["answers"] == 1


def test_a_question_that_is_refused_is_not_asked_again():
    too_long = Say(b'{"message": "maximum context length is 10 tokens"}', 400)
    with ModelServer(lambda asked: too_long) as server:
        [error], answerer = ask(server)
    assert isinstance(error, RefusedError)
    assert "400: " in str(error)
    assert "maximum context length" in str(error)
    assert answerer.counted == {"requests": 1, "400": 1, "given up": 1}


@pytest.mark.parametrize("status", [401, 403, 404])
def test_what_no_question_would_escape_is_told_as_a_mistake(status: int):
    with ModelServer(lambda asked: Say(b'{"message": "no such model"}', status)) as server:
        [error], _ = ask(server)
    assert isinstance(error, ConfigError)
    assert f"said {status}: " in str(error)
    assert "(a model) and the token in $TOKEN_OF_THIS_TEST" in str(error)


def test_a_server_that_does_not_let_us_in_or_is_not_there_is_told_at_once():
    with ModelServer(first([]), models=Say(b"", 401)) as server, pytest.raises(ConfigError, match="said 401"):
        ask(server)
    with pytest.raises(ConfigError, match=f"no server answers at {server.url}/v1"):
        ask(server)
    with ModelServer(first([]), models=Say(b"", 404)) as server:
        assert len(ask(server)[0]) == 1, "not every server lists its models"


def test_no_more_than_so_many_at_a_time_and_none_is_lost():
    troubled = iter([Say(b"", 503), Say(cut=0), Say(b"", 500)] * 5)
    with ModelServer(lambda asked: next(troubled, said(f"{asked['seed']}"))) as server:
        replies, answerer = ask(server, times=40, concurrency=4)
    assert [reply.text for reply in replies if isinstance(reply, Reply)] == [str(seed) for seed in range(40)]
    assert server.most == 4
    assert answerer.counted["requests"] == len(server.asked) == 55


def test_the_time_of_a_question_that_waits_here_does_not_run():
    with ModelServer(first([])) as server:
        _, answerer = ask(server, times=200, concurrency=1, seconds=1.0)
    assert answerer.counted == {
        "requests": 200,
        "answers": 200,
        "prompt tokens": 1800,
        "tokens": 200,
    }, "more than a second in all"


@pytest.mark.parametrize(
    "url", ["localhost:8000", "ftp://host", "http://", "http://user:secret@host/v1", "http://h:99999/v1"]
)
def test_what_is_no_address_is_refused(url: str):
    with pytest.raises(ConfigError, match="address is http"):
        ServerAnswerer(url, "m")


@pytest.mark.parametrize(
    ("given", "base"),
    [
        ("http://h:8000", "http://h:8000/v1"),
        ("http://h:8000/v1/", "http://h:8000/v1"),
        ("https://h/openai/v1", "https://h/openai/v1"),
    ],
)
def test_the_address_may_end_before_or_after_v1(given: str, base: str):
    assert ServerAnswerer(given, "m").url == base


def body(message: dict, stop: str = "stop", **usage: object) -> bytes:
    return json.dumps({"choices": [{"message": message, "finish_reason": stop}], "usage": usage}).encode()


@pytest.mark.parametrize(
    ("content", "reply"),
    [
        (body({"content": "2"}, completion_tokens=True), Reply("2", Stop.FINISHED)),
        (body({"content": "2"}, "length", completion_tokens=-1), Reply("2", Stop.LENGTH)),
        (body({"content": ""}, completion_tokens=1), Reply("", Stop.FINISHED, None, 1)),
        (
            body({"content": "2", "reasoning_content": "1+1"}),
            Reply("<think>\n1+1\n</think>\n\n2", Stop.FINISHED),
        ),
        (body({"content": "2", "reasoning": "1+1"}), Reply("<think>\n1+1\n</think>\n\n2", Stop.FINISHED)),
        (body({"content": None, "reasoning": "1+"}, "length"), Reply("<think>\n1+", Stop.LENGTH)),
        (body({"content": "a\ud800b"}), Reply("a?b", Stop.FINISHED)),
    ],
)
def test_completions_as_servers_write_them(content: bytes, reply: Reply):
    assert read_completion(content) == reply
