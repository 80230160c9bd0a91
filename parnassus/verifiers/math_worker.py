"""The process side of `math_symbolic`: compares answers with math-verify, one JSON line in, one out.

Run as a script. It may hang, swell or crash on a hostile answer: whoever started it kills it then. Should
that one be gone too, the alarm ends it. math-verify's own time limits, which are signal handlers, stay off:
they do not interrupt a single long operation. Answers are read by its LaTeX grammar only, never as Python.
"""

import json
import os
import resource
import signal
import sys

from math_verify import LatexExtractionConfig, parse, verify

MEMORY_BYTES = 4 << 30
GRAMMAR = [LatexExtractionConfig()]
NEVER = 0  # in this library, no time limit


def compare(wanted: str, read: str) -> bool:
    """Whether the two mean the same. Not if either cannot be read: equal text was settled before."""
    gold, target = (parse(f"${text}$", GRAMMAR, parsing_timeout=NEVER) for text in (wanted, read))
    return bool(gold and target) and verify(gold, target, timeout_seconds=NEVER)


def main() -> None:
    out = os.fdopen(os.dup(1), "w")  # what a library prints must not look like a reply
    os.dup2(2, 1)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    print(json.dumps("ready"), file=out, flush=True)
    for line in sys.stdin:
        wanted, read, seconds = json.loads(line)
        # Its default is to end the process, whatever it is doing.
        signal.setitimer(signal.ITIMER_REAL, seconds + 1)
        same = compare(wanted, read)
        signal.setitimer(signal.ITIMER_REAL, 0)
        print(json.dumps(same), file=out, flush=True)


if __name__ == "__main__":
    main()
