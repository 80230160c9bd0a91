"""Rows of sets for supervised warm-up -> demonstrations, strictly, and back.

    {"messages": [..., {"role": "assistant", "content": ...}]}  ─┐
    {"prompt": text or messages, "response": text, "more"?}     ─┴─ decode ─> Demonstration ─ choose ─> kept
                                                                    as_row <─┘                 └─> Refused

Which fields there are: docs/data-format.md. A field that is unknown or of another type is refused, as in
`parnassus.data.plain`. Of messages only the last is learnt: those of the assistant before it are part of the
prompt. Where all turns of a conversation are to be learnt, those after the first stand in `more`. Whether a
response is right is not asked here.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import PurePath

from parnassus.data.identity import prompt_digest
from parnassus.data.plain import decode_problem
from parnassus.data.reading.row import Refused, Rows
from parnassus.errors import DataError
from parnassus.rundir.records import to_json
from parnassus.text.nearest import nearest
from parnassus.types import Answer, Choose, Demonstration, Exchange, Problem

NO_REFERENCE = Answer("")  # of a row that has none: every verifier refuses to judge by it
_OF_PROBLEM = tuple(field.name for field in fields(Problem))
_KNOWN = ("messages", "response", "more", "correct", "difficulty", *_OF_PROBLEM)
_MESSAGE = {"role", "content"}
_EXCHANGE = {"reply", "response"}


@dataclass(frozen=True)
class Demonstrations:
    """The rows that are demonstrations and that no choice objects to, in order; each other one `Refused` with
    its place and the reason. `source`: of rows that name none; without one, the file's name."""

    rows: Rows
    choose: tuple[Choose, ...] = ()
    source: str = ""

    def __iter__(self) -> Iterator[Demonstration | Refused]:
        for row in self.rows:
            if isinstance(row, Refused):
                yield row
                continue
            file = row.where.rpartition(", ")[0]
            source = self.source or PurePath(file).name.partition(".")[0]
            try:
                demonstration = decode_demonstration(row.value, row.where, source)
            except DataError as error:
                yield Refused(row.where, str(error).removeprefix(f"{row.where}: "))
                continue
            reasons = (choice(demonstration) for choice in self.choose)
            reason = next((reason for reason in reasons if reason is not None), None)
            yield demonstration if reason is None else Refused(row.where, reason)


def decode_demonstration(row: Mapping[str, object], where: str, source: str) -> Demonstration:
    """Raises DataError naming the field."""
    for name in row:
        if name not in _KNOWN:
            hint = f"{nearest(str(name), _KNOWN)}Known: {', '.join(_KNOWN)}."
            raise DataError(f"{where}: unknown field {name}. {hint}")
    prompt, response = _spoken(row, where)
    if not isinstance(response, str):
        raise DataError(f"{where}: response: wanted text, got {response!r:.40}")
    if not response.strip():
        raise DataError(f"{where}: response is empty: it would teach to say nothing")
    said = {name: row[name] for name in _OF_PROBLEM if name in row}
    stand_ins = {"id": "-", "domain": "unknown", "reference": {"value": "-"}}
    problem = decode_problem({**stand_ins, **said, "prompt": prompt}, where, source)
    if "reference" not in row:
        problem = replace(problem, reference=NO_REFERENCE)
    if "id" not in row:
        problem = replace(problem, id=f"{problem.source}/{prompt_digest(problem.prompt)}")
    return Demonstration(problem, response, _correct(row, where), _difficulty(row, where), _more(row, where))


def as_row(demonstration: Demonstration) -> dict[str, object]:
    """What `decode_demonstration` makes this demonstration of."""
    row: dict[str, object] = json.loads(to_json(demonstration.problem))
    if demonstration.problem.reference == NO_REFERENCE:
        del row["reference"]
    row["response"] = demonstration.response
    for name in ("correct", "difficulty"):
        if (value := getattr(demonstration, name)) is not None:
            row[name] = value
    if demonstration.more:
        row["more"] = [{"reply": turn.reply, "response": turn.response} for turn in demonstration.more]
    return row


def _spoken(row: Mapping[str, object], where: str) -> tuple[object, object]:
    """The prompt, whatever it is, and the response."""
    if "messages" not in row:
        for name in ("prompt", "response"):
            if name not in row:
                raise DataError(f"{where}: the field {name} is missing; or else wanted is messages")
        return row["prompt"], row["response"]
    if "prompt" in row or "response" in row or "more" in row:
        raise DataError(f"{where}: messages are the prompt and the response: keep them, or those fields")
    messages = row["messages"]
    if not isinstance(messages, list) or not all(
        isinstance(one, Mapping)
        and one.keys() == _MESSAGE
        and all(isinstance(text, str) for text in one.values())
        for one in messages
    ):
        raise DataError(
            f'{where}: messages: wanted a list of {{"role", "content"}}, both text, got {messages!r:.80}'
        )
    if len(messages) < 2 or messages[-1]["role"] != "assistant":
        roles = ", ".join(one["role"] for one in messages) or "none"
        raise DataError(
            f"{where}: messages: wanted a prompt and, as the last, what the assistant says; got roles {roles}"
        )
    return messages[:-1], messages[-1]["content"]


def _more(row: Mapping[str, object], where: str) -> tuple[Exchange, ...]:
    turns = row.get("more", [])
    if not isinstance(turns, list):
        raise DataError(f'{where}: more: wanted a list of {{"reply", "response"}}, got {turns!r:.40}')
    return tuple(_exchange(turn, f"{where}: more[{number}]") for number, turn in enumerate(turns))


def _exchange(turn: object, where: str) -> Exchange:
    if (
        not isinstance(turn, Mapping)
        or turn.keys() != _EXCHANGE
        or not all(isinstance(text, str) for text in turn.values())
    ):
        raise DataError(f'{where}: wanted {{"reply", "response"}}, both text, got {turn!r:.80}')
    if not turn["response"].strip():
        raise DataError(f"{where}: response is empty: it would teach to say nothing")
    return Exchange(turn["reply"], turn["response"])


def _correct(row: Mapping[str, object], where: str) -> bool | None:
    value = row.get("correct")
    if value is not None and not isinstance(value, bool):
        raise DataError(f"{where}: correct: wanted true, false or null, got {value!r:.40}")
    return value


def _difficulty(row: Mapping[str, object], where: str) -> float | None:
    value = row.get("difficulty")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise DataError(
            f"{where}: difficulty: wanted the share of failures, from 0 to 1, or null; got {value!r:.40}"
        )
    return float(value)
