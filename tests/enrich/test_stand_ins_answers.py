"""What stand-ins answer, and on what it depends."""

import asyncio
from pathlib import Path

import pytest

from parnassus.data.families.chain import Chain
from parnassus.data.families.sort import Sort
from parnassus.enrich.answerer import Answerer, Reply
from parnassus.enrich.cache import Cached
from parnassus.enrich.stand_ins import Judge, Teacher, TestWriter
from parnassus.errors import ConfigError
from parnassus.types import Message, Sampling, Stop

SAMPLING = Sampling(64)
EXACT = Chain(noise=0, direct=0)


def say(model: Answerer, text: str, seed: int = 0, sampling: Sampling = SAMPLING) -> Reply:
    return asyncio.run(model([Message("user", text)], sampling, seed))


@pytest.mark.parametrize(
    "text", ["calc: 1+2=", "calc: 1+2=\n\nGive the answer in a box.", "calc: 1+2=\n\n```\n\n```"]
)
def test_a_teacher_reads_the_first_paragraph_of_the_last_question(text: str):
    before = [Message("system", "Be brief."), Message("user", "calc: 7+7="), Message("assistant", "4")]
    said = asyncio.run(Teacher((EXACT,))([*before, Message("user", text)], SAMPLING, 0))
    assert said.text == r"<think>1+2=3;</think>\boxed{3}"
    assert (said.stop, said.tokens) == (Stop.FINISHED, 18)


@pytest.mark.parametrize(
    "model", [Teacher((EXACT,)), Judge((EXACT,)), TestWriter()], ids=lambda m: type(m).__name__
)
@pytest.mark.parametrize("text", ["", "What is this?", "calc: 1+=", "\n\ncalc: 1+2="])
def test_a_stand_in_says_so_where_it_is_at_a_loss(model: Answerer, text: str):
    assert say(model, text).text == "I cannot tell."


def test_an_answer_depends_on_the_settings_the_text_and_the_seed_only():
    said = [say(Teacher((Chain(),)), "calc: 1+2*3=", seed).text for seed in range(40)]
    other = Sampling(1, temperature=0.0, stop=("1",))
    assert said == [say(Teacher((Chain(),)), "calc: 1+2*3=", seed, other).text for seed in range(40)]
    assert len(set(said)) > 5


def test_other_settings_have_another_name_and_answers_of_their_own(tmp_path: Path):
    models = [Teacher((EXACT, Sort())), Teacher((Sort(), EXACT)), Teacher((Chain(noise=1.0), Sort()))]
    assert len({model.model for model in models}) == 3
    assert Judge((EXACT,), 0.5).model != Judge((EXACT,), 0.6).model
    assert TestWriter(19).model != TestWriter(20).model != TestWriter(20, 0.1).model
    for model in models:
        with Cached(model, tmp_path) as cached:
            first = say(cached, "calc: 1+2*3+4=", 5)
            assert say(cached, "calc: 1+2*3+4=", 5) == first == say(model, "calc: 1+2*3+4=", 5)
            assert cached.counted["from the cache"] == 1
    assert len(list(tmp_path.iterdir())) == 3


def test_what_was_asked_is_counted():
    model = Teacher((EXACT,))
    say(model, "calc: 1+2=")
    say(model, "calc: 1+2=")
    assert model.counted == {"questions": 2, "answers": 2, "prompt tokens": 12, "tokens": 36}
    assert model == Teacher((EXACT,)), "counts are no settings"


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Teacher(()), "Teacher: it has no families"),
        (lambda: Judge(()), "Judge: it has no families"),
        (lambda: Judge((EXACT,), 1.1), r"Judge: accuracy=1.1 must be in \[0, 1\]"),
        (lambda: TestWriter(0), "TestWriter: tests=0 must be above 0"),
        (lambda: TestWriter(170), "TestWriter: tests=170 must be at most 169"),
        (lambda: TestWriter(5, -0.1), "TestWriter: wrong=-0.1 must be in"),
    ],
)
def test_settings_that_make_no_sense(make, says: str):
    with pytest.raises(ConfigError, match=says):
        make()
