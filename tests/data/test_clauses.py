import random

import pytest

from parnassus.data.families.clauses import (
    CONDITIONS_WITH_CONSTANT,
    EXPRESSIONS_WITH_CONSTANT,
    PLAIN,
    Clause,
    Program,
    Vocabulary,
    draw_program,
)

PHRASES = {phrase.words: phrase for phrase in (*CONDITIONS_WITH_CONSTANT, *EXPRESSIONS_WITH_CONSTANT)}


@pytest.mark.parametrize(
    "phrase", [*CONDITIONS_WITH_CONSTANT, *EXPRESSIONS_WITH_CONSTANT], ids=lambda p: p.words
)
def test_a_phrase_means_what_its_code_computes(phrase):
    code = compile(phrase.code, phrase.words, "eval")
    for x in range(13):
        for y in range(13):
            for c in range(10):
                assert phrase.value(x, y, c) == eval(code, {"x": x, "y": y, "c": c})


def test_words_and_code_are_told_apart():
    assert len(PHRASES) == len(CONDITIONS_WITH_CONSTANT) + len(EXPRESSIONS_WITH_CONSTANT)
    assert len({phrase.code for phrase in PHRASES.values()}) == len(PHRASES)


def test_the_first_clause_that_holds_decides():
    big, even = PHRASES["x is big"], PHRASES["x is even"]
    clauses = (Clause(big, PHRASES["twice x"]), Clause(even, PHRASES["just y"]))
    program = Program(clauses, PHRASES["x plus c"])
    assert [program.result(x, 5, constant=3) for x in (10, 9, 8, 7)] == [20, 18, 5, 10]
    assert [len(inputs) for inputs in program.branches()] == [4 * 13, 5 * 13, 4 * 13]
    assert program.branches()[1][0] == (0, 0)


def test_a_program_whose_branches_cannot_all_be_reached_is_not_drawn():
    even = PHRASES["x is even"]
    twice = Vocabulary((even, even), PLAIN.expressions)
    assert draw_program(random.Random(0), twice, clauses=2) is None
    assert draw_program(random.Random(0), twice, clauses=1) is not None
