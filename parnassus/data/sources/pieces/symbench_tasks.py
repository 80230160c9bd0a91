"""SymBench's tasks: each row's question and solution as a puzzle, and the set's own answer.

    READERS["eight_queens_dataset"](solution, question) -> Puzzle("queens", {"board": [...]}), "0 3, 1 0, ..."

Where a question can be answered in several ways, or not all of the set's answers keep to its rules, the
puzzle is its rules, `parnassus.verifiers.puzzles`. The others are judged by what the solution says.
"""

import re
from collections.abc import Callable
from string import ascii_uppercase

from parnassus.data.sources.pieces.fields import Fields, mapping, sequence, text, texts, value
from parnassus.data.sources.pieces.symbench_fields import (
    Read,
    grid,
    letters,
    listed,
    numbers,
    rows_of,
    settled,
    signs,
    spelled,
    told,
    whole,
)
from parnassus.errors import DataError
from parnassus.types import Puzzle

_INTEGER = re.compile(r"-?[0-9]{1,18}")
_BOARD = re.compile(r"previous round of the game was:\s*\n([01*\n]+)\n")
_FIRST = re.compile(r"square \((\d{1,9}),(\d{1,9})\)")
_MOST = re.compile(r"less than or equal to (-?\d{1,9})")
_ASKED_FOR = re.compile(r"as a list showing \[([^\]]*)\]")
_GIVEN = re.compile(r"one of the numbers ([\d, ]+)\.")
_LINE = re.compile(r"^\d+\. (.*)$", re.MULTILINE)
_SUM = re.compile(r"([A-Z]) ([+-]) ([A-Z]) = (-?\d{1,9})")
_TIMES = re.compile(r"([A-Z]) = (\d{1,9}(?:\.\d{1,9})?)([A-Z])")
_ABOVE = re.compile(r"([A-Z]) > ([A-Z])")
_DEMANDS = {
    "left of": re.compile(r"[Bb]ook ([A-Z]) must be to the left of book ([A-Z])\."),
    "right of": re.compile(r"[Bb]ook ([A-Z]) must be to the right of book ([A-Z])\."),
    "beside": re.compile(r"[Bb]ook ([A-Z]) must be adjacent to book ([A-Z])\."),
    "at": re.compile(r"[Bb]ook ([A-Z]) must be placed in position (\d{1,9})\."),
    "not at": re.compile(r"[Bb]ook ([A-Z]) cannot be placed in position (\d{1,9})\."),
}
# What each card beats. Of two elements one overcomes the other, or generates it and loses: whoever holds it.
_BEATS = {
    "elements": {"A": "CE", "B": "DA", "C": "EB", "D": "AC", "E": "BD"},
    "stick_game": {"A": "B", "B": "C", "C": "D", "D": "A"},
    "animal": {"A": "BCDEFG", "H": "A"} | {card: "CDEFGH"[n:] for n, card in enumerate("BCDEFG")},
}


def _game_2048(solution: Fields, question: str) -> Read:
    said = text(solution, "solution")
    return settled([int(number) for number in _INTEGER.findall(said)])[0], said


def _expression(solution: Fields, question: str) -> Read:
    own = texts(value(solution, "solution"), "solution")
    given = {"numbers": numbers(solution, "numbers"), "target": whole(value(solution, "target"), "target")}
    return Puzzle("expression", given), f"[{listed(own)}]"


def _opponent(solution: Fields, question: str) -> Read:
    game = text(solution, "game_type")
    moves, results, own = (
        texts(value(solution, name), name) for name in ("player_moves", "results", "solution")
    )
    if game not in _BEATS:
        raise DataError(f"unknown game: {game:.40}")
    if len(moves) != len(results) or not all(card in _BEATS[game] for card in moves):
        raise DataError(f"unknown cards: {listed(moves):.40}")
    data = {"moves": "".join(moves), "results": list(results), "beats": _BEATS[game]}
    return Puzzle("opponent", data), listed(own)


def _password(solution: Fields, question: str) -> Read:
    return signs(solution, "answer")


def _queens(solution: Fields, question: str) -> Read:
    board, own = texts(value(solution, "initial_board"), "initial_board"), grid(solution, "solution")
    if not board or not all(len(row) == len(board) for row in board):
        raise DataError(f"no board: of {len(board)} rows not all are as long")
    return Puzzle("queens", {"board": list(board)}), _cells(own)


def _cells(found: list[list[int]]) -> str:
    return ", ".join(" ".join(map(str, cell)) for cell in found)


def _letter_diagram(solution: Fields, question: str) -> Read:
    given, own = letters(solution, "grid"), letters(solution, "solution")
    return Puzzle("letter diagram", {"grid": given}), rows_of(own)


def _sudoku(solution: Fields, question: str) -> Read:
    return Puzzle("sudoku", {"grid": grid(solution, "puzzle")}), rows_of(grid(solution, "solution"))


def _lights(solution: Fields, question: str) -> Read:
    own = [str(number) for number in numbers(solution, "solution")]
    return signs({"solution": own}, "solution")


def _selection(solution: Fields, question: str) -> Read:
    own, most = grid(solution, "solution"), _MOST.search(question)
    first = [int(place) for place in told(_FIRST, question).groups()]
    data = {"grid": grid(solution, "grid"), "first": first, "count": len(own)}
    return Puzzle("selection", data | ({"most": int(most[1])} if most else {})), _cells(own)


