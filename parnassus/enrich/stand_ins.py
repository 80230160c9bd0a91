"""Stand-ins for large models: where none is at hand, they answer in this process, and only what concerns the
procedural families of `parnassus.data.families`.

    Teacher      any prompt of its families, with their noise        for PassRate, Distill; an oracle
    Judge        whether a prompt can be answered, rightly so often  for Votes
    TestWriter   a question of `guards` and asserts, some wrong      for SynthesizeTests

They hold the place of DeepSeek-R1, of Skywork-OR1's two judges (arXiv 2505.22312, section 6) and of
AceCoder's writer and oracle (2502.01718, section 3), so that a curation does all its work in minutes on a
CPU: each reads the text that its model would be sent. What they are worth says nothing of those models. An
answer depends on the settings, the text and the seed; temperature, length and stop texts are not heeded.
Tokens are words, numbers and signs.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from parnassus.data.families.clauses import FUNCTION, INPUTS
from parnassus.data.families.family import Family
from parnassus.data.families.guards import read_task
from parnassus.enrich.answerer import Reply
from parnassus.errors import ConfigError, positive
from parnassus.types import Message, Sampling, Stop

_PUZZLED = "I cannot tell."
_OFF = (-2, -1, 1, 2)  # by how much a wrong assert is wrong


class _StandIn:
    """An Answerer whose answer follows from the user's last message and the seed, named by its settings."""

    @property
    def model(self) -> str:
        return repr(self)

    @property
    def counted(self) -> Counter[str]:
        return self._counts

    @cached_property
    def _counts(self) -> Counter[str]:
        """No field: what was asked is no setting."""
        return Counter()

    async def __call__(self, messages: Sequence[Message], sampling: Sampling, seed: int) -> Reply:
        asked = next((said.content for said in reversed(messages) if said.role == "user"), "")
        said = self._said(asked, random.Random(seed)) or _PUZZLED
        before, tokens = sum(_tokens(message.content) for message in messages), _tokens(said)
        self._counts.update({"questions": 1, "answers": 1, "prompt tokens": before, "tokens": tokens})
        return Reply(said, Stop.FINISHED, before, tokens)

    def _said(self, asked: str, rng: random.Random) -> str | None:
        """None: it does not know what this is."""
        raise NotImplementedError


@dataclass(frozen=True)
class Teacher(_StandIn):
    """Answers by the first of its families whose prompt this is, as a whole or in its first paragraph: more
    may follow, such as a test to pass or how to answer. Stands in for an oracle, too."""

    families: tuple[Family, ...]

    def __post_init__(self) -> None:
        _check_families(self, self.families)

    def _said(self, asked: str, rng: random.Random) -> str | None:
        return _answer(self.families, asked.partition("\n\n")[0], rng)


@dataclass(frozen=True)
class Judge(_StandIn):
    """Votes to keep what one of `families` can answer and to drop all else; with probability 1 - `accuracy`
    the other way round, at each vote anew."""

    families: tuple[Family, ...]
    accuracy: float = 0.9

    def __post_init__(self) -> None:
        _check_families(self, self.families)
        _check_share(self, "accuracy", self.accuracy)

    def _said(self, asked: str, rng: random.Random) -> str | None:
        problem = re.search("<problem>\n(.*)\n</problem>", asked, re.DOTALL)
        if problem is None:
            return None
        good = _answer(self.families, problem[1], random.Random(0)) is not None
        right = rng.random() < self.accuracy
        if good == right:
            return "All that is needed is there, and nothing else.\n\nVerdict: keep"
        return "Something is missing, or does not belong there.\n\nVerdict: drop"


@dataclass(frozen=True)
class TestWriter(_StandIn):
    """Writes the task as a prompt of `guards`, without what stands behind it, and `tests` asserts for inputs
    of which none comes twice. Each wants a wrong result with probability `wrong`."""

    __test__ = False  # no tests for pytest
    tests: int = 20
    wrong: float = 0.2

    def __post_init__(self) -> None:
        positive(self, tests=self.tests)
        _check_share(self, "wrong", self.wrong)
        if self.tests > len(INPUTS):
            raise ConfigError(f"TestWriter: tests={self.tests} must be at most {len(INPUTS)}: so many differ")

    def _said(self, asked: str, rng: random.Random) -> str | None:
        task = asked.partition("\nThe task:\n")[2].partition("\n\n")[0]
        program = read_task(task)
        if program is None:
            return None
        tests = list[str]()
        for x, y in rng.sample(INPUTS, self.tests):
            off = rng.choice(_OFF) if rng.random() < self.wrong else 0
            tests.append(f"assert {FUNCTION}({x},{y})=={program.result(x, y) + off}")
        return json.dumps({"question": task, "tests": tests})


def _answer(families: Sequence[Family], text: str, rng: random.Random) -> str | None:
    said = (family.respond(text, rng) for family in families)
    return next((answer for answer in said if answer is not None), None)


def _tokens(text: str) -> int:
    return len(re.findall(r"\w+|[^\w\s]", text))


def _check_families(stand_in: _StandIn, families: Sequence[Family]) -> None:
    if not families:
        raise ConfigError(f"{type(stand_in).__name__}: it has no families, so it could answer nothing")


def _check_share(stand_in: _StandIn, name: str, share: float) -> None:
    if not 0 <= share <= 1:
        raise ConfigError(f"{type(stand_in).__name__}: {name}={share} must be in [0, 1]")
