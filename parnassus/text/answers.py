r"""Where in a response the answer stands: after the thinking, in the last \boxed{}, in the last code block.

Pure functions of text, linear in its length whatever it holds. They do not judge what they find.
"""

import re

THINK_OPEN = "<think>"
THINK_CLOSE = "</think>"

_FENCE = "```"
_PYTHON_TAGS = frozenset({"", "python", "python3", "py"})
# A command with its backslash is one token, so that \{ and \} are text and only bare braces nest.
_BRACES = re.compile(r"\\boxed\s*\{|\\.|[{}]", re.DOTALL)


def after_thinking(text: str) -> str:
    """What follows the last `</think>`, or all of `text`; nothing while a `<think>` is open."""
    tail = text.rpartition(THINK_CLOSE)[2]
    return "" if THINK_OPEN in tail else tail


def last_boxed(text: str) -> str | None:
    r"""The content of the \boxed{...} that opens last among those that are closed, or None.

    Braces may nest. In \boxed{\boxed{5}} that is the inner one.
    """
    # Where the content of each open brace starts; None for a brace that is no box.
    opened: list[int | None] = []
    found: tuple[int, int] | None = None
    for token in _BRACES.finditer(text):
        if token[0] == "{":
            opened.append(None)
        elif token[0].startswith("\\boxed"):
            opened.append(token.end())
        elif token[0] == "}" and opened:
            start = opened.pop()
            if start is not None and (found is None or start > found[0]):
                found = start, token.start()
    return None if found is None else text[found[0] : found[1]]


def last_code_block(text: str) -> str | None:
    """The body of the last closed fenced block that is tagged as Python or not at all, or None."""
    body: list[str] | None = None  # of the open block
    tag = ""
    found: str | None = None
    for line in text.splitlines(keepends=True):
        mark = line.strip()
        if body is not None and mark == _FENCE:
            if tag in _PYTHON_TAGS:
                found = "".join(body)
            body = None
        # Also inside an open block, which was never closed.
        elif mark.startswith(_FENCE) and _FENCE not in mark[len(_FENCE) :]:
            body, tag = [], mark[len(_FENCE) :].strip().lower()
        elif body is not None:
            body.append(line)
    return found
