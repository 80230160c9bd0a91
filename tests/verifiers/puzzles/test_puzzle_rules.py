"""The rules of puzzles against searches that know nothing of them: all answers to small ones are tried."""

import itertools
import math
import random
from fractions import Fraction

import pytest

from parnassus.verifiers.puzzles.assignments import Demand, Equation, Equations, Shelf, Where
from parnassus.verifiers.puzzles.expression import Expression
from parnassus.verifiers.puzzles.games import Hand, Opponent, Reversi
from parnassus.verifiers.puzzles.grids import LetterDiagram, Sudoku
from parnassus.verifiers.puzzles.placements import Queens, Selection

SEEDS = range(12)


def spelled(cells) -> str:
    return ", ".join(f"{row} {column}" for row, column in cells)


@pytest.mark.parametrize(("size", "solutions"), [(4, 2), (5, 10), (6, 4), (7, 40)])
def test_there_are_as_many_ways_to_place_queens_as_is_known(size, solutions):
    board = Queens(("0" * size,) * size)
    placed = [enumerate(columns) for columns in itertools.permutations(range(size))]
    assert sum(board(spelled(cells)) for cells in placed) == solutions


@pytest.mark.parametrize("seed", SEEDS)
def test_queens_on_boards_with_forbidden_cells(seed):
    rng, size = random.Random(seed), 5
    cells = [rng.choice("0000X") for _ in range(size * size)]
    board = Queens(tuple("".join(cells[row * size : (row + 1) * size]) for row in range(size)))
    for places in itertools.product(range(size), repeat=size):
        if rng.random() < 0.8:
            continue
        attacked = any(
            a == b or abs(a - b) == j - i for (i, a), (j, b) in itertools.combinations(enumerate(places), 2)
        )
        forbidden = any(cells[row * size + column] == "X" for row, column in enumerate(places))
        assert board(spelled(enumerate(places))) == (not attacked and not forbidden)


def test_there_are_six_letter_diagrams_of_three_letters():
    """Half of the 12 Latin squares: the others have one letter on the other diagonal."""
    diagram = LetterDiagram(((None,) * 3,) * 3)
    rows = list(itertools.permutations("abc"))
    right = [square for square in itertools.product(rows, repeat=3) if diagram(str(square))]
    assert len(right) == 6
    assert all(square[0][2] == square[1][1] == square[2][0] for square in right)
    assert all(len(set(column)) == 3 for square in right for column in zip(*square, strict=True))


def test_there_are_288_small_sudokus():
    """12 with each of the 24 first rows."""
    rows = list(itertools.permutations((1, 2, 3, 4)))
    squares = [((1, 2, 3, 4), *others) for others in itertools.product(rows, repeat=3)]
    right = [square for square in squares if Sudoku(((0,) * 4,) * 4)(str(square))]
    assert len(right) == 288 // 24
    given = Sudoku(((1, 2, 0, 0), (0, 0, 0, 0), (0, 0, 0, 1), (0, 0, 0, 0)))
    assert [square for square in right if square[2][3] == 1] == [s for s in right if given(str(s))] != []


@pytest.mark.parametrize("seed", SEEDS)
def test_selections_of_cells(seed):
    rng = random.Random(seed)
    size, count, most = 3, rng.choice((2, 3)), rng.choice((None, 4, 6))
    grid = tuple(tuple(rng.choice((-3, -2, -1, 1, 2, 3, 4)) for _ in range(size)) for _ in range(size))
    selection = Selection(grid, (0, 2), count, most)
    cells = list(itertools.product(range(size), repeat=2))
    for chosen in itertools.permutations(cells, count):
        values = [grid[row][column] for row, column in chosen]
        lines = [
            [v for v, cell in zip(values, chosen, strict=True) if cell[axis] == n]
            for axis in (0, 1)
            for n in range(size)
        ]
        kept = [math.prod(line) > 0 if most is None else sum(line) <= most for line in lines if line]
        right = all(kept) and len(set(values)) == count and (0, 2) in chosen
        assert selection(spelled(chosen)) == right


@pytest.mark.parametrize("seed", SEEDS)
def test_equations_of_letters(seed):
    rng = random.Random(seed)
    numbers = tuple(rng.sample(range(2, 40), 4))
    a, b, c, d = hidden = rng.sample(numbers, 4)
    system = Equations(
        ("A", "B", "C", "D"),
        numbers,
        (Equation({"A": 1, "C": -1}, a - c), Equation({"B": 1, "D": -1}, above=True)),
    )
    for said in itertools.permutations(numbers):
        assert system(str(list(said))) == (said[0] - said[2] == a - c and said[1] > said[3])
    assert system(str(hidden)) == (b > d)


