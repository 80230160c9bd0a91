"""What `parnassus.text.answers` finds, by example and for any text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parnassus.text.answers import after_thinking, last_boxed, last_code_block

# Pieces that matter to the three functions, so that random texts hit their corners.
PIECES = [
    "\\boxed{",
    "{",
    "}",
    "\\{",
    "\\}",
    "\\\\",
    "\\",
    "<think>",
    "</think>",
    "```",
    "```python\n",
    "\n",
    "x",
    " ",
]
texts = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)
balanced = st.recursive(
    st.sampled_from(["", "5", "x^2", "\\{", "\\}", "\\frac12"]),
    lambda inner: st.lists(inner.map("{{{}}}".format) | inner, max_size=3).map("".join),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("<think>a</think>b", "b"),
        ("a</think>b", "b"),  # templates that open the thinking themselves
        ("<think>a</think>b<think>c</think>d", "d"),
        ("<think>never closed", ""),
        ("<think>a</think>b<think>again", ""),
        ("", ""),
    ],
)
def test_after_thinking(text, expected):
    assert after_thinking(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"so \boxed{5}.", "5"),
        (r"\boxed{1} then \boxed{2}", "2"),
        (r"\boxed{\frac{1}{2}}", r"\frac{1}{2}"),
        (r"\boxed{\{1, 2\}}", r"\{1, 2\}"),
        (r"\boxed{\boxed{5}}", "5"),
        (r"\boxed {5}", "5"),
        (r"\boxed{}", ""),
        (r"\boxed{5} and \boxed{unfinished", "5"),
        (r"{ stray \boxed{5}", "5"),
        (r"} stray \boxed{5}", "5"),
        (r"\boxed{1\\}", r"1\\"),  # a line break before the closing brace, not an escaped brace
        (r"\fbox{5} \boxed 5", None),
        ("5", None),
    ],
)
def test_last_boxed(text, expected):
    assert last_boxed(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("```python\nx = 1\n```", "x = 1\n"),
        ("```\nx = 1\n```", "x = 1\n"),
        ("```Python3\nx = 1\n```", "x = 1\n"),
        ("```py\na\n```\ntext\n```py\nb\n```\nend", "b\n"),
        ("```python\na\n```\n```cpp\nint b;\n```", "a\n"),
        ("```python\na\n```\n```python\nunfinished", "a\n"),
        ("```python\nunfinished\n```python\na\n```", "a\n"),
        ("  ```python\n  a\n  ```", "  a\n"),
        ("```python\nprint('```')\n```", "print('```')\n"),
        ("```python\n```", ""),
        ("inline ```x``` only", None),
        ("no code", None),
    ],
)
def test_last_code_block(text, expected):
    assert last_code_block(text) == expected


@given(before=texts, content=balanced)
def test_a_box_at_the_end_is_found_whole(before, content):
    if before.endswith("\\"):
        before += " "
    assert last_boxed(f"{before}\\boxed{{{content}}}") == content


@given(texts)
def test_a_box_is_balanced_and_stood_in_the_text(text):
    found = last_boxed(text)
    if found is not None:
        assert "\\boxed" in text
        assert found + "}" in text
        bare = found.replace("\\\\", "").replace("\\{", "").replace("\\}", "").replace("\\boxed{", "{")
        assert bare.count("{") == bare.count("}")


@given(before=texts, code=st.text(st.characters(exclude_characters="`")), after=texts)
def test_only_what_follows_the_thinking_is_answer(before, code, after):
    thinking = f"{before}</think>"
    answer = f"\n```\n{code}\n```\n"
    assert last_code_block(after_thinking(thinking + answer)) == code + "\n"
    assert "</think>" not in after_thinking(before + after)


def test_long_hostile_texts_take_linear_time():
    """Each of these would need minutes if any of the functions looked back."""
    for piece in PIECES:
        text = piece * 200_000
        assert last_boxed(text) is None
        after_thinking(text)
        last_code_block(text)
