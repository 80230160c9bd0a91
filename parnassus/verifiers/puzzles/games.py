"""Games that are played out: the cards of an opponent, a hand of cards, Reversi. Of SymBench
(arXiv:2502.04350) `constrained_linear_arrangement`, `mahjong_pattern` and `reversi`.

What follows from the rules of the question is right, whatever a data set says: many of its own solutions to
the first break them, and some to the others.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from parnassus.verifiers.puzzles.reading import numbers, signs

_DIRECTIONS = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1) if down or right]


@dataclass(frozen=True)
class Opponent:
    """The cards that an opponent may have played, each at most once, so that the results are those that are
    known."""

    moves: str  # the player's cards, in order
    results: tuple[str, ...]  # for the player: "win", "loss", "draw"
    beats: Mapping[str, str]  # each card, and all those that it beats

    def __call__(self, answer: str) -> bool:
        played = signs(answer).upper()
        if len(played) != len(self.moves) or len(set(played)) < len(played):
            return False
        if not all(card in self.beats for card in played):
            return False
        rounds = zip(self.moves, played, self.results, strict=True)
        return all(self._result(mine, theirs) == result for mine, theirs, result in rounds)

    def _result(self, mine: str, theirs: str) -> str:
        if theirs in self.beats[mine]:
            return "win"
        return "loss" if mine in self.beats[theirs] else "draw"


@dataclass(frozen=True)
class Hand:
    """What the last card that is added makes of a hand: 1, there are two of it already; 2, it makes three
    letters in a row, where that counts; else 0."""

    cards: str
    added: str
    removed: str  # after each of `added` but the last
    runs: bool = True

    def __call__(self, answer: str) -> bool:
        cards = list(self.cards)
        for new, old in zip(self.added, self.removed, strict=False):
            cards.append(new)
            if old in cards:
                cards.remove(old)
        return numbers(answer) == [self._found(cards, self.added[-1])]

    def _found(self, cards: list[str], new: str) -> int:
        if cards.count(new) >= 2:
            return 1
        near = [chr(ord(new) + step) for step in (-2, -1, 1, 2)]
        has = [card in cards and card.isalpha() for card in near]
        run = self.runs and new.isalpha() and any(a and b for a, b in pairwise(has))
        return 2 if run else 0


@dataclass(frozen=True)
class Reversi:
    """The board after the moves: "0", "1" and "*" row by row. 0 and 1 take turns, 0 begins; pieces that lie
    in a straight line between the new piece and another of its colour are turned."""

    board: tuple[str, ...]
    moves: tuple[tuple[int, int], ...]  # row and column, counted from 1

    def __call__(self, answer: str) -> bool:
        cells = [list(row) for row in self.board]
        for turn, (row, column) in enumerate(self.moves):
            _put(cells, row - 1, column - 1, "01"[turn % 2])
        return signs(answer) == "".join("".join(row) for row in cells)


def _put(cells: list[list[str]], row: int, column: int, mine: str) -> None:
    size = len(cells)
    cells[row][column] = mine
    for down, right in _DIRECTIONS:
        between: list[tuple[int, int]] = []
        r, c = row + down, column + right
        while 0 <= r < size and 0 <= c < size and cells[r][c] not in ("*", mine):
            between.append((r, c))
            r, c = r + down, c + right
        if 0 <= r < size and 0 <= c < size and cells[r][c] == mine:
            for r, c in between:
                cells[r][c] = mine


_CYCLE = Opponent("AB", ("win", "draw"), {"A": "B", "B": "C", "C": "D", "D": "A"})
_LARGER = Opponent("BH", ("win", "loss"), {"A": "BC", "B": "C", "C": "", "H": "A"})
_HAND = Hand("ABXX", "CX", "B")
_BOARD = Reversi(("****", "*10*", "*01*", "****"), ((1, 2), (1, 1)))
CASES = (
    (_CYCLE, "B, D", True),
    (_CYCLE, "['b', 'd']", True),
    (_CYCLE, "B, B", False),
    (_CYCLE, "B, A", False),
    (_CYCLE, "B", False),
    (_CYCLE, "B, Z", False),
    (_CYCLE, ", ,", None),
    (_LARGER, "C, A", False),
    (Opponent("AB", ("win", "win"), {"A": "BC", "B": "CA", "C": ""}), "B, C", True),
    (Opponent("AB", ("win", "win"), {"A": "BC", "B": "CA", "C": ""}), "C, A", True),
    (_HAND, "1", True),
    (_HAND, "2", False),
    (_HAND, "Peng", None),
    (Hand("ABXY", "C", ""), "2", True),
    (Hand("ABXY", "C", "", runs=False), "0", True),
    (Hand("ABXY", "CC", "A"), "0", True),
    (Hand("YZAB", "[", ""), "0", True),
    (_BOARD, "10** *10* *01* ****", True),
    (_BOARD, "1,0,*,*,*,1,0,*,*,0,1,*,*,*,*,*", True),
    (_BOARD, "1,0,*,*,*,0,0,*,*,0,1,*,*,*,*,*", False),
    (_BOARD, "10**", False),
    (_BOARD, "", None),
)
