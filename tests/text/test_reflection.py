"""Words of reflection: what counts, what does not, and how often."""

from statistics import StatisticsError

import pytest

from parnassus.text.reflection import reflections

CASES = [  # text, recheck, hesitation, exploration
    ("", 0, 0, 0),
    ("Let me check: 2+2=4. Let's verify. I should double-check, then re-check it.", 4, 0, 0),
    ("Check this again", 1, 0, 0),  # one place counts once
    ("the checkers verify nothing", 0, 0, 0),
    ("Wait, hold on. Hmm, hmmm. Actually I am not sure; I made a mistake.", 0, 7, 0),
    ("the waiter awaits; factually", 0, 0, 0),
    ("Alternatively, another way: what if we try? Let's try it instead, by a different method.", 0, 0, 6),
    ("WAIT. Alternatively let me verify that.", 1, 1, 1),
]


@pytest.mark.parametrize(("text", "recheck", "hesitation", "exploration"), CASES)
def test_what_counts(text: str, recheck: int, hesitation: int, exploration: int):
    wanted = {"recheck": recheck, "hesitation": hesitation, "exploration": exploration}
    assert reflections([text]) == wanted


def test_it_is_the_mean_of_a_response():
    assert reflections(["wait", "wait, wait", "", ""])["hesitation"] == 0.75
    with pytest.raises(StatisticsError):
        reflections([])
