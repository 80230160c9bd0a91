"""A check of `parnassus.data.checks` as an enrichment: it asks no model, only the judge.

A sandbox that is not to be had says nothing of the problem: the check fails, and the next start does it
again. Where the problem's own checker or tests break, no other time would be better: it is dropped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from parnassus.data.similarity.sweep import step_failed
from parnassus.enrich.answerer import Request
from parnassus.enrich.asking import check_sandbox
from parnassus.enrich.made import Made, Means
from parnassus.errors import ParnassusError
from parnassus.types import Check, Problem, Verdict, Verifier
from parnassus.verifiers.by_reference import ByReference
from parnassus.verifiers.retrying import judge


@dataclass(frozen=True)
class Checked:
    """Drops what the check objects to."""

    check: Check
    verifier: Verifier = ByReference()

    def requests(self, problem: Problem) -> Sequence[Request]:
        return ()

    async def __call__(self, problem: Problem, means: Means) -> Made:
        async def judged(problem: Problem, response: str) -> Verdict:
            verdict = await judge(self.verifier, problem, response, means.sandbox)
            check_sandbox(verdict)
            return verdict

        try:
            return Made(problem, dropped=await self.check(problem, judged) or "")
        except ParnassusError:
            raise
        except Exception as error:  # a mistake in a check of the user's own, whatever it is
            raise step_failed(self.check, problem, error) from error
