"""The plain environment: the problem is asked once, and whatever the policy says is its answer."""

from collections.abc import Sequence
from dataclasses import dataclass

from parnassus.types import Message, Problem, Sandbox


@dataclass(frozen=True)
class SingleTurn:
    """Never answers."""

    @property
    def stop(self) -> tuple[str, ...]:
        return ()

    @property
    def turns(self) -> int:
        return 1

    def prompt(self, problem: Problem) -> Sequence[Message]:
        return problem.prompt

    def begin(self, problem: Problem, sandbox: Sandbox) -> "Silence":
        return Silence()

    def restored(self, text: str) -> str:
        return text


class Silence:
    """An episode without a reply."""

    async def reply(self, text: str) -> str | None:
        return None
