"""What an enrichment is, what it works with and what it makes of one problem. The nouns only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from parnassus.enrich.answerer import Answerer, Request
from parnassus.errors import ConfigError
from parnassus.text.answers import joined_turns
from parnassus.text.nearest import nearest
from parnassus.types import Demonstration, Exchange, Problem, Sandbox, Stop, Verdict


@dataclass(frozen=True)
class Means:
    """What enrichments work with: the models by the names that they call them by, and where programs run."""

    models: Mapping[str, Answerer]
    sandbox: Sandbox

    def model(self, name: str) -> Answerer:
        """Raises ConfigError for a name that nobody has given a model."""
        if name not in self.models:
            known = ", ".join(self.models) or "none"
            raise ConfigError(f"no model is called {name!r}. {nearest(name, self.models)}There is: {known}")
        return self.models[name]


@dataclass(frozen=True, slots=True)
class Sample:
    """One answer of a model and what became of it. Of a judge's vote: CORRECT is in favour, WRONG against,
    UNPARSED cannot be read."""

    by: str  # the agent or judge that gave it
    text: str
    stop: Stop
    tokens: int | None  # where whoever ran the model tells
    verdict: Verdict
    more: tuple[Exchange, ...] = ()  # the turns after the first, where an environment answered

    @property
    def said(self) -> str:
        """All the model's words."""
        return joined_turns([self.text, *(turn.response for turn in self.more)])


@dataclass(frozen=True, slots=True)
class Made:
    """What an enrichment made of a problem: the problem with more known about it, or a new one from it."""

    problem: Problem
    samples: tuple[Sample, ...] = ()
    dropped: str = ""  # why it should be dropped, if it should; what stands before the first ": " is counted


class Enrichment(Protocol):
    """A frozen dataclass: its repr says all that decides what it makes, and names the results it keeps."""

    def requests(self, problem: Problem) -> Sequence[Request]:
        """What it will ask of models, for the estimate; a question that depends on an answer stands in with
        what is known of it."""
        ...

    async def __call__(self, problem: Problem, means: Means) -> Made:
        """Raises AnsweringError where an answer did not come: the next start tries the problem again. Where
        none will come, RefusedError: the problem is dropped."""
        ...


@runtime_checkable
class Teaches(Protocol):
    """An enrichment whose samples are responses to imitate."""

    def taught(self, problem: Problem, samples: Sequence[Sample]) -> list[Demonstration]:
        """Of a problem that it made."""
        ...


@dataclass(frozen=True, slots=True)
class Preference:
    """Two responses to one problem."""

    problem: Problem
    better: str
    worse: str
    better_score: float
    worse_score: float


@runtime_checkable
class Prefers(Protocol):
    """An enrichment whose samples make pairs of a better and a worse response."""

    def preferred(self, problem: Problem, samples: Sequence[Sample]) -> list[Preference]:
        """Of a problem that it made."""
        ...
