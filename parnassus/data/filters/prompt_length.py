"""Drops problems whose prompt is too long to leave room for an answer, in characters, before any tokenizer is
chosen."""

from __future__ import annotations

from dataclasses import dataclass

from parnassus.types import Answer, Message, Problem


@dataclass(frozen=True)
class PromptLength:
    """`most`: characters over all messages. 4,000 are about a thousand tokens of English."""

    most: int = 4000

    def __call__(self, problem: Problem) -> str | None:
        length = sum(len(message.content) for message in problem.prompt)
        return "prompt too long" if length > self.most else None


def _problem(*contents: str) -> Problem:
    prompt = tuple(Message("user", content) for content in contents)
    return Problem("case/length", prompt, Answer("1"), "math", "case")


FILTER = PromptLength(most=10)
CASES = (
    (_problem("1+1="), None),
    (_problem("x" * 10), None),
    (_problem("x" * 11), "prompt too long"),
    (_problem("x" * 6, "x" * 5), "prompt too long"),
)
