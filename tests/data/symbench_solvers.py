"""Solves SymBench's settled puzzles from the words of their questions: by no code of the package."""

import itertools
import re
from collections.abc import Callable
from fractions import Fraction
from string import ascii_uppercase

Found = list[Fraction] | str


def ints(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"-?\d+", text)]


def grid(text: str) -> list[list[int]]:
    return [ints(line) for line in text.strip().splitlines()]


def game_2048(question: str) -> Found:
    cells = grid(question.split("':\n")[1].split("\n\n")[0])
    row, column = (number - 1 for number in ints(question.split("number in position")[1].split(")")[0]))
    for move in question.split("sequence '")[1].split("'")[0]:
        r, c = row + (move == "d") - (move == "u"), column + (move == "r") - (move == "l")
        inside = cells[row][column] and 0 <= r < len(cells) and 0 <= c < len(cells)
        if inside and cells[r][c] in (0, cells[row][column]):
            cells[r][c] += cells[row][column]
            cells[row][column] = 0
            row, column = r, c
    return [Fraction(cell) for line in cells for cell in line]


def lights(question: str) -> Found:
    rows = re.findall(r"^[01]+$", question, re.MULTILINE)
    lit = {(r, c): int(cell) for r, line in enumerate(rows, 1) for c, cell in enumerate(line, 1)}
    buttons = dict(re.findall(r"Button (\w) controls the lights at (.*)", question))
    for pressed in re.findall(r"Round \d+: Button (\w)", question):
        for row, column in zip(*[iter(ints(buttons[pressed]))] * 2, strict=True):
            lit[row, column] ^= 1
    return "".join(str(lit[cell]) for cell in sorted(lit))


def rotation(question: str) -> Found:
    rows = [line.split() for line in question.split("the matrix is \n")[1].split(".\nWhat")[0].splitlines()]
    return "".join(row[column] for column in range(len(rows[0])) for row in reversed(rows))


def operators(question: str) -> Found:
    ((sign, body),) = re.findall(r"Define a(.)b to be (.*)\.", question)
    expression = question.split("Calculate ")[1].split(".\n")[0]
    a, b, c = map(
        Fraction, re.fullmatch(rf"\((\d+){re.escape(sign)}(\d+)\){re.escape(sign)}(\d+)", expression).groups()
    )

    def apply(x: Fraction, y: Fraction) -> Fraction:
        return eval(body, {"__builtins__": {}}, {"a": x, "b": y})

    return [apply(apply(a, b), c)]


def squares(question: str) -> Found:
    rows = [line.split() for line in question.split("matrix is\n\n")[1].split("\n\n")[0].splitlines()]
    for side in range(min(len(rows), len(rows[0])), 2, -1):
        for top, left in itertools.product(range(len(rows) - side + 1), range(len(rows[0]) - side + 1)):
            if len({sign for row in rows[top : top + side] for sign in row[left : left + side]}) == 1:
                return [Fraction(top + side - 1), Fraction(left + side - 1)]
    return []


def pooling(question: str) -> Found:
    side = int(re.search(r"using a (\d)\*\d sliding", question)[1])
    rows = grid(question.split("window:\n")[1].split("\nFor example")[0])
    found: list[Fraction] = []
    for top, left in itertools.product(range(len(rows) - side + 1), repeat=2):
        window = [cell for row in rows[top : top + side] for cell in row[left : left + side]]
        found.append(Fraction(max(window)) if "max pooling" in question else Fraction(sum(window), side**2))
    return found


def counting(question: str) -> Found:
    worth = {letter: int(score) for letter, score in re.findall(r"consecutive (\w)'s, add (\d+)", question)}
    runs = itertools.groupby(question.split("score of the string ")[1].split("?")[0])
    return [Fraction(sum(worth[letter] for letter, run in runs if len(list(run)) > 1))]


def insertion(question: str) -> Found:
    after = dict(re.findall(r"substring (\w{4}) in the string, insert the character (\w)", question))
    given = question.split("Given the string ")[2].split(",")[0]
    return "".join(
        sign + after.get(given[max(place - 3, 0) : place + 1], "") for place, sign in enumerate(given)
    )


Method = tuple[dict[str, int], dict[str, int]]


def cycled(have: dict[str, int], methods: list[Method], again: bool) -> list[Fraction]:
    """`again`: after each that applies, from the first one; else the next one's turn comes."""
    while True:
        applied = False
        for needs, makes in methods:
            if all(have[name] >= number for name, number in needs.items()):
                for name in {*needs, *makes}:
                    have[name] += makes.get(name, 0) - needs.get(name, 0)
                applied = True
                if again:
                    break
        if not applied:
            return [Fraction(number) for number in have.values()]


