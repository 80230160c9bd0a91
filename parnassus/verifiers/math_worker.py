"""The process side of `math_symbolic`: compares answers with math-verify, one JSON line in, one out.

Run as a script. It may hang, swell or crash on a hostile answer: whoever started it kills it then. Should that
one be gone too, the alarm ends it. math-verify's own time limits, which are signal handlers, stay off: they do
not interrupt a single long operation. Answers are only ever read by its LaTeX grammar, never as Python.
"""

import json
import os
import resource
import signal
import sys

from math_verify import LatexExtractionConfig, parse, verify

MEMORY_BYTES = 4 << 30


def compare(wanted: str, read: str) -> str:
    """ "same", "different", or which of the two the grammar cannot read."""
    config = [LatexExtractionConfig()]
    parsed = [
        parse(f"${text}$", extraction_config=config, parsing_timeout=None, raise_on_error=False)
        for text in (wanted, read)
    ]
    if not parsed[0]:
        return "unreadable reference"
    if not parsed[1]:
        return "unreadable answer"
    return "same" if verify(*parsed, timeout_seconds=None, raise_on_error=False) else "different"


def main() -> None:
    out = os.fdopen(os.dup(1), "w")  # what a library prints must not look like a reply
    os.dup2(2, 1)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    print(json.dumps("ready"), file=out, flush=True)
    for line in sys.stdin:
        wanted, read, seconds = json.loads(line)
        signal.setitimer(
            signal.ITIMER_REAL, seconds + 1
        )  # its default is to end the process, whatever it is doing
        reply = compare(wanted, read)
        signal.setitimer(signal.ITIMER_REAL, 0)
        print(json.dumps(reply), file=out, flush=True)


if __name__ == "__main__":
    main()
