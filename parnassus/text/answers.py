r"""Where in a response the answer stands: after the thinking, in the last \boxed{}, in the last code block.

Pure functions of text, linear in its length whatever it holds. They do not judge what they find.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

THINK_OPEN = "<think>"
THINK_CLOSE = "</think>"

PYTHON = ("", "python", "python3", "py")  # what a block of Python is tagged as, if at all
# A command with its backslash is one token, so that \{ and \} are text and only bare braces nest.
_BRACES = re.compile(
    r"(?P<box>\\(?:boxed|fbox)\s*+\{)|(?P<bare>\\(?:boxed|fbox)(?![a-zA-Z])\s*+(?=[\w(\[|+-]|\\(?!boxed|fbox)|\.\d))|\\.|[{}]",
    re.DOTALL,
)
# Where a box without braces may end: see `_bare`.
_ENDS = re.compile(r"\\.|[{}$]|\s", re.DOTALL)
_MATH_ENDS = frozenset(["$", r"\)", r"\]"])
# A fence: its indentation, its marks, what is said after them; no backtick after backticks.
_FENCE = re.compile(r"([ \t]*+)(?:(`{3,}+)([^`]*)|(~{3,})(.*))", re.DOTALL)
# What opens a block though words stand before it: "The program: ```python".
_LATE_FENCE = re.compile(r"([ \t]*+).*(?<!`)(`{3,}+)(\w+)\s*", re.DOTALL)
_DEEPER = 3  # columns by which a fence may stand deeper than the one that it belongs to


class Thinking(StrEnum):
    """What of a response is searched for its answer."""

    AFTER_LAST = "after the last </think>"  # all if there is none, nothing while a <think> is open
    AFTER_FIRST = "between the first </think> and the next"  # all if there is none
    REQUIRED = "after the first </think>, which must be there"
    SEARCHED = "all"  # code that was only thought of counts too


def after_thinking(text: str, thinking: Thinking = Thinking.AFTER_LAST) -> str:
    """What follows the thinking, as `thinking` has it; empty where nothing does."""
    match thinking:
        case Thinking.AFTER_LAST:
            tail = text.rpartition(THINK_CLOSE)[2]
            return "" if THINK_OPEN in tail else tail
        case Thinking.AFTER_FIRST:
            parts = text.split(THINK_CLOSE, 2)
            return parts[1] if len(parts) > 1 else text
        case Thinking.REQUIRED:
            return text.partition(THINK_CLOSE)[2]
        case Thinking.SEARCHED:
            return text


def joined_turns(turns: Sequence[str]) -> str:
    """All that was said, each turn on lines of its own: a code fence is one only at the head of a line."""
    return "".join(
        turn if turn.endswith("\n") or number == len(turns) else f"{turn}\n"
        for number, turn in enumerate(turns, 1)
    )


def final_answer(text: str) -> str | None:
    r"""What stands in \boxed{} or between <<< and >>>, whichever comes last; None where neither does.

    The marks are R1-Code-Interpreter's (arXiv 2505.21668): it has no \boxed{}. A box within them is the
    answer.
    """
    marked = last_marked(text)
    if marked is None:
        return last_boxed(text)
    behind = last_boxed(text[text.rindex(f"<<<{marked}>>>") + len(marked) + 6 :])
    if behind is not None:
        return behind
    boxed = last_boxed(marked)
    return marked if boxed is None else boxed


def last_marked(text: str) -> str | None:
    """What stands between the last <<< that is closed and the next >>>, or None."""
    close = text.rfind(">>>")
    start = text.rfind("<<<", 0, close) if close >= 0 else -1
    return None if start < 0 else text[start + 3 : text.index(">>>", start)]


def last_boxed(text: str) -> str | None:
    r"""The content of the \boxed{...} that opens last among those that are closed, or None; \fbox is one too.

    Braces may nest. In \boxed{\boxed{5}} that is the inner one. Only where there is none, \boxed 5 is one:
    a box that is merely talked about takes no answer away.
    """
    # Where the content of each open brace starts; None for a brace that is no box.
    opened: list[int | None] = []
    found: tuple[int, int] | None = None
    bare: int | None = None
    for token in _BRACES.finditer(text):
        if token[0] == "{":
            opened.append(None)
        elif token["box"]:
            opened.append(token.end())
        elif token["bare"]:
            bare = token.end()
        elif token[0] == "}" and opened:
            start = opened.pop()
            if start is not None and (found is None or start > found[0]):
                found = start, token.start()
    if found is None:
        return None if bare is None else _bare(text, bare)
    return text[found[0] : found[1]]


def _bare(text: str, start: int) -> str | None:
    """What stands from `start` to the first white space or end of a formula outside braces, if anything."""
    depth = 0
    for token in _ENDS.finditer(text, start):
        depth += (token[0] == "{") - (token[0] == "}")
        if depth < 0 or (depth == 0 and (token[0].isspace() or token[0] in _MATH_ENDS)):
            return text[start : token.start()] or None
    return None if depth else text[start:]


class _Fence(NamedTuple):
    indent: str
    marks: str
    said: str

    def within(self, other: "_Fence") -> bool:
        """Whether this, inside the block that `other` opened, is no more than a line of it."""
        shorter = self.marks[0] != other.marks[0] or len(self.marks) < len(other.marks)
        return shorter or self.column > other.column + _DEEPER

    @property
    def column(self) -> int:
        return len(self.indent.expandtabs(4))


def _fence(line: str) -> _Fence | None:
    found = _FENCE.fullmatch(line)
    return _Fence(found[1], found[2] or found[4], (found[3] or found[5] or "").strip()) if found else None


def _late_fence(line: str) -> _Fence | None:
    found = _LATE_FENCE.fullmatch(line)
    return _Fence(*found.groups()) if found else None


@dataclass(frozen=True)
class CodeBlock:
    """Finds a response's program: the body of its last closed fenced block in one of `languages`, or None.

    Fences are Markdown's: three backticks or tildes or more, closed by as many or more of the same alone on
    their line. One that stands more than three columns deeper than the opening one, in a docstring say, is
    text; and the opening one's own indentation, in a list say, is no part of the code. Unlike Markdown's, a
    block ends where another is opened: it was never closed; and outside of one, words may stand before an
    opening fence that names a language. How others read theirs:

        Klear, AceReason   CodeBlock(("python",), Thinking.REQUIRED)
        Skywork-OR1        CodeBlock(("python",), Thinking.AFTER_FIRST)
        DeepCoder          CodeBlock(None, Thinking.SEARCHED)
    """

    languages: tuple[str, ...] | None = PYTHON  # the first word after the fence, in lower case; None: any
    thinking: Thinking = Thinking.AFTER_LAST

    def __call__(self, response: str) -> str | None:
        opened: _Fence | None = None
        body: list[str] = []
        found: str | None = None
        # Not splitlines(): to Python code, a form feed or a Unicode separator ends no line.
        for line in after_thinking(response, self.thinking).split("\n"):
            fence = _fence(line) if opened else _fence(line) or _late_fence(line)
            if opened and (fence is None or fence.within(opened)):
                body.append(line)
            elif opened and fence and not fence.said:
                if self._reads(opened):
                    found = _unindented(body, len(opened.indent))
                opened = None
            elif fence:
                opened, body = fence, []
        return found

    def _reads(self, fence: _Fence) -> bool:
        language = fence.said.split(maxsplit=1)[0].lower() if fence.said else ""
        return self.languages is None or language in self.languages


def _unindented(lines: list[str], indent: int) -> str:
    return "".join(line[:indent].lstrip(" \t") + line[indent:] + "\n" for line in lines)
