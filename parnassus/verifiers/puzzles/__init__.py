"""Kinds of puzzles, a few to a file: each is what is given, and whether an answer keeps to its rules.

A kind is a frozen dataclass whose fields are the puzzle, `Puzzle.data` by name. It is called with the answer,
text of any sort, and says whether that is right; it raises `Unread` where no answer of the form that is asked
for can be read. Its time does not grow with more than the length of the answer, which `reading` bounds, and
nothing of an answer is run. To add one: the class, its name in `parnassus.verifiers.puzzle`, and `CASES` of
its file: (puzzle, answer, whether it is right, None where it cannot be read).
"""
