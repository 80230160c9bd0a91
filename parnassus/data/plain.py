"""JSON -> the frozen nouns, strictly: a field that is unknown, missing or of another type is an error that
names it, because a misspelt `relatve` would otherwise judge by another rule without a word.

Not `rundir.records`, which reads what we wrote ourselves and forgives.
"""

import math
import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from parnassus.errors import DataError
from parnassus.text.nearest import nearest
from parnassus.types import (
    Answer,
    AssertTests,
    FunctionTests,
    GymEntry,
    Message,
    Problem,
    Puzzle,
    Reference,
    StdioTests,
)

# What tells the kinds apart: a field that only this kind has, and what else it must have.
KINDS: dict[str, type[Reference]] = {
    "value": Answer,
    "calls": FunctionTests,
    "function": FunctionTests,
    "cases": StdioTests,
    "tests": AssertTests,
    "task": GymEntry,
    "data": Puzzle,  # beside a task of its own
}
_ROLES = ("system", "user", "assistant")
_WORDS = {str: "text", bool: "true or false", float: "a number", int: "a whole number"}
_Union = (Union, types.UnionType)
# Tasks of reasoning-gym 0.1.25 whose scorer finds a constant answer right, whatever is asked.
GYM_LEFT_OUT = {
    "coin_flip": "its scorer finds 0 right wherever the probability is written as 0.…",
    "complex_arithmetic": "its scorer finds nan right",
    "composite": "it is made of other tasks: ask for those",
    "game_of_life_halting": "its scorer finds any text right",
    "puzzle24": "its scorer does not look which numbers were given: 6*4*1*1 is always right",
}


def decode_problem(row: Mapping[str, object], where: str, source: str) -> Problem:
    """A problem row of docs/data-format.md; `source` where the row names none. Raises DataError."""
    _check_names(Problem, row, where, "", optional={"source"})
    return Problem(
        id=_not_blank(_decode(str, row["id"], where, "id"), where, "id"),
        prompt=_prompt(row["prompt"], where),
        reference=decode_reference(row["reference"], where),
        domain=_not_blank(_decode(str, row["domain"], where, "domain"), where, "domain"),
        source=_decode(str, row.get("source", source), where, "source"),
        stats=_decode(Mapping[str, float], row.get("stats", {}), where, "stats"),
        solution=_decode(str, row.get("solution", ""), where, "solution"),
    )


def _prompt(value: object, where: str) -> tuple[Message, ...]:
    """Roles are those that chat templates know, and a user must ask something."""
    if isinstance(value, str):
        value = ({"role": "user", "content": value},)
    messages: tuple[Message, ...] = _decode(tuple[Message, ...], value, where, "prompt")
    for number, message in enumerate(messages):
        if message.role not in _ROLES:
            wanted = f"wanted {', '.join(_ROLES[:-1])} or {_ROLES[-1]}"
            raise DataError(f"{where}: prompt[{number}].role: {wanted}, got {_spelled(message.role)}")
    asked = [message.content for message in messages if message.role == "user"]
    if not asked:
        raise DataError(f"{where}: prompt has no message of the user: wanted one that asks something")
    if not any(map(str.strip, asked)):
        raise DataError(f"{where}: prompt is empty: wanted a message of the user that asks something")
    return messages


def decode_reference(value: object, where: str) -> Reference:
    """A reference of the kind that its fields say. Raises DataError: also for one that judges nothing."""
    if not isinstance(value, Mapping):
        raise DataError(f"{where}: reference: wanted an object in {{}}, got {_spelled(value)}")
    kinds = {kind for field, kind in KINDS.items() if field in value}
    if Puzzle in kinds:
        kinds.discard(GymEntry)
    if len(kinds) > 1:
        names = ", ".join(field for field in KINDS if field in value)
        raise DataError(f"{where}: reference: {names} belong to different kinds of reference; keep one")
    if not kinds:
        meant = next((word for field in value if (word := nearest(str(field), KINDS))), "")
        got = f"fields {', '.join(map(str, value))}" if value else "nothing"
        raise DataError(
            f"{where}: reference: wanted one of value, function and calls, cases, tests, task; got {got}. "
            f"{meant}See docs/data-format.md."
        )
    reference = _decode(kinds.pop(), value, where, "reference")
    check_judges(reference, where)
    return reference