@pytest.mark.parametrize("seed", SEEDS)
def test_books_on_a_shelf(seed):
    rng, books = random.Random(seed), "ABCDE"
    one, two, three, four, five = rng.sample(books, 5)
    place, other = rng.sample(range(1, 6), 2)
    shelf = Shelf(
        tuple(books),
        (
            Demand(one, Where.LEFT, two),
            Demand(three, Where.BESIDE, four),
            Demand(five, Where.NOT_AT, place),
            Demand(two, Where.RIGHT, five) if rng.random() < 0.5 else Demand(four, Where.AT, other),
        ),
    )
    for order in map("".join, itertools.permutations(books)):
        at = order.index
        last = shelf.demands[3]
        right = (
            at(one) < at(two)
            and order[place - 1] != five
            and (three + four in order or four + three in order)
        )
        right &= at(two) > at(five) if last.where is Where.RIGHT else order[other - 1] == four
        assert shelf(" ".join(order)) == right


@pytest.mark.parametrize("seed", SEEDS)
def test_expressions_are_worth_what_python_finds(seed):
    rng = random.Random(seed)
    numbers = tuple(rng.randint(1, 9) for _ in range(4))
    shapes = [
        "a{}b{}c{}d",
        "(a{}b){}c{}d",
        "a{}(b{}c){}d",
        "(a{}b){}(c{}d)",
        "a{}(b{}(c{}d))",
        "((a{}b){}c){}d",
    ]
    names = dict(zip("abcd", map(Fraction, numbers), strict=True))
    for shape, signs in itertools.product(shapes, itertools.product("+-*/", repeat=3)):
        written = shape.format(*signs)
        try:
            worth = eval(written, {"__builtins__": {}}, names)
        except ZeroDivisionError:
            worth = None
        said = "".join(str(names.get(sign, sign)) for sign in written)
        for target in {24, 0, round(worth or 1)}:
            assert Expression(numbers, target)(said) == (worth == target)


CYCLE = {"A": "B", "B": "C", "C": "D", "D": "A"}


@pytest.mark.parametrize("results", [*itertools.product(("win", "loss", "draw"), repeat=3)])
def test_cards_of_an_opponent(results):
    """In a cycle of four a card beats the next one, and draws with itself and the one across."""
    wanted = {"win": {1}, "loss": {3}, "draw": {0, 2}}
    for played in itertools.permutations("ABCD", 3):
        steps = [(ord(theirs) - ord(mine)) % 4 for mine, theirs in zip("ADB", played, strict=True)]
        right = all(step in wanted[result] for step, result in zip(steps, results, strict=True))
        assert Opponent("ADB", results, CYCLE)(",".join(played)) == right


@pytest.mark.parametrize("seed", range(200))
def test_hands_of_cards(seed):
    rng = random.Random(seed)
    cards = "".join(rng.choice("ABCDEFG") for _ in range(5))
    new = rng.choice("ABCDEFG")
    run = any(
        new in three and all(card in cards + new for card in three)
        for three in ("ABC", "BCD", "CDE", "DEF", "EFG")
    )
    wanted = 1 if cards.count(new) > 1 else 2 if run else 0
    assert [Hand(cards, new, "")(str(said)) for said in range(3)] == [said == wanted for said in range(3)]


@pytest.mark.parametrize("seed", SEEDS)
def test_reversi_turns_what_lies_between(seed):
    """By another way: along each line through the new piece, as text."""
    rng, size = random.Random(seed), 5
    cells = {(r, c): rng.choice("01*") for r in range(size) for c in range(size)}
    board = tuple("".join(cells[r, c] for c in range(size)) for r in range(size))
    row, column = rng.randrange(size), rng.randrange(size)
    after = cells | {(row, column): "0"}
    for down, right in itertools.product((-1, 0, 1), repeat=2):
        line = [(row + n * down, column + n * right) for n in range(1, size)]
        said = "".join(cells.get(cell, "*") for cell in line)
        ones = len(said) - len(said.lstrip("1"))
        if (down or right) and said[ones : ones + 1] == "0":
            after |= dict.fromkeys(line[:ones], "0")
    answer = ",".join(after[r, c] for r in range(size) for c in range(size))
    game = Reversi(board, ((row + 1, column + 1),))
    assert game(answer)
    place = rng.randrange(0, len(answer), 2)
    assert not game(answer[:place] + ("1" if answer[place] != "1" else "0") + answer[place + 1 :])
