"""What is asked: problems, and the references that a response is judged against."""

from collections.abc import Mapping
from dataclasses import dataclass, field


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

    function: str  # "f", or "Solution.f": a method, called on a fresh object each time
    calls: tuple[Call, ...]
    seconds: float | None = None  # processor time of all calls, where the problem sets it
    prelude: str = ""  # before the program: the imports that the task promises


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a program's output is held against the wanted one. Without a field set: token by token, as text,
    white space of any kind and amount between them. With a tolerance, even of 0, tokens that are numbers are
    compared as such, 1 and 1.0 alike; other tokens still as text."""

    case: bool = True  # upper and lower case differ
    space: bool = False  # white space counts, but at the ends of lines and of the output
    relative: float | None = None  # numbers may be off by this share of the wanted one ...
    absolute: float | None = None  # ... or by this much


@dataclass(frozen=True, slots=True)
class Case:
    """One run of a program: what it is given and what it should print."""

    stdin: str
    stdout: str


@dataclass(frozen=True, slots=True)
class StdioTests:
    """Runs of a whole program. A `checker` decides where several outputs are right: a Python program that
    is given {"stdin", "wanted", "got"} as JSON on standard input and exits with 0 to accept, 1 to refuse. All
    else, an exception too, is the checker's own failure: it must refuse what it cannot read."""

    cases: tuple[Case, ...]
    comparison: Comparison = Comparison()
    checker: str | None = None
    seconds: float | None = None  # processor time of one case, where the problem sets it


@dataclass(frozen=True, slots=True)
class AssertTests:
    """Statements that raise unless the response's program is right. They run in another process than it."""

    tests: tuple[str, ...]  # each is source and counts alone: "assert f(2) == 4", "check(f)"
    setup: str = ""  # before the tests, beside them: helpers, `def check(candidate)`
    prelude: str = ""  # before the program and before the tests: imports, and classes that both share
    seconds: float | None = None  # processor time of all tests, where the problem sets it


@dataclass(frozen=True, slots=True)
class GymEntry:
    """An item of a task of the package reasoning-gym, which makes it again to judge: by its own scorer."""

    task: str  # "chain_sum"
    seed: int
    index: int
    size: int  # of the set that it is in: some tasks ask otherwise in a larger one
    config: Mapping[str, object] = field(default_factory=dict[str, object])  # other than the task's defaults


@dataclass(frozen=True, slots=True)
class Puzzle:
    """What a response's answer must keep to, which several answers may: the rules of a kind of puzzle, and
    the puzzle. An answer is judged by the rules, not by its likeness to another."""

    task: str  # the kind, a name of `parnassus.verifiers.puzzle`: "sudoku"
    data: Mapping[str, object]  # as the kind asks for it, in JSON's terms: {"grid": [[0, 5, ...], ...]}


Reference = Answer | FunctionTests | StdioTests | AssertTests | GymEntry | Puzzle


@dataclass(frozen=True, slots=True)
class Problem:
    id: str  # stable across runs and machines: "<source>/<digest of the content>"
    prompt: tuple[Message, ...]
    reference: Reference
    domain: str  # "math" or "code": what results are reported by
    source: str  # where it came from: a data set or a procedural family
    stats: Mapping[str, float] = field(default_factory=dict[str, float])  # "level", "pass_rate", ...
    solution: str = ""  # worked out, or a program that is said to pass; for curation, no policy sees it


@dataclass(frozen=True, slots=True)
class Exchange:
    """One more turn of a conversation: what the environment replied, and what was said then."""

    reply: str
    response: str


@dataclass(frozen=True, slots=True)
class Demonstration:
    """A response to imitate. It may be wrong: warm-up data is judged by what it teaches."""

    problem: Problem
    response: str
    correct: bool | None = None  # None: nobody judged it
    difficulty: float | None = None  # share of failures at the problem, 0 to 1; None: nobody measured it
    more: tuple[Exchange, ...] = ()  # the turns after the first, where an environment answered