def check_judges(reference: Reference, where: str) -> None:
    """Whatever would pass every response, or none, is no reference."""
    match reference:
        case Answer():
            _not_blank(reference.value, where, "reference.value")
            return
        case FunctionTests():
            tests: tuple[object, ...] = reference.calls
            _not_blank(reference.function, where, "reference.function")
            for number, call in enumerate(reference.calls):
                _check_json((*call.arguments, call.result), where, f"reference.calls[{number}]")
        case StdioTests():
            tests = reference.cases
            for name in ("relative", "absolute"):
                room = getattr(reference.comparison, name)
                if room is not None and not (room >= 0 and math.isfinite(room)):
                    raise DataError(f"{where}: reference.comparison.{name}: wanted 0 or more, got {room}")
        case AssertTests():
            tests = reference.tests
        case GymEntry():
            _check_gym(reference, where)
            return
        case Puzzle():
            _not_blank(reference.task, where, "reference.task")
            if not reference.data:
                raise DataError(f"{where}: reference.data is empty: nothing could be judged")
            _check_json(reference.data, where, "reference.data")
            return
    if not tests:
        raise DataError(f"{where}: the reference has no tests: every response would pass. Drop the problem.")
    if reference.seconds is not None and not (reference.seconds > 0 and math.isfinite(reference.seconds)):
        raise DataError(f"{where}: reference.seconds: wanted a number above 0, got {reference.seconds}")


def _check_json(value: object, where: str, at: str) -> None:
    """NaN and infinities cannot be stored as JSON: they would come back as null, and be judged as that."""
    if isinstance(value, Mapping):
        value = tuple(value.values())
    if isinstance(value, list | tuple):
        for one in value:
            _check_json(one, where, at)
    elif isinstance(value, float) and not math.isfinite(value):
        raise DataError(f"{where}: {at}: wanted JSON, which has no {value}")


def _check_gym(reference: GymEntry, where: str) -> None:
    _not_blank(reference.task, where, "reference.task")
    if reference.task in GYM_LEFT_OUT:
        why = GYM_LEFT_OUT[reference.task]
        raise DataError(f"{where}: reference.task: {reference.task} cannot judge: {why}. Drop the problem.")
    if not 0 <= reference.index < reference.size:
        wanted = f"wanted 0 to {reference.size - 1}, as reference.size is {reference.size}"
        raise DataError(f"{where}: reference.index: {wanted}, got {reference.index}")


def _decode(kind: Any, value: Any, where: str, at: str) -> Any:
    """`value` as a `kind`: a dataclass, a tuple or mapping of one kind, an optional, text, number or any."""
    origin, arguments = get_origin(kind), get_args(kind)
    if kind is object:
        return value
    if origin in _Union:  # X | None
        return None if value is None else _decode(arguments[0], value, where, at)
    if isinstance(kind, type) and is_dataclass(kind):
        if not isinstance(value, Mapping):
            raise DataError(f"{where}: {at}: wanted an object in {{}}, got {_spelled(value)}")
        _check_names(kind, value, where, at)
        hints = _hints(kind)
        return kind(
            **{name: _decode(hints[name], item, where, f"{at}.{name}") for name, item in value.items()}
        )
    if origin is tuple:
        if not isinstance(value, list | tuple):
            raise DataError(f"{where}: {at}: wanted a list in [], got {_spelled(value)}")
        return tuple(_decode(arguments[0], item, where, f"{at}[{n}]") for n, item in enumerate(value))
    if origin is not None:  # Mapping[str, X]
        if not isinstance(value, Mapping):
            raise DataError(f"{where}: {at}: wanted an object in {{}}, got {_spelled(value)}")
        return {str(k): _decode(arguments[1], item, where, f"{at}.{k}") for k, item in value.items()}
    if kind is float and isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1e300:
        return float(value)
    if type(value) is not kind or (kind is float and not math.isfinite(value)):
        raise DataError(f"{where}: {at}: wanted {_WORDS[kind]}, got {_spelled(value)}")
    return value


_hints = cache(get_type_hints)  # which parses nothing, but is asked for every test of every problem


def _check_names(
    kind: Any,
    value: Mapping[str, object],
    where: str,
    at: str,
    optional: frozenset[str] | set[str] = frozenset(),
) -> None:
    known: dict[str, Field[Any]] = {field.name: field for field in fields(kind)}
    prefix = f"{at}." if at else ""
    for name in value:
        if name not in known:
            hint = f"{nearest(str(name), known)}Known: {', '.join(known)}."
            raise DataError(f"{where}: unknown field {prefix}{name}. {hint}")
    for name, field in known.items():
        required = field.default is MISSING and field.default_factory is MISSING and name not in optional
        if required and name not in value:
            raise DataError(f"{where}: the field {prefix}{name} is missing")


def _not_blank(text: str, where: str, at: str) -> str:
    if not text.strip():
        raise DataError(f"{where}: {at} is empty")
    if not text.isascii() and any("\ud800" <= sign <= "\udfff" for sign in text):
        raise DataError(f"{where}: {at}: half a surrogate pair in {text!a} is no character")
    return text


def _spelled(value: object, length: int = 40) -> str:
    text = repr(value)
    return text if len(text) <= length else text[: length - 1] + "…"
