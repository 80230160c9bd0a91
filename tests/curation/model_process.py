"""A server of chat completions in a process of its own, which answers the questions of a curation: sensibly,
and, the first time that it is asked every third question, badly. It can be killed, and started again.

    python model_process.py LOG PORT [bad]      a line of LOG a question: its words, the seed, the trouble
"""

import json
import signal
import subprocess
import sys
import threading
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "enrich"))

from model_server import ModelServer, Say, said

NEVER = threading.Event()
TROUBLES = {
    "429": Say(b"busy", 429, {"Retry-After": "0.1"}),
    "500": Say(b"", 500),
    "502": Say(b"<html>", 502),
    "connection": Say(said("2").body, cut=100),
    "timeout": Say(hold=NEVER),
    "HTML": Say(b"<html><body>Welcome</body></html>", headers={"Content-Type": "text/html"}),
    "no choices": Say(b'{"choices": []}'),
    "wrong types": Say(b'{"choices": [{"message": {"content": 7}, "finish_reason": "stop"}]}'),
    "half a JSON": Say(said("2").body[:40]),
}
NONSENSE = ("HTML", "no choices", "wrong types", "half a JSON")
PROGRAM = "```python\ndef plus(a, b):\n    return {}\n```".format


def number(text: str, before: str) -> int:
    return int(text.partition(before)[2].split()[0])


def answer(model: str, question: str, seed: int) -> str:
    """A sensible one: what it is depends on these alone."""
    if "Verdict: keep" in question:
        return "Hm.\nVerdict: " + ("drop" if "task 3 " in question else "keep" if seed % 4 else "drop")
    if '"tests"' in question:
        task = number(question, "task ")
        few = 3 if task == 5 else 20
        tests = [f"assert plus({n}, {task}) == {n + task + (n == 7)}" for n in range(few)]
        return json.dumps({"question": f"Write plus(a, b) for task {task} .", "tests": tests})
    if "Write plus" in question:
        return PROGRAM("a + b" if model == "oracle" or seed % 2 else "a + b if a < 10 else 0")
    task = number(question, "task ")
    if task == 0 or (task not in (1, 7) and seed % 2):  # task 0 is never solved, 1 and 7 always are
        return "I do not know." if task == 6 else r"Perhaps \boxed{-1}"
    return rf"Thus \boxed{{{2 * task}}}"


@dataclass(frozen=True)
class Told:
    """A line of the log."""

    question: str
    seed: int
    answered: str  # "" for an answer, or the kind of trouble


def serve(log: Path, port: int, bad: bool) -> None:
    seen, lock = Counter[tuple[str, int]](), threading.Lock()
    kinds = list(TROUBLES)

    def script(asked: dict) -> Say | str:
        question, seed = asked["messages"][-1]["content"], asked["seed"]
        mark = zlib.crc32(f"{seed} {question}".encode())
        with lock, log.open("a") as file:
            seen[question, seed] += 1
            first = seen[question, seed] == 1
            trouble = kinds[mark // 3 % len(kinds)] if bad and first and mark % 3 == 0 else ""
            file.write(json.dumps([question, seed, trouble]) + "\n")
        if trouble:
            return TROUBLES[trouble]
        return said(answer(asked["model"], question, seed), prompt_tokens=5, completion_tokens=3)

    with ModelServer(script, port=port) as server:
        print(server.url, flush=True)
        signal.pause()


def told(log: Path) -> list[Told]:
    """Every question so far."""
    return [Told(*json.loads(line)) for line in log.read_text().splitlines()] if log.exists() else []


@contextmanager
def serving(log: Path, port: int = 0, bad: bool = False) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """Its address, and the process."""
    command = [sys.executable, __file__, str(log), str(port), *(["bad"] if bad else [])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip(), process
        finally:
            process.kill()


if __name__ == "__main__":
    serve(Path(sys.argv[1]), int(sys.argv[2]), "bad" in sys.argv)
