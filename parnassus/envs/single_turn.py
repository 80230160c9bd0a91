"""The plain environment: the problem is asked once, and whatever the policy says is its answer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from parnassus.types import Message, Problem, Sandbox


@dataclass(frozen=True, kw_only=True)
class SingleTurn:
    """Never answers."""

    system: str = ""  # said before the problem, unless it begins with a system message of its own
    after: tuple[tuple[str, str], ...] = ()  # domain -> what is said below its problems: where answers belong

    @property
    def stop(self) -> tuple[str, ...]:
        return ()

    @property
    def turns(self) -> int:
        return 1

    def prompt(self, problem: Problem) -> Sequence[Message]:
        messages = [*problem.prompt]
        after = dict(self.after).get(problem.domain)
        if after and messages:
            messages[-1] = replace(messages[-1], content=f"{messages[-1].content}\n\n{after}")
        if self.system and not (messages and messages[0].role == "system"):
            messages.insert(0, Message("system", self.system))
        return tuple(messages)

    def begin(self, problem: Problem, sandbox: Sandbox) -> "Silence":
        return Silence()

    def restored(self, text: str) -> str:
        return text


class Silence:
    """An episode without a reply."""

    async def reply(self, text: str) -> str | None:
        return None
