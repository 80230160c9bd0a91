"""The nouns that flow through the house and the seams between its rooms. Imports nothing from the rest of it.

    Problem --env, engine--> Trajectory --verifier, reward terms--> Scored --x G--> Group
            --admission--> Step --advantage, weights--> Batch --policy--> TokenView --loss--> [T]

Every arrow is one function in one file and returns a new, frozen value. N trajectories and T *policy-chosen
tokens* make a step. Tokens that the policy did not choose (prompts, words of the environment) are context
only: they have no entry in any [T] array, so no loss, advantage or statistic can ever count them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # `parnassus --help` must not wait for torch
    from torch import Tensor

# ---------------------------------------------------------------- problems


@dataclass(frozen=True, slots=True)
class Message:
    role: str  # "system", "user" or "assistant", as chat templates name them
    content: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A reference that the response's final answer must equal, as the verifier understands equality."""

    value: str


@dataclass(frozen=True, slots=True)
class Call:
    """One unit test of a function: JSON arguments in, a JSON result out."""

    arguments: tuple[object, ...]
    result: object


@dataclass(frozen=True, slots=True)
class FunctionTests:
    """Unit tests of the function that the response's program must define."""

    function: str
    calls: tuple[Call, ...]


Reference = Answer | FunctionTests


@dataclass(frozen=True, slots=True)
class Problem:
    id: str  # stable across runs and machines: "<source>/<digest of the content>"
    prompt: tuple[Message, ...]
    reference: Reference
    domain: str  # "math" or "code": what results are reported by
    source: str  # where it came from: a data set or a procedural family
    stats: Mapping[str, float] = field(default_factory=dict[str, float])  # "level", "pass_rate", ...


@dataclass(frozen=True, slots=True)
class Demonstration:
    """A response to imitate. It may be wrong: warm-up data is judged by what it teaches."""

    problem: Problem
    response: str


# ---------------------------------------------------------------- rollouts


class Stop(StrEnum):
    FINISHED = "finished"  # the policy ended its answer itself
    LENGTH = "length"  # it ran out of tokens: the answer may be missing rather than wrong
    ERROR = "error"  # our failure, not the policy's: never trained on


@dataclass(frozen=True, slots=True)
class Sampling:
    """How to draw tokens. Log-probabilities are of the tempered distribution before any nucleus cut: a
    trainer that has only the weights can recompute them."""

    max_tokens: int
    temperature: float = 1.0
    top_p: float = 1.0


@dataclass(frozen=True, slots=True)
class Completion:
    """What an engine returns: the sampled tokens (the stop token included), without the prompt."""

    tokens: tuple[int, ...]
    logprobs: tuple[float, ...]  # one a token, at the sampling temperature
    stop: Stop
    policy_version: int


@dataclass(frozen=True, slots=True)
class Trajectory:
    """One episode as one append-only token stream; `tokens`, `mask`, `logprobs` have equal length.

    Nothing is ever re-tokenised: what was sampled is what is trained on.
    """

    problem: Problem
    tokens: tuple[int, ...]
    mask: tuple[bool, ...]  # True where the policy chose the token
    logprobs: tuple[float, ...]  # of the sampling policy; 0.0 where mask is False
    response: str  # the policy's words, thinking included, the environment's left out
    turns: int
    stop: Stop
    policy_version: int

    def __post_init__(self) -> None:
        if not len(self.tokens) == len(self.mask) == len(self.logprobs):
            lengths = f"{len(self.tokens)}/{len(self.mask)}/{len(self.logprobs)}"
            raise ValueError(f"{self.problem.id}: tokens/mask/logprobs differ in length: {lengths}")

    @property
    def num_sampled(self) -> int:
        return sum(self.mask)


class Outcome(StrEnum):
    CORRECT = "correct"
    WRONG = "wrong"
    UNPARSED = "unparsed"  # no answer could be read out of the response
    BROKEN = "broken"  # the judge failed: says nothing about the response


@dataclass(frozen=True, slots=True)
class Verdict:
    outcome: Outcome
    score: float  # in [0, 1]; 1 exactly when CORRECT; the share of tests passed for code
    detail: str = ""  # what was read or what failed, for people


@dataclass(frozen=True, slots=True)
class Scored:
    trajectory: Trajectory
    verdict: Verdict
    reward: float
    parts: Mapping[str, float]  # reward term -> value; they sum to reward

    @property
    def correct(self) -> bool:
        return self.verdict.outcome is Outcome.CORRECT


@dataclass(frozen=True, slots=True)
class Group:
    """The siblings sampled from one problem: the unit of admission and of group-relative advantage."""

    problem: Problem
    members: tuple[Scored, ...]

    @property
    def rewards(self) -> tuple[float, ...]:
        return tuple(m.reward for m in self.members)


# ---------------------------------------------------------------- training


