"""What was said and what it is worth: completions, trajectories, verdicts, groups."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from parnassus.types.problems import Problem


class Stop(StrEnum):
    FINISHED = "finished"  # the policy ended its answer itself
    LENGTH = "length"  # it ran out of tokens: the answer may be missing rather than wrong
    ERROR = "error"  # our failure, not the policy's: never trained on


@dataclass(frozen=True, slots=True)
class Sampling:
    """How to draw tokens. Log-probabilities are of the tempered distribution before any penalty or cut: a
    trainer that has only the weights can recompute them.

    `repetition_penalty`: what was said before, the prompt included, has its positive logits divided by it and
    its negative ones multiplied (Keskar et al., arXiv:1909.05858, as transformers and vLLM do). Then come
    temperature, the `top_k` likeliest and `top_p` of these. Klear evaluates with 1.05 and 20.
    `stop`: texts that end what is said, beside the stop ids. The token that completes one is the last;
    nothing of it is cut, so it may hold more than the text.
    """

    max_tokens: int
    temperature: float = 1.0
    top_p: float = 1.0
    top_k: int = 0  # 0: all
    repetition_penalty: float = 1.0
    stop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Completion:
    """What an engine returns: the sampled tokens (what stopped it included), without the prompt."""

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
    response: str  # the policy's words, thinking included, the environment's left out; a line a turn at least
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


class Breakage(StrEnum):
    """Why a judge failed; what is counted and shown."""

    SANDBOX = "sandbox"  # the sandbox could not run the program
    TIMEOUT = "judge timeout"  # the judge ran out of its own time
    OVERLOAD = "overload"  # a queue was full
    CHECKER = "checker"  # a problem's own checker or tests crashed
    JUDGE = "judge"  # anything else on our side


@dataclass(frozen=True, slots=True)
class Verdict:
    outcome: Outcome
    score: float  # in [0, 1]; 1 exactly when CORRECT; the share of tests passed for code
    detail: str = ""  # what was read or what failed, for people
    breakage: Breakage | None = None  # set exactly when BROKEN

    def __post_init__(self) -> None:
        if (self.outcome is Outcome.BROKEN) != (self.breakage is not None):
            raise ValueError(f"a verdict has a breakage exactly when it is broken, got {self}")


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
class Visit:
    """What the policy made of one problem, one time that it was drawn."""

    stage: str
    draw: int  # which draw of the stage, from 0
    problem: str  # its id
    correct: int  # responses
    judged: int  # responses; what could not be judged is not among them


@dataclass(frozen=True, slots=True)
class Draw:
    """`count` problems are asked for. A step asks once, or more often where too few groups were admitted.
    Random choices are named by `seed`, which is the stage's."""

    stage: str
    number: int  # of draws of this stage before
    count: int
    seed: str


@dataclass(frozen=True, slots=True)
class Group:
    """The siblings sampled from one problem: the unit of admission and of group-relative advantage."""

    problem: Problem
    members: tuple[Scored, ...]

    @property
    def rewards(self) -> tuple[float, ...]:
        return tuple(m.reward for m in self.members)
