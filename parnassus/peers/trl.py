"""Reward functions for TRL (GRPOTrainer, RLOOTrainer): `GRPOTrainer(..., reward_funcs=correct)`.

    from parnassus.peers.trl import correct   # 1.0 for a right response, 0.0 for any other
    from parnassus.peers.trl import share     # the share of tests passed; for an answer the same as correct

The reference is a column `reference` (an object of docs/data-format.md, or its JSON text), or its fields are
columns of their own: `value`; `function` and `calls`; `cases`; `tests`; `task` and `data`. Fields that are
None are absent, as where a data set of several kinds fills up its rows. What could not be judged is None: TRL
leaves that sample out of its group's mean and gives it no advantage. Its share is logged as `judge/broken`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields

from parnassus.data.plain import KINDS
from parnassus.errors import DataError
from parnassus.judging.background import judge_now
from parnassus.peers.references import read_reference
from parnassus.types import Outcome, Problem, Reference, Verdict

Completion = str | Sequence[Mapping[str, object]]  # text, or the messages of a conversation
_COLUMNS = tuple(dict.fromkeys(field.name for kind in KINDS.values() for field in fields(kind)))


def correct(completions: Sequence[Completion], **columns: object) -> list[float | None]:
    """1.0 where the response is right, 0.0 where it is not, None where it could not be judged."""
    return [_reward(v, float(v.outcome is Outcome.CORRECT)) for v in _verdicts(completions, columns)]


def share(completions: Sequence[Completion], **columns: object) -> list[float | None]:
    """The share of tests that the response passed, None where it could not be judged."""
    return [_reward(verdict, verdict.score) for verdict in _verdicts(completions, columns)]


def _reward(verdict: Verdict, reward: float) -> float | None:
    return None if verdict.outcome is Outcome.BROKEN else reward


def _verdicts(completions: Sequence[Completion], columns: Mapping[str, object]) -> list[Verdict]:
    pairs = [
        (Problem(f"trl/{row}", (), _reference(columns, row), "", "trl"), _text(completion))
        for row, completion in enumerate(completions)
    ]
    verdicts = judge_now(pairs)
    log = columns.get("log_metric")
    if callable(log) and verdicts:
        log("judge/broken", sum(v.outcome is Outcome.BROKEN for v in verdicts) / len(verdicts))
    return verdicts


def _reference(columns: Mapping[str, object], row: int) -> Reference:
    where = f"row {row} of the batch"
    if "reference" in columns:
        return read_reference(_cell(columns, "reference", row), where)
    found = {name: _cell(columns, name, row) for name in _COLUMNS if name in columns}
    if not found:
        raise DataError(
            f"the data set has no column reference, nor one of {', '.join(KINDS)}: what should be judged by? "
            "See docs/judge-elsewhere.md."
        )
    return read_reference(found, where)


def _cell(columns: Mapping[str, object], name: str, row: int) -> object:
    column = columns[name]
    if not isinstance(column, Sequence) or isinstance(column, str) or row >= len(column):
        raise DataError(f"column {name}: wanted a value for each completion, got {column!r:.60}")
    return column[row]


def _text(completion: Completion) -> str:
    """What the policy said; what tools answered is left out."""
    if isinstance(completion, str):
        return completion
    said = [message.get("content") for message in completion if message.get("role") == "assistant"]
    return "".join(map(_content, said))


def _content(content: object) -> str:
    """Text, or the text parts of a message that has parts."""
    if isinstance(content, list):
        return "".join(str(part["text"]) for part in content if isinstance(part, dict) and "text" in part)
    return content if isinstance(content, str) else ""
