"""What families answer to a prompt that they are given as text, and which texts they leave alone."""

import json
import random
import re
from hashlib import blake2b

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_families import CLEAN, EXAMPLES, SOLVERS, draw, solve_chain

from parnassus.data.families.chain import Chain
from parnassus.data.families.guards import Guards
from parnassus.data.families.guards_chain import GuardsChain
from parnassus.data.families.lin import Lin
from parnassus.data.families.products import Products
from parnassus.data.families.sort import Sort
from parnassus.data.families.spoiled import Spoiled
from parnassus.data.identity import prompt_digest
from parnassus.data.split import Side, side
from parnassus.errors import ConfigError, DataError
from parnassus.types import Demonstration

CLEAN_EXAMPLES = [Chain(noise=0, direct=0), Sort(noise=0, direct=0), Lin(noise=0, direct=0)]
CLEAN_EXAMPLES += [Guards(noise=0), GuardsChain(noise=0)]
seeds = st.integers(0, 2**32)


def prompts(family, count: int, seed: int = 0) -> list[str]:
    return [drawn.problem.prompt[-1].content for drawn in draw(family, count, seed)]


GOLDEN = [  # of 300 draws and what the generator gives after them, as they were before families could respond
    (Chain(operations=(1, 4), noise=0.2, direct=0.3), "9d883260cae62687"),
    (Chain(operations=(1, 8), noise=0.5, direct=0.1), "46bca4926c4e213d"),
    (Sort(digits=(2, 4), noise=0.2, direct=0.3), "5d5eebe562bf413a"),
    (Sort(digits=(2, 6), noise=0.5, direct=0.1), "c8a9d65741aa9110"),
    (Lin(coefficients=(2, 6), noise=0.2, direct=0.3), "65df778f8ee873bd"),
    (Lin(coefficients=(2, 99), noise=0.5, direct=0.1), "6ed655dd2884ea31"),
    (Guards(guards=(1, 3), noise=0.3), "df95cfb89f9d1802"),
    (Guards(guards=(1, 5), noise=0.6), "789b52cb2f34c6b6"),
    (GuardsChain(guards=(1, 3), noise=0.2), "da8f0fd1973e849f"),
    (GuardsChain(guards=(1, 5), noise=0.6), "e11ba8076bde0456"),
    (Products(digits=(1, 5), direct=0.3), "8a9a5843d8e14058"),
]


@pytest.mark.parametrize(("family", "digest"), GOLDEN, ids=[repr(family) for family, _ in GOLDEN])
def test_what_a_seed_draws_never_changes(family, digest: str):
    rng = random.Random(20260101)
    drawn = [family(rng) for _ in range(300)]
    lines = [json.dumps([d.problem.id, d.problem.prompt[0].content, d.response]) for d in drawn]
    text = "\n".join([*lines, repr(rng.random())])
    assert blake2b(text.encode(), digest_size=8).hexdigest() == digest


@settings(max_examples=60, deadline=None)
@given(seeds)
def test_without_noise_the_response_to_a_prompt_is_the_solution(seed):
    for wide, family in zip(
        CLEAN, CLEAN_EXAMPLES, strict=True
    ):  # whatever the levels of the one that is asked
        [text] = prompts(wide, 1, seed)
        kind, rest = text.split(": ", 1)
        assert family.respond(text, random.Random(0)) == SOLVERS[kind](rest.removesuffix("="))


@pytest.mark.parametrize("family", EXAMPLES, ids=lambda f: f.name)
def test_responses_are_fresh_and_repeat_with_their_seed(family):
    for text in prompts(family, 20):
        said = [family.respond(text, random.Random(seed)) for seed in range(60)]
        assert said == [family.respond(text, random.Random(seed)) for seed in range(60)]
        assert len(set(said)) > 1 or not hasattr(family, "noise")


@pytest.mark.parametrize("family", EXAMPLES, ids=lambda f: f.name)
def test_a_demonstration_ends_as_a_response_does(family):
    """From one of the states that the generator went through, its prompt gets the same response again."""
    for seed in range(30):
        rng = random.Random(seed)
        demonstration = family(rng)
        after, again = rng.getstate(), random.Random(seed)
        while not responds(family, demonstration, again.getstate(), after):
            assert again.getstate() != after
            again.getrandbits(32)


def responds(family, demonstration: Demonstration, before: tuple, after: tuple) -> bool:
    rng = random.Random()
    rng.setstate(before)
    said = family.respond(demonstration.problem.prompt[-1].content, rng)
    return said == demonstration.response and rng.getstate() == after


@pytest.mark.parametrize(("noise", "right"), [(0.0, 1.0), (0.2, 0.82), (1.0, 0.1)])
def test_responses_have_the_noise_of_the_family(noise, right):
    family = Chain((1, 1), noise=noise, direct=0)
    rng = random.Random(1)
    said = [family.respond("calc: 3*7=", rng) for _ in range(4000)]
    assert said.count(solve_chain("3*7")) / len(said) == pytest.approx(right, abs=0.025)


