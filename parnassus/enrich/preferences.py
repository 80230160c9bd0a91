"""Pairs of a better and a worse response by their pass rates, from samples that are already judged. The rule
is AceCoder's (arXiv 2502.01718, section 3) and stands in `algorithms/preferences.py`; this hands it texts.

The shares are of the tests that the problem has. AceCoder's released code divides by all tests that were
written for it, those that the oracle failed included: its shares are lower by tests_kept / tests_written.
"""

from collections.abc import Sequence

from parnassus.algorithms.preferences import Pairs
from parnassus.enrich.made import Preference, Sample
from parnassus.types import Group, Outcome, Problem, Scored, Trajectory


def preference_pairs(problem: Problem, samples: Sequence[Sample], pairs: Pairs) -> list[Preference]:
    """Of the responses that were judged, in their order."""
    known = [sample for sample in samples if sample.verdict.outcome is not Outcome.BROKEN]
    found = pairs(Group(problem, tuple(_scored(problem, sample) for sample in known)))
    return [
        Preference(
            problem,
            better.trajectory.response,
            worse.trajectory.response,
            better.verdict.score,
            worse.verdict.score,
        )
        for better, worse in found
    ]


def _scored(problem: Problem, sample: Sample) -> Scored:
    said = Trajectory(problem, (), (), (), sample.said, 1, sample.stop, 0)  # without tokens: nobody asks
    return Scored(said, sample.verdict, sample.verdict.score, {})