@dataclass(frozen=True, slots=True)
class Step:
    """The groups admitted to one optimiser step, flattened; what advantages and weights are computed from."""

    reward: Tensor  # [N] float32
    correct: Tensor  # [N] bool
    truncated: Tensor  # [N] bool: stopped by length
    group: Tensor  # [N] int64: which group a trajectory belongs to, 0..G-1, ascending
    seq: Tensor  # [T] int64: which trajectory a token belongs to, ascending
    old_logp: Tensor  # [T] float32: the trainer's policy when the batch was drawn
    sampled_logp: Tensor  # [T] float32: the sampler's word for the same
    ref_logp: Tensor | None  # [T] float32: the frozen reference, where the algorithm needs one

    @property
    def num_groups(self) -> int:
        return int(self.group[-1]) + 1 if len(self.group) else 0

    @property
    def lengths(self) -> Tensor:
        """Policy-chosen tokens of each trajectory, [N] int64."""
        return self.seq.bincount(minlength=len(self.reward))


@dataclass(frozen=True, slots=True)
class Batch:
    """One micro-batch: whole sequences back to back, and what the loss needs at each policy-chosen token.

    `sequences` are the full token streams (context included); `at` says which of their L positions predict a
    policy-chosen token: the token at flat position `at + 1`.
    """

    sequences: tuple[tuple[int, ...], ...]
    at: Tensor  # [T] int64 into the L concatenated positions
    seq: Tensor  # [T] int64: which of `sequences`
    advantage: Tensor  # [T]
    weight: Tensor  # [T] policy-loss weight: its sum over the *step* decides the aggregation
    imitate: Tensor  # [T] cross-entropy weight: all of SFT, the positive-sample loss of RL, else 0
    old_logp: Tensor  # [T]
    sampled_logp: Tensor  # [T]
    ref_logp: Tensor | None  # [T]


@dataclass(frozen=True, slots=True)
class TokenView:
    """All that a policy loss may look at. Every field is [T]; only `logp` and `entropy` carry a gradient."""

    logp: Tensor
    old_logp: Tensor
    sampled_logp: Tensor
    ref_logp: Tensor | None
    advantage: Tensor
    seq: Tensor
    entropy: Tensor


# ---------------------------------------------------------------- the seams: one file each to extend

Stats = Mapping[str, "Tensor"]  # name -> [T] per-token values; the trainer averages them over the step
MakeEnv = Callable[[Problem], "Env"]
Filter = Callable[[Problem], str | None]  # None keeps; a string is the reason to drop, and is counted
RewardTerm = Callable[[Trajectory, Verdict], float]
Admission = Callable[[Group], str | None]  # None admits; a string is the reason not to, and is counted
Advantage = Callable[[Step], "Tensor"]  # -> [T]
Weighting = Callable[[Step], "Tensor"]  # -> [T]
PolicyLoss = Callable[[TokenView], "tuple[Tensor, Stats]"]  # per token [T], no reduction


class Curriculum(Protocol):
    """Chooses the problems of a step: a pure function, so that a resumed run draws the same."""

    def __call__(self, pool: Sequence[Problem], step: int, count: int, seed: str) -> Sequence[Problem]: ...


class Engine(Protocol):
    """Turns token ids into more token ids. Knows nothing of problems or rewards, local or on a cluster."""

    async def generate(self, prompt: Sequence[int], sampling: Sampling, seed: int) -> Completion:
        """One completion. The same prompt, sampling, seed and weights give the same tokens, whatever else
        runs. Raises DataError when the prompt leaves no room for a token."""
        ...

    def load(self, weights: Mapping[str, Tensor], version: int) -> None:
        """Take the policy's weights, by their Hugging Face names; completions are stamped with `version`."""


class Env(Protocol):
    """One episode with one problem; single use, no reset."""

    def prompt(self) -> Sequence[Message]: ...
    async def reply(self, text: str) -> str | None:
        """The environment's next words after the policy said `text`, or None to end the episode."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a program may use. Exceeding one is the program's failure, and says which."""

    seconds: float = 5.0  # processor time of the program and all it started; ten times that by the clock
    memory_mb: int = 512
    output_bytes: int = 1_000_000


class Exit(StrEnum):
    OK = "ok"  # exit status 0
    FAILED = "failed"  # any other status, an uncaught exception, a fatal signal
    TIMEOUT = "timeout"
    OUTPUT = "output"  # wrote more than `output_bytes`


@dataclass(frozen=True, slots=True)
class Run:
    """What a program did. A sandbox that could not run it raises SandboxError instead."""

    exit: Exit
    stdout: str
    stderr: str
    seconds: float  # processor time, as in Limits


class Sandbox(Protocol):
    """Runs Python programs that must be assumed hostile. They never see an expected output."""

    async def run(self, program: str, stdin: str, limits: Limits) -> Run: ...


class Verifier(Protocol):
    """Judges a response. Failing to judge is a BROKEN verdict, never a wrong one. Raises DataError for a
    problem that no response could satisfy, such as one without tests."""

    async def __call__(self, problem: Problem, response: str, sandbox: Sandbox) -> Verdict: ...
