"""Answers to SymBench's open puzzles, right ones and wrong ones: judged here from the words of their
questions, by no code of the package.
"""

import itertools
import math
import random
import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cache

Tried = Iterator[tuple[str, bool]]


def cells_of(pairs) -> str:
    return ", ".join(f"{row} {column}" for row, column in pairs)


@cache
def placements() -> list[tuple[int, ...]]:
    """The 92 ways to place eight queens, a column for each row."""
    return [
        columns
        for columns in itertools.permutations(range(8))
        if len({c - r for r, c in enumerate(columns)}) == len({c + r for r, c in enumerate(columns)}) == 8
    ]


def queens(question: str, rng: random.Random) -> Tried:
    board = re.findall(r"^[01X]{8}$", question, re.MULTILINE)
    given = [(r, line.index("1")) for r, line in enumerate(board) if "1" in line]
    for columns in placements():
        kept = all(columns[r] == c for r, c in given)
        yield cells_of(enumerate(columns)), kept and all(board[r][c] != "X" for r, c in enumerate(columns))


def shelf(question: str, rng: random.Random) -> Tried:
    demands = re.findall(r"^\d+\. (.*)$", question, re.MULTILINE)
    books = re.search(r"books labeled ([A-Z, ]+) on", question)[1].split(", ")
    for _ in range(40):
        order = "".join(rng.sample(books, len(books)))
        right = True
        for demand in demands:
            first, second = re.search(r"ook (\w) .*?(\w+)\.$", demand).groups()
            here, there = order.index(first), int(second) - 1 if second.isdigit() else order.index(second)
            right &= {
                "left": here < there,
                "right": here > there,
                "adjacent": here in (there - 1, there + 1),
                "placed": here == there,
                "cannot": here != there,
            }[re.search(r"cannot|left|right|adjacent|placed", demand)[0]]
        yield str(list(order)), right


def letters(question: str, rng: random.Random) -> Tried:
    numbers = [int(n) for n in re.search(r"one of the numbers ([\d, ]+)\.", question)[1].split(",")]
    lines = re.findall(r"^\d+\. (.*)$", question, re.MULTILINE)
    conditions = [
        re.sub(r"([\d.]+)([A-Z])", r"Fraction('\1')*\2", line).replace(" = ", "==") for line in lines
    ]
    code = [compile(condition, "condition", "eval") for condition in conditions]
    for _ in range(40):
        said = rng.sample(numbers, len(numbers))
        names = {chr(65 + place): number for place, number in enumerate(said)}
        yield str(said), all(eval(one, {"Fraction": Fraction}, names) for one in code)


def beats(question: str, one: str, other: str) -> bool:
    """Whether the first card does, as the rules in the question have it."""
    if "Jungle" in question:
        return (one, other) == ("H", "A") or (one < other and (one, other) != ("A", "H"))
    if "Stick" in question:
        return one + other in ("AB", "BC", "CD", "DA")
    known = question.split("Known:")[1]
    overcomes = re.search(rf" {one} overcomes \w+ {other}\b", known)
    return bool(overcomes or re.search(rf" {other} generates \w+ {one}\b", known))


def opponent(question: str, rng: random.Random) -> Tried:
    rounds = re.findall(r"Round \d+: (\w), (\w+)\.", question)
    cards = "ABCDEFGH" if "Jungle" in question else "ABCD" if "Stick" in question else "ABCDE"
    every = list(itertools.permutations(cards, len(rounds)))
    for played in rng.sample(every, min(120, len(every))):
        right = True
        for (mine, result), theirs in zip(rounds, played, strict=True):
            won, lost = beats(question, mine, theirs), beats(question, theirs, mine)
            right &= result == ("win" if won else "loss" if lost else "draw")
        yield ",".join(played), right


def selection(question: str, rng: random.Random) -> Tried:
    rows = [[int(n) for n in line.split(",")] for line in re.findall(r"^-?\d+, .*$", question, re.MULTILINE)]
    count = int(re.search(r"select (\d+) different", question)[1])
    most = re.search(r"less than or equal to (-?\d+)", question)
    corner = (0, len(rows) - 1)
    others = [cell for cell in itertools.product(range(len(rows)), repeat=2) if cell != corner]
    for _ in range(40):
        chosen = [corner, *rng.sample(others, count - 1)]
        right = len({rows[r][c] for r, c in chosen}) == count
        for axis, line in itertools.product((0, 1), range(len(rows))):
            values = [rows[cell[0]][cell[1]] for cell in chosen if cell[axis] == line]
            right &= sum(values) <= int(most[1]) if most else math.prod(values) > 0
        yield cells_of(chosen), right


def expression(question: str, rng: random.Random) -> Tried:
    numbers = re.search(r"input numbers are: ([\d, ]+), the", question)[1].split(", ")
    target = int(re.search(r"target values is: (-?\d+)", question)[1])
    signs = list(itertools.product("+-*/", repeat=len(numbers) - 1))
    for chosen in rng.sample(signs, min(60, len(signs))):
        tokens = [numbers[0], *(part for pair in zip(chosen, numbers[1:], strict=True) for part in pair)]
        worth = eval("".join(f"Fraction({t})" if t.isdigit() else t for t in tokens), {"Fraction": Fraction})
        yield f"[{', '.join(tokens)}]", worth == target


def hand(question: str, rng: random.Random) -> Tried:
    cards = list(re.search(r"initial cards:(\S+)", question)[1])
    rounds = re.findall(r"Add a (.) card(?: and remove a (.) card)?", question)
    for new, old in rounds[:-1]:
        cards.append(new)
        cards.remove(old)
    new, alphabet = rounds[-1][0], "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    runs = [alphabet[start : start + 3] for start in range(24)] if "Chi" in question else []
    run = any(new in three and set(three) <= {new, *cards} for three in runs)
    for said in range(3):
        yield str(said), said == (1 if cards.count(new) > 1 else 2 if run else 0)


SEARCHES: dict[str, Callable[[str, random.Random], Tried]] = {
    "combinatorial_calculation": expression,
    "constrained_linear_arrangement": opponent,
    "eight_queens_dataset": queens,
    "eight_queens_dataset_2": queens,
    "eight_queens_dataset_hard": queens,
    "logic_puzzle_dataset": selection,
    "logical_equation": letters,
    "mahjong_pattern_dataset": hand,
    "permutations_and_combinations": shelf,
}