@pytest.mark.parametrize("family", EXAMPLES, ids=lambda f: f.name)
def test_prompts_of_others_are_no_prompts(family):
    for other in EXAMPLES:
        answers = [family.respond(text, random.Random(0)) for text in prompts(other, 50)]
        assert [answer is None for answer in answers] == [other is not family] * 50


@pytest.mark.parametrize("family", EXAMPLES, ids=lambda f: f.name)
def test_what_is_not_whole_is_no_prompt(family):
    for text in prompts(family, 20):
        for end in range(len(text)):
            assert family.respond(text[:end], random.Random(0)) is None
        for around in (
            f"{text} ",
            f" {text}",
            f"{text}\n",
            f"{text}\n\n{text}",
            text.upper().replace("=", ""),
        ):
            assert family.respond(around, random.Random(0)) is None


@pytest.mark.parametrize(
    "text",
    [
        "calc: 6=",
        "calc: 6+=",
        "calc: +6=",
        "calc: 6/3=",
        "calc: 12+3=",
        "calc: ٣+4=",
        "sort: 5=",
        "sort: 3072=",
        "solve: 3x+1=11:",  # no whole solution
        "solve: 3x+1=1:",  # 0
        "solve: 3x+1=31:",  # 10
        "solve: 1x+1=2:",
        "solve: 0x+1=2:",
        "solve: 3x+9=6:",
        "code: the sum",
        "code: else the sum",
        "code: if y is odd give the sum",
        "code: if y is odd give the sum; the gap",
        "code: if y is odd give y is odd; else the gap",
        "code: if the sum give the sum; else the gap",
        "code: if if y is odd give the sum; else the gap",
        "code: if y is odd give x plus c; else the gap",  # no c is given
        "code: c=8; if y is odd give x plus c; else the gap",
        "code: c=; if y is odd give x plus c; else the gap",
        "code: c=8-7-9; ",
        "",
    ],
)
def test_texts_that_nobody_answers(text):
    assert [family.respond(text, random.Random(0)) for family in EXAMPLES] == [None] * len(EXAMPLES)


@settings(max_examples=200, deadline=None)
@given(st.text(), st.sampled_from(["", "calc: ", "sort: ", "solve: ", "code: ", "code: c=", "code: if "]))
def test_any_text_is_answered_or_left_alone(text, head):
    for family in EXAMPLES:
        answer = family.respond(head + text, random.Random(0))
        assert answer is None or answer


SPOILT = [Chain(), Sort(), Lin(), Guards(), GuardsChain()]


@pytest.mark.parametrize("family", SPOILT, ids=lambda f: f.name)
def test_what_is_spoiled_nobody_can_answer(family):
    drawn = [d.problem.prompt for d in draw(Spoiled(family, 1.0), 500)]
    texts = [prompt[-1].content for prompt in drawn if side(prompt) is Side.TRAIN]
    assert not [text for text in texts for other in EXAMPLES if other.respond(text, random.Random(0))]
    longer = sum(bool(re.search("Home|Hint|3[.] |points|Next|Posted", text)) for text in texts)
    assert 0.2 < longer / len(texts) < 0.5, "cut off, with a gap, with remains: a third each"
    clean = [prompt[-1].content for prompt in drawn if side(prompt) is Side.HELD_OUT]
    assert all(family.respond(text, random.Random(0)) for text in clean)
    assert 50 < len(clean) < 160


@pytest.mark.parametrize("family", SPOILT, ids=lambda f: f.name)
def test_a_share_is_spoiled_and_keeps_its_reference(family):
    spoiled = Spoiled(family, 0.3)
    drawn = draw(spoiled, 2000)
    train = [d.problem.prompt for d in drawn if side(d.problem.prompt) is Side.TRAIN]
    good = [prompt for prompt in train if family.respond(prompt[-1].content, random.Random(0))]
    assert len(good) / len(train) == pytest.approx(0.7, abs=0.046)  # four standard errors
    assert draw(spoiled, 50) == drawn[:50]
    for one in (d.problem for d in drawn):
        assert one.id == f"{family.name}/{prompt_digest(one.prompt)}"
        assert (one.source, one.domain) == (family.name, family.domain) == (spoiled.name, spoiled.domain)
    seed = next(n for n in range(99) if side(draw(family, 1, n)[0].problem.prompt) is Side.TRAIN)
    [before], [after] = draw(family, 1, seed), draw(Spoiled(family, 1.0), 1, seed)
    assert before.problem.prompt != after.problem.prompt
    assert before.problem.reference == after.problem.reference
    assert (before.problem.stats, before.response) == (after.problem.stats, after.response)


def test_a_share_of_nothing_spoils_nothing():
    assert all(Chain().respond(text, random.Random(0)) for text in prompts(Spoiled(Chain(), 0.0), 500))


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_a_share_that_is_none_is_refused(share):
    with pytest.raises(ConfigError, match="spoiled chain: share="):
        Spoiled(Chain(), share)


class AnswersAll(Chain):
    def respond(self, text, rng):
        return "1"


def test_a_family_that_answers_anything_cannot_be_spoiled():
    with pytest.raises(DataError, match="has an answer to whatever becomes of 'calc: "):
        draw(Spoiled(AnswersAll(), 1.0), 50)
