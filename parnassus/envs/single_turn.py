"""The plain environment: the problem is asked once, and whatever the policy says is its answer."""

from collections.abc import Sequence
from dataclasses import dataclass

from parnassus.types import Message, Problem


@dataclass(frozen=True, slots=True)
class SingleTurn:
    problem: Problem

    def prompt(self) -> Sequence[Message]:
        return self.problem.prompt

    async def reply(self, text: str) -> str | None:
        return None
