"""The seams between the rooms of the house: one file each to extend."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from parnassus.types.problems import Demonstration, Message, Problem
from parnassus.types.rollouts import Completion, Draw, Group, Sampling, Scored, Trajectory, Verdict, Visit
from parnassus.types.running import Sandbox
from parnassus.types.training import Step, TokenView

if TYPE_CHECKING:  # `parnassus --help` must not wait for torch
    from torch import Tensor

Row = Mapping[str, object]  # a row of metrics: "step", then names to numbers, strings or such rows again
Stats = Mapping[str, "Tensor"]  # name -> [T] per-token values; the trainer averages them over the step
Filter = Callable[[Problem], str | None]  # None keeps; a string is the reason to drop, and is counted
Choose = Callable[[Demonstration], str | None]  # the same of a response to imitate
Judge = Callable[[Problem, str], Awaitable[Verdict]]  # a verifier with all that it needs
Check = Callable[[Problem, Judge], Awaitable[str | None]]  # a filter that must run something first
RewardTerm = Callable[[Trajectory, Verdict], float]
Keep = Callable[[Scored], str | None]  # None keeps the member; a string leaves it out, and is counted
Admission = Callable[[Group], str | None]  # None admits; a string is the reason not to, and is counted
Advantage = Callable[[Step], "Tensor"]  # -> [T]
Weighting = Callable[[Step], "Tensor"]  # -> [T]
PolicyLoss = Callable[[TokenView], "tuple[Tensor, Stats]"]  # per token [T], no reduction
State = Mapping[str, float]  # what a control remembers; lies in the checkpoint as it is
Trigger = Callable[[Sequence[Row]], str | None]  # rows of a stage so far; a string is the reason to act now


class Control(Protocol):
    """A coefficient of the loss that moves with what a stage measures. Pure: its state comes and goes."""

    def start(self) -> State: ...
    def apply(self, loss: PolicyLoss, state: State) -> PolicyLoss:
        """The loss of the coming step."""
        ...

    def after(self, state: State, measured: Mapping[str, float]) -> State:
        """The state after a step whose updates are done; `measured` is the step's row of metrics."""
        ...


class Curriculum(Protocol):
    """Chooses the problems of a step: a pure function of the pool and of what became of its problems, so
    that a resumed run draws the same. Raises ConfigError where nothing is left to draw."""

    def __call__(self, pool: Sequence[Problem], visits: Sequence[Visit], draw: Draw) -> Sequence[Problem]:
        """`visits` are all of the run, oldest first."""
        ...


@runtime_checkable
class CountsEpochs(Protocol):
    """A curriculum that knows how far it is."""

    def epochs(self, pool: Sequence[Problem], visits: Sequence[Visit], draw: Draw) -> int:
        """Whole epochs that are over before `draw`, which comes next."""
        ...


class Engine(Protocol):
    """Turns token ids into more token ids. Knows nothing of problems or rewards, local or on a cluster."""

    async def generate(self, prompt: Sequence[int], sampling: Sampling, seed: int) -> Completion:
        """One completion. The same prompt, sampling, seed and weights give the same tokens, whatever else
        runs. Raises DataError when the prompt leaves no room for a token."""
        ...

    def load(self, weights: Mapping[str, Tensor], version: int) -> None:
        """Take the policy's weights, by their Hugging Face names; completions are stamped with `version`."""


class Env(Protocol):
    """How problems are asked, and who answers the policy. A frozen dataclass, one for all problems."""

    @property
    def stop(self) -> tuple[str, ...]:
        """Texts that end a turn of the policy, beside its own ending it."""
        ...

    @property
    def turns(self) -> int:
        """The most turns of the policy that an episode may have."""
        ...

    def prompt(self, problem: Problem) -> Sequence[Message]: ...
    def begin(self, problem: Problem, sandbox: Sandbox) -> Episode: ...
    def restored(self, text: str) -> str:
        """What the policy said in a turn that it has ended, from what is left without the text of `stop`:
        servers of models leave that out."""
        ...


class Episode(Protocol):
    """One conversation about one problem; single use."""

    async def reply(self, text: str) -> str | None:
        """The environment's next words after the policy said `text`, or None: it is over. Raises SandboxError
        where a sandbox failed; it may then be asked the same again."""
        ...


class Verifier(Protocol):
    """Judges a response. Failing to judge is a BROKEN verdict, never a wrong one. Raises DataError for a
    problem that no response could satisfy, such as one without tests."""

    async def __call__(self, problem: Problem, response: str, sandbox: Sandbox) -> Verdict: ...
