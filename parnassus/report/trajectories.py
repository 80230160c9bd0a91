"""Which of a run's trajectories the page shows, and as what: a sample small enough to carry, chosen by rule.

    RL stage      first, middle and last step; a few groups of each, those with right and wrong siblings first
    evaluation    the same held-out problems in every one, so that before and after can be laid side by side

No randomness: problems are taken in the order of their ids, which are digests, so it favours none.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice, zip_longest
from typing import TypeVar

from tokenizers import Tokenizer

from parnassus.report.pieces import pieces
from parnassus.report.read import View
from parnassus.rundir.directory import RunDir
from parnassus.types import (
    Answer,
    AssertTests,
    FunctionTests,
    Group,
    GymEntry,
    Outcome,
    Problem,
    Puzzle,
    Reference,
    Scored,
    StdioTests,
)

_GROUPS = 4  # of an RL step
_SIBLINGS = 4  # of a group
_HELD_OUT = 20  # problems of every evaluation
_CHARACTERS = 700_000  # of responses, in all
_TESTS_SHOWN = 4

T = TypeVar("T")


@dataclass(frozen=True)
class Sample:
    """Where a trajectory stands in the run, and the trajectory."""

    stage: str
    kind: str  # of the stage
    step: int
    sibling: int  # its place in its group, from 1
    siblings: int  # size of the group
    scored: Scored

    @property
    def problem(self) -> Problem:
        return self.scored.trajectory.problem


@dataclass(frozen=True)
class Turned:
    """How the first samples of the same held-out problems came out at the first and the last evaluation,
    where both could be judged."""

    stages: tuple[str, ...]
    gained: int  # wrong at first, right at last
    lost: int
    both: int
    neither: int
    examples: tuple[tuple[Scored, ...], ...]  # of those gained: a row a problem, a trajectory an evaluation


def samples(run: RunDir, view: View) -> list[Sample]:
    """In the order of the run. Stages without stored rollouts give none."""
    shown: list[Sample] = []
    for stage in view.stages:
        steps = run.rollout_steps(stage.name)
        if stage.kind == "rl":
            for step in sorted({steps[0], steps[len(steps) // 2], steps[-1]} if steps else ()):
                groups = _informative(run.rollouts(stage.name, step))
                shown += _members(groups, stage.name, stage.kind, step)
        elif stage.kind == "evaluate" and stage.done is not None:
            for step in steps:
                groups = islice(_spread(_by_id(run.rollouts(stage.name, step)), _source), _HELD_OUT)
                shown += _members(groups, stage.name, stage.kind, step)
    return shown


def turned(run: RunDir, view: View, examples: int = 3) -> Turned | None:
    """None without two evaluations that share problems and kept their rollouts."""
    stages = [e.stage for e in view.evaluations if run.rollout_steps(e.stage)]
    if len(stages) < 2:
        return None
    firsts = [{g.problem.id: g.members[0] for g in run.rollouts(s, run.rollout_steps(s)[0])} for s in stages]
    shared = set.intersection(*(set(first) for first in firsts))
    common = sorted(key for key in shared if _judged(firsts[0][key]) and _judged(firsts[-1][key]))
    outcomes = [(firsts[0][key].correct, firsts[-1][key].correct) for key in common]
    gained = [key for key, outcome in zip(common, outcomes, strict=True) if outcome == (False, True)]
    problems = [firsts[0][key].trajectory.problem for key in gained]
    problems.sort(key=lambda problem: view.domains.index(problem.domain))
    ranked = _spread(list(_spread(problems, lambda problem: problem.source)), lambda problem: problem.domain)
    return Turned(
        stages=tuple(stages),
        gained=len(gained),
        lost=outcomes.count((True, False)),
        both=outcomes.count((True, True)),
        neither=outcomes.count((False, False)),
        examples=tuple(tuple(first[problem.id] for first in firsts) for problem in islice(ranked, examples)),
    )


def as_data(shown: Sequence[Sample], tokenizer: Tokenizer | None) -> dict[str, object]:
    """Plain data for the page's script: problems once, trajectories pointing to them."""
    problems = list({sample.problem.id: sample.problem for sample in shown}.values())
    places = {problem.id: place for place, problem in enumerate(problems)}
    allowance = _CHARACTERS // max(len(shown), 1)
    return {
        "problems": [_problem(problem) for problem in problems],
        "trajectories": [
            _trajectory(sample, tokenizer, allowance) | {"problem": places[sample.problem.id]}
            for sample in shown
        ],
    }


