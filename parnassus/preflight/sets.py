"""What problems say of each other: ids and prompts that come twice, a difficulty that is the same for all."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from parnassus.data.identity import prompt_digest
from parnassus.preflight.data import Given
from parnassus.preflight.finding import Finding, Level, listed
from parnassus.types import Problem

_RATE = "pass_rate"
# Of the asking, not of the problem: they may well be the same for all.
_ASKED = {"samples", "parsable", "judge_votes", "unreadable_votes", "response_tokens"}


def check_sets(given: Given) -> Iterator[Finding]:
    """Nothing where no problems are given."""
    if given.train is None:
        return
    yield _ids(given.problems)
    yield _prompts(given.problems)
    if given.held_out is not None:
        yield _apart(given.train, given.held_out)
    yield _difficulty(given.train)


def _ids(problems: Sequence[Problem]) -> Finding:
    twice = _twice([problem.id for problem in problems])
    if not twice:
        return Finding("ids", Level.OK, "each once")
    told = f"{len(twice):,} come more than once:\n{listed(twice)}"
    return Finding(
        "ids", Level.ERROR, told, "Give each problem an id of its own: curricula count visits by it."
    )


def _prompts(problems: Sequence[Problem]) -> Finding:
    """The same prompt with two references teaches that luck decides."""
    alike = defaultdict[str, list[Problem]](list)
    for problem in problems:
        alike[prompt_digest(problem.prompt)].append(problem)
    several = [group for group in alike.values() if len(group) > 1]
    if not several:
        return Finding("prompts", Level.OK, "each once")
    torn = [group for group in several if any(one.reference != group[0].reference for one in group)]
    told = f"{len(several):,} come more than once, {len(torn):,} of them with several references:\n" + listed(
        [" = ".join(problem.id for problem in group[:3]) for group in torn or several]
    )
    level = Level.ERROR if torn else Level.WARNING
    return Finding("prompts", level, told, "Let `parnassus curate` drop duplicates: NormalisedDuplicates().")


def _apart(train: Sequence[Problem], held_out: Sequence[Problem]) -> Finding:
    known = {prompt_digest(problem.prompt) for problem in train}
    shared = [problem.id for problem in held_out if prompt_digest(problem.prompt) in known]
    if not shared:
        return Finding("held out", Level.OK, f"none of {len(held_out):,} is trained on")
    told = f"{len(shared):,} of {len(held_out):,} are trained on too:\n{listed(shared)}"
    return Finding("held out", Level.ERROR, told, "Take them out of one of the two, or no result means much.")


def _difficulty(train: Sequence[Problem]) -> Finding:
    measured = {name for problem in train for name in problem.stats}
    same, told = list[str](), list[str]()
    for name in sorted(measured):
        values = [problem.stats[name] for problem in train if name in problem.stats]
        if len(values) > 1 and len(set(values)) == 1 and name not in _ASKED:
            same.append(f"{name} is {values[0]:g} for all {len(values):,} that have it")
        else:
            told.append(f"{name} {min(values):g} to {max(values):g}, of {len(values):,}")
    rates = [problem.stats[_RATE] for problem in train if _RATE in problem.stats]
    extreme = sum(rate in (0, 1) for rate in rates)
    if extreme:
        told.append(f"{extreme:,} are solved never or always, and teach nothing at first")
    if rates and extreme == len(rates):
        wanted = "Measure another model, or take problems that are sometimes solved."
        return Finding("difficulty", Level.ERROR, "\n".join([*same, *told]), wanted)
    if same:
        wanted = "What is the same for all tells nothing apart: measure it, or leave it out."
        return Finding("difficulty", Level.WARNING, "\n".join([*same, *told]), wanted)
    return Finding("difficulty", Level.OK, "\n".join(told) or "no stats")


def _twice(names: Sequence[str]) -> list[str]:
    """Those that come more than once, in the order in which they do."""
    seen, again = set[str](), dict[str, None]()
    for name in names:
        if name in seen:
            again[name] = None
        seen.add(name)
    return list(again)
