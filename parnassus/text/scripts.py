"""Scripts in what a policy says, and what it is told of them: the wording of the protocol of
R1-Code-Interpreter (arXiv 2505.21668). Runs nothing.

    "... ```python\\nprint(6 * 7)\\n```"  -> the script      "Code Execution Results:\\n42\\n"  <- its results

The fence with its language and the words before the results are those of the paper and of CodeSteer's code;
all other words are ours.
"""

import re

from parnassus.types import Exit, Run

RESULTS = "Code Execution Results:\n"
CLOSE = "\n```\n"  # ends a turn; a block of another language begins otherwise
_OPEN = "```python\n"
_CLOSED = re.compile(r"\n```[ \t]*+(?=\n|\Z)")
_LEFT_OUT = "\n[... {} characters left out ...]\n"


def first_script(text: str) -> str | None:
    """The body of the first closed ```python block, or None."""
    start = text.find(_OPEN)
    closed = _CLOSED.search(text, start + len(_OPEN) - 1) if start >= 0 else None
    return None if closed is None else text[start + len(_OPEN) : closed.start() + 1]


def closed(text: str) -> str:
    """`text` with its last script closed, if it is open: as it was before a server took the fence away."""
    start = text.rfind(_OPEN)
    if start < 0 or _CLOSED.search(text, start + len(_OPEN) - 1):
        return text
    return f"{text.rstrip()}\n```"


def results(run: Run, seconds: float, most: int) -> str:
    """What is told of a script that might take `seconds`: its output, what went wrong, at most about `most`
    characters of these."""
    parts = [run.stdout]
    if run.stderr:
        parts.append(f"Errors:\n{run.stderr}")
    said = _shortened("".join(part if part.endswith("\n") else f"{part}\n" for part in parts if part), most)
    match run.exit:
        case Exit.TIMEOUT:
            ending = f"The script was stopped: it took longer than {seconds:g} seconds.\n"
        case Exit.OUTPUT:
            ending = "The script was stopped: it wrote too much.\n"
        case Exit.FAILED if run.status > 128:
            ending = f"The script was killed by signal {run.status - 128}.\n"
        case Exit.FAILED:
            ending = f"The script failed with exit status {run.status}.\n"
        case Exit.OK:
            ending = "" if said else "The script printed nothing.\n"
    return f"{RESULTS}{said}{ending}"


def _shortened(text: str, most: int) -> str:
    """Its beginning and its end, if it has more than `most` characters."""
    if len(text) <= most:
        return text
    head = most - most // 2
    return text[:head] + _LEFT_OUT.format(len(text) - most) + text[len(text) - most // 2 :]