def _problem(problem: Problem) -> dict[str, object]:
    return {
        "id": problem.id,
        "domain": problem.domain,
        "source": problem.source,
        "prompt": [{"role": message.role, "content": message.content} for message in problem.prompt],
        "reference": reference_text(problem.reference),
    }


def reference_text(reference: Reference) -> str:
    """What a response was held against, for people."""
    match reference:
        case Answer():
            return reference.value
        case FunctionTests():
            name = reference.function
            tests = [f"{name}({', '.join(map(repr, c.arguments))}) = {c.result!r}" for c in reference.calls]
        case StdioTests():
            tests = [f"{case.stdin!r} -> {case.stdout!r}" for case in reference.cases]
        case AssertTests():
            tests = list(reference.tests)
        case GymEntry():
            return f"reasoning-gym {reference.task}, seed {reference.seed}, item {reference.index}"
        case Puzzle():
            return f"{reference.task}: {json.dumps(dict(reference.data))}"
    more = len(tests) - _TESTS_SHOWN
    return "\n".join(tests[:_TESTS_SHOWN] + ([f"and {more} more tests"] if more > 0 else []))


def _trajectory(sample: Sample, tokenizer: Tokenizer | None, allowance: int) -> dict[str, object]:
    trajectory, verdict, judged = sample.scored.trajectory, sample.scored.verdict, _judged(sample.scored)
    cut = pieces(trajectory, tokenizer, allowance)
    return {
        "stage": sample.stage,
        "step": sample.step,
        "sibling": sample.sibling,
        "siblings": sample.siblings,
        "outcome": verdict.outcome.value,
        "score": verdict.score if judged else None,
        "detail": (verdict.detail if judged else f"{verdict.breakage}: {verdict.detail}")[:400],
        "reward": sample.scored.reward if judged else None,
        "parts": dict(sample.scored.parts),
        "tokens": trajectory.num_sampled,
        "turns": trajectory.turns,
        "stop": trajectory.stop.value,
        "version": trajectory.policy_version,
        "thinking": cut.thinking,
        "answer": cut.answer,
        "logprobs": None if cut.logprobs is None else [round(p, 2) for p in cut.logprobs],
    }


def _members(groups: Iterator[Group], stage: str, kind: str, step: int) -> Iterator[Sample]:
    for group in groups:
        for index in _both_kinds(group):
            yield Sample(stage, kind, step, index + 1, len(group.members), group.members[index])


def _both_kinds(group: Group) -> list[int]:
    """The places of a few members: the first right and the first wrong one, then whoever comes."""
    right = [i for i, m in enumerate(group.members) if m.correct]
    wrong = [i for i, m in enumerate(group.members) if _judged(m) and not m.correct]
    order = dict.fromkeys([*right[:1], *wrong[:1], *range(len(group.members))])
    return sorted(islice(order, _SIBLINGS))


def _informative(groups: Sequence[Group]) -> Iterator[Group]:
    def mixed(group: Group) -> bool:
        return len({m.correct for m in group.members if _judged(m)}) > 1

    mixed_first = sorted(groups, key=lambda g: (not mixed(g), g.problem.id))
    return islice(_spread(mixed_first, _source), _GROUPS)


def _judged(member: Scored) -> bool:
    return member.verdict.outcome is not Outcome.BROKEN


def _by_id(groups: Sequence[Group]) -> list[Group]:
    return sorted(groups, key=lambda group: group.problem.id)


def _source(group: Group) -> str:
    return group.problem.source


def _spread(items: Sequence[T], kind: Callable[[T], str]) -> Iterator[T]:
    """One of each kind in turn; kinds and the items of each in the order given."""
    kinds = dict.fromkeys(kind(item) for item in items)
    rounds = zip_longest(*([item for item in items if kind(item) == k] for k in kinds))
    return (item for item in chain.from_iterable(rounds) if item is not None)