def machines(question: str) -> Found:
    a, b, c = re.search(
        r"(\d+) units of Machine A, (\d+) units of Machine B, and (\d+) units", question
    ).groups()
    have = {"A": int(a), "B": int(b), "C": int(c), "X": 0, "Y": 0, "Z": 0}
    takes = [{"A": 1}, {"B": 2}, {"C": 2}, {"B": 1, "C": 1}, {"X": 1, "Y": 1}]
    gives = [{"X": 2, "Y": 1}, {"X": 1}, {"Y": 1}, {"A": 1}, {"Z": 1}]
    return cycled(have, list(zip(takes, gives, strict=True)), again=False)


def blocks(question: str) -> Found:
    have = dict.fromkeys(("[A]", "[B]", "[C]", "{A}", "{B}", "{C}", "(A)", "(B)", "(C)"), 0)
    for number, name in re.findall(r"(\d+) (\[\w\])", question.split("Question:")[1]):
        have[name] = int(number)
    number = {"One": 1, "one": 1, "Two": 2}
    methods: list[Method] = []
    for line in re.findall(r"^\d\. (.*)$", question, re.MULTILINE):
        needs, makes = (
            {name: number[word] for word, name in re.findall(r"(One|one|Two) ([\[{(]\w[\]})])", half)}
            for half in line.split(" can be combined to form ")
        )
        methods.append((needs, makes))
    return cycled(have, methods, again=True)


def counted(text: str) -> dict[str, int]:
    return {name: int(n) for n, name in re.findall(r"(\d+) units? of (?:crop|product) (\w)", text)}


def farm(question: str) -> Found:
    methods = [
        (counted(line.split("exchanged for")[0]), counted(line.split("exchanged for")[1]))
        for line in re.findall(r"Method \d+: (.*)", question)
    ]
    crops = counted(question.split("Initially there are")[1].split(".")[0])
    asked = re.findall(r"(?:remaining|obtained)_(\w)", question.split("showing [")[1].split("]")[0])
    return cycled({name: crops.get(name, 0) for name in asked}, methods, again=False)


def feedback(password: str, guess: str, kind: str) -> list[str]:
    """What is said of two signs that were guessed."""
    said: list[str] = []
    low, high = ("too small", "too large") if kind == "number" else ("too early", "too late")
    right = sum(a == b for a, b in zip(password, guess, strict=True))
    moved = sum(sign in password for sign in guess) - right
    one, both = f"one {kind} is", f"both {kind}s are"
    if right:
        said.append(f"{both if right > 1 else one} correct and in the correct position{'s' * (right > 1)}")
    if moved:
        said.append(f"{both if moved > 1 else one} correct but in the wrong position{'s' * (moved > 1)}")
    missing = [sign for sign in guess if sign not in password]
    how = {low if s < min(password) else high if s > max(password) else "incorrect" for s in missing}
    where = "" if kind == "number" else " in the alphabet"
    if len(missing) == 2:
        told = f" and {how.copy().pop()}{where}" if len(how) == 1 and "incorrect" not in how else ""
        said.append(f"{both} incorrect{told}")
    elif missing:
        (why,) = how
        said.append(f"{one} incorrect and {why}{'' if why == 'incorrect' else where}")
    return said


def password(question: str) -> Found:
    """All that fit, one after the other."""
    guesses = re.findall(r"Guess: (\d\d)([A-Z]{2}), Feedback: (.*)\.", question)
    halves: list[list[str]] = []
    for half, (kind, alphabet) in enumerate((("number", "0123456789"), ("letter", ascii_uppercase))):
        fits = [
            pair
            for pair in map("".join, itertools.permutations(alphabet, 2))
            if all(
                feedback(pair, guess[half], kind) == [s for s in guess[2].split("; ") if kind in s]
                for guess in guesses
            )
        ]
        halves.append(fits)
    return "".join(map("".join, itertools.product(*halves)))


SOLVERS: dict[str, Callable[[str], Found]] = {
    "2048_dataset": game_2048,
    "cryptanalysis": password,
    "light_puzzles_dataset": lights,
    "matrix_transformation_dataset": rotation,
    "new_operator_dataset": operators,
    "pattern_recognition": squares,
    "pooling_dataset": pooling,
    "statistical_counting_dataset": counting,
    "string_insertion": insertion,
    "string_splitting": machines,
    "string_synthesis": blocks,
    "synthesis_decomposition_dataset": farm,
}