def _equations(solution: Fields, question: str) -> Read:
    own = numbers(solution, "solution")
    given = numbers({"numbers": told(_GIVEN, question)[1].split(",")}, "numbers")
    names = list(ascii_uppercase[: len(given)])
    equations = [_equation(line) for line in _LINE.findall(question)]
    data = {"letters": names, "numbers": given, "equations": equations}
    return Puzzle("equations", data), f"[{listed(own)}]"


def _equation(line: str) -> Fields:
    """Brought to one side: the weights of its letters."""
    if found := _SUM.fullmatch(line):
        sign = 1 if found[2] == "+" else -1
        return {"weights": {found[1]: 1, found[3]: sign}, "value": int(found[4])}
    if found := _TIMES.fullmatch(line):
        return {"weights": {found[1]: 1, found[3]: -float(found[2])}}
    if found := _ABOVE.fullmatch(line):
        return {"weights": {found[1]: 1, found[2]: -1}, "above": True}
    raise DataError(f"unknown equation: {line:.40}")


def _hand(solution: Fields, question: str) -> Read:
    rounds = [mapping(one, "rounds") for one in sequence(value(solution, "rounds"), "rounds")]
    added, removed = ([text(one, name) for one in rounds] for name in ("add", "remove"))
    if not rounds or not all(len(card) == 1 for card in added + removed):
        raise DataError("unknown cards: of more signs than one")
    data = {
        "cards": text(solution, "initial_cards"),
        "added": "".join(added),
        "removed": "".join(removed[:-1]),
        "runs": '"Chi,"' in question,
    }
    return Puzzle("hand", data), str(whole(value(solution, "solution"), "solution"))


def _matrix(solution: Fields, question: str) -> Read:
    return signs(solution, "solution")


def _operator(solution: Fields, question: str) -> Read:
    """Of several operators nobody says which binds more closely, and the set's answers only use the last."""
    if len(mapping(value(solution, "operator_definitions"), "operator_definitions")) > 1:
        raise DataError("unsettled: which of several operators comes first")
    return settled(numbers(solution, "solution"))


def _pattern(solution: Fields, question: str) -> Read:
    return settled([*numbers(solution, "row"), *numbers(solution, "column")])


def _shelf(solution: Fields, question: str) -> Read:
    books, own = (texts(value(solution, name), name) for name in ("items", "correct_solution"))
    demands = [_demand(line, books) for line in _LINE.findall(text(solution, "constraints_text"))]
    return Puzzle("shelf", {"books": list(books), "demands": demands}), listed(own)


def _demand(line: str, books: tuple[str, ...]) -> Fields:
    for where, pattern in _DEMANDS.items():
        if found := pattern.fullmatch(line):
            other = int(found[2]) if found[2].isdigit() else found[2]
            if found[1] in books and (isinstance(other, int) or other in books):
                return {"book": found[1], "where": where, "other": other}
    raise DataError(f"unknown demand: {line:.40}")


def _reversi(solution: Fields, question: str) -> Read:
    board, moves = told(_BOARD, question)[1].split(), grid(solution, "moves")
    own = text(solution, "solution")
    square = all(len(row) == len(board) for row in board)
    if not square or not all(len(move) == 2 and min(move) > 0 and max(move) <= len(board) for move in moves):
        raise DataError("no board: a move lies beside it")
    return Puzzle("reversi", {"board": board, "moves": moves}), own


def _yield(solution: Fields, question: str) -> Read:
    """The solution counts what the question does not ask for, too."""
    own = numbers(mapping(value(solution, "solution"), "solution"), "answer")
    names = [name.strip()[-1:] for name in told(_ASKED_FOR, question)[1].split(",")]
    if len(own) != 5 or not all(name in tuple("ABCXY") for name in names):
        raise DataError("unknown question: what is counted")
    return settled([own["ABCXY".index(name)] for name in names])


READERS: dict[str, Callable[[Fields, str], Read]] = {
    "2048_dataset": _game_2048,
    "combinatorial_calculation": _expression,
    "constrained_linear_arrangement": _opponent,
    "cryptanalysis": _password,
    "eight_queens_dataset": _queens,
    "eight_queens_dataset_2": _queens,
    "eight_queens_dataset_hard": _queens,
    "letter_logic_diagram": _letter_diagram,
    "light_puzzles_dataset": _lights,
    "logic_puzzle_dataset": _selection,
    "logical_equation": _equations,
    "mahjong_pattern_dataset": _hand,
    "matrix_transformation_dataset": _matrix,
    "new_operator_dataset": _operator,
    "pattern_recognition": _pattern,
    "permutations_and_combinations": _shelf,
    "pooling_dataset": lambda solution, question: settled(numbers(solution, "solution")),
    "reversi_dataset": _reversi,
    "standard_sudoku": _sudoku,
    "statistical_counting_dataset": lambda solution, question: settled(numbers(solution, "solution")),
    "string_deletion_and_modification": lambda solution, question: spelled(solution, "final_string"),
    "string_insertion": lambda solution, question: spelled(solution, "modified_string"),
    "string_splitting": lambda solution, question: settled(numbers(solution, "expected_answer")),
    "string_synthesis": lambda solution, question: settled(numbers(solution, "final_counts")),
    "synthesis_decomposition_dataset": _yield,
}
