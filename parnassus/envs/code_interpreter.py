"""A policy that may run scripts while it answers: the interpreter of R1-Code-Interpreter, arXiv 2505.21668.

    question ──> policy: reasons, writes a ```python block, its turn ends at the closing fence
                   ^  └─> sandbox ─> "Code Execution Results:" + what it printed ─┐
                   └──────────────────────────────────────────────────────────────┘   ... until a turn without

The paper's numbers: 8 scripts, 60 s each. Each script starts anew. The first block of a turn is run; an open
one is none. The words of the prompts are ours: the paper's are not published in full. Judging is not here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from parnassus.errors import positive
from parnassus.text.scripts import CLOSE, closed, first_script, results
from parnassus.types import Limits, Message, Problem, Program, Sandbox


class Style(StrEnum):
    """How the policy is asked to work: R1-Code-Interpreter collects answers by four agents."""

    FREE = "free"  # Code Agent: words or scripts, as it sees fit
    TEXT = "text"  # All Text: no script is run
    CODE = "code"  # All Code: a script first
    ALTERNATE = "alternate"  # in the place of CodeSteer, whose second model says which of the two comes next


_SCRIPTS = (
    "To run Python, write one block that begins with ```python and end your turn where the block ends. It "
    "must be a whole script, which uses print for all that you want to know; it knows nothing of scripts "
    "before it. You will be told what it printed and which errors it had, and may go on. "
)
_ANSWER = "End with the final answer in this form: <<<answer>>>"
_HEADS = {
    Style.FREE: "Solve the task below. Think first. Where searching, optimising or computing helps, you may "
    f"use Python. {_SCRIPTS}{_ANSWER}",
    Style.TEXT: f"Solve the task below by reasoning in words, without any code. {_ANSWER}",
    Style.CODE: "Solve the task below by Python: your first turn must be a script that works out the answer. "
    f"{_SCRIPTS}{_ANSWER}",
    Style.ALTERNATE: "Solve the task below by words and by Python in turn: reason first, let a script check "
    f"or go on, then look at its results in words, and so on until both agree. {_SCRIPTS}{_ANSWER}",
}
_LAST = "That was the last script that is run. Give your final answer as <<<answer>>>.\n"
_NO_MORE = "The script was not run: all {} are used. Give your final answer as <<<answer>>>.\n"


@dataclass(frozen=True)
class CodeInterpreter:
    """Runs a turn's script and tells its results; a turn without one is the last."""

    style: Style = Style.FREE
    head: str | None = None  # before the question; None: the words of the style
    calls: int = 8  # scripts that are run
    seconds: float = 60.0  # of each: processor time; ten times that by the clock
    memory_mb: int = 512
    output_chars: int = 4000  # of what is told of a script

    def __post_init__(self) -> None:
        positive(self, calls=self.calls, seconds=self.seconds, memory_mb=self.memory_mb)
        positive(self, output_chars=self.output_chars)

    @property
    def stop(self) -> tuple[str, ...]:
        return () if self.style is Style.TEXT else (CLOSE,)

    @property
    def turns(self) -> int:
        """A script each, one that is not run any more, and the answer."""
        return 1 if self.style is Style.TEXT else self.calls + 2

    def prompt(self, problem: Problem) -> Sequence[Message]:
        """The head stands before the first message of the user."""
        head = _HEADS[self.style] if self.head is None else self.head
        at = next((at for at, said in enumerate(problem.prompt) if said.role == "user"), None)
        if not head or at is None:
            return problem.prompt
        asked = replace(problem.prompt[at], content=f"{head}\n\n{problem.prompt[at].content}")
        return (*problem.prompt[:at], asked, *problem.prompt[at + 1 :])

    def begin(self, problem: Problem, sandbox: Sandbox) -> "Interpreting":
        return Interpreting(self, sandbox)

    def restored(self, text: str) -> str:
        return text if self.style is Style.TEXT else closed(text)


class Interpreting:
    """One episode: how many scripts were asked for."""

    def __init__(self, settings: CodeInterpreter, sandbox: Sandbox) -> None:
        self._settings, self._sandbox, self._asked = settings, sandbox, 0

    async def reply(self, text: str) -> str | None:
        settings = self._settings
        script = None if settings.style is Style.TEXT else first_script(text)
        if script is None or self._asked > settings.calls:
            return None
        if self._asked == settings.calls:
            self._asked += 1
            return _NO_MORE.format(settings.calls)
        limits = Limits(settings.seconds, settings.memory_mb)
        run = await self._sandbox.run(Program(script), limits)
        self._asked += 1  # not before: a sandbox that failed is asked again
        told = results(run, settings.seconds, settings.output_chars)
        return told + _LAST if self._asked == settings.calls else told
