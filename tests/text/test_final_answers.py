"""Answers in a box or between marks, and the turns of a conversation as one text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parnassus.text.answers import final_answer, joined_turns, last_marked


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("So <<<42>>>.", "42"),
        ("<<<41>>> or <<<42>>>", "42"),
        (r"\boxed{41}, no: <<<42>>>", "42"),
        (r"<<<41>>>, no: \boxed{42}", "42"),
        (r"<<<\boxed{42}>>>", "42"),
        (r"\boxed{<<<42>>>}", "42"),
        ("<<<<42>>>>", "42"),
        ("<<<a<<<42>>>", "42"),
        ("<<<42>>>\n>>> print(1)", "42"),
        ("<<<[[1, 2],\n [3, 4]]>>>", "[[1, 2],\n [3, 4]]"),
        ("<<<>>>", ""),
        ("<<<42", None),
        (">>>42<<<", None),
        (r"\boxed{42} <<<41", "42"),
        ("42", None),
    ],
)
def test_a_final_answer_is_boxed_or_marked(text, expected):
    assert final_answer(text) == expected


@settings(deadline=None)
@given(st.text(st.sampled_from("<>a{}\\ "), max_size=30))
def test_without_a_box_it_is_what_is_marked_last(text):
    found = last_marked(text)
    assert final_answer(text) == found
    closed = [
        text[at + 3 :].split(">>>")[0]
        for at in range(len(text))
        if text[at : at + 3] == "<<<" and ">>>" in text[at + 3 :]
    ]
    assert found == (closed[-1] if closed else None)


@settings(deadline=None)
@given(st.lists(st.text(st.sampled_from("a`\n"), max_size=4), max_size=4))
def test_turns_begin_lines(turns):
    joined = joined_turns(turns)
    assert joined.replace("\n", "") == "".join(turns).replace("\n", "")
    at = 0
    for turn in turns:
        assert at == 0 or joined[at - 1] == "\n"
        assert joined.startswith(turn, at)
        at += len(turn) + (not turn.endswith("\n"))
