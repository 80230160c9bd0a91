import hashlib
import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parnassus.data.families.chain import Chain
from parnassus.data.split import Side, check_disjoint, side
from parnassus.errors import DataError
from parnassus.types import Answer, Message, Problem


def problem(text: str, name: str | None = None) -> Problem:
    return Problem(name or f"test/{text}", (Message("user", text),), Answer("1"), "math", "test")


@given(st.text(st.characters(exclude_categories=("Cs",))))
def test_the_side_is_a_keyed_hash_of_the_prompt(text):
    content = json.dumps([["user", text]]).encode()
    digest = hashlib.blake2b(content, digest_size=8, key=b"parnassus held-out").hexdigest()
    held_out = int(digest, 16) % 5 == 0
    assert (side((Message("user", text),)) is Side.HELD_OUT) == held_out


def test_one_in_five_is_held_out():
    rng = random.Random(0)
    prompts = {Chain((4, 4))(rng).problem.prompt for _ in range(5000)}
    share = sum(side(prompt) is Side.HELD_OUT for prompt in prompts) / len(prompts)
    assert share == pytest.approx(0.2, abs=0.023)  # four standard errors


def test_the_side_depends_on_roles_and_boundaries():
    one = [side((Message("user", str(i)), Message("user", "x"))) for i in range(200)]
    joined = [side((Message("user", f"{i}x"),)) for i in range(200)]
    other_role = [side((Message("system", str(i)), Message("user", "x"))) for i in range(200)]
    assert one != joined
    assert one != other_role


def test_disjoint_sides_pass():
    check_disjoint([problem("a"), problem("b")], [problem("c")])
    check_disjoint([], [])


def test_a_leak_is_named_also_under_another_id():
    with pytest.raises(DataError, match=r"2 held-out problems are also in training: test/a, mine = test/b;"):
        check_disjoint([problem("a"), problem("b", "mine"), problem("c")], [problem("b"), problem("a")])


def test_a_large_leak_names_some_and_counts_the_rest():
    many = [problem(str(i)) for i in range(9)]
    with pytest.raises(DataError, match=r"9 held-out .*test/4 and 4 more"):
        check_disjoint(many, many)
