"""A stage that trains a reward model on pairs of the policy's own responses. AceCoder, arXiv:2502.01718.

    policy -> groups (judged) -> Pairs ─> scores of both -> Bradley-Terry -> checkpoints/<stage>/
                                       └─> of problems held out: how often the better one scores higher,
                                           and what the scores are worth (algorithms/calibration.py)

The policy is left as it was. An RL stage pays the scores by the reward term `TrainedScore(stage)`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from random import Random
from statistics import fmean

import torch
from transformers import PreTrainedModel

from parnassus.algorithms.admission import BROKEN_LIMIT, check_limit
from parnassus.algorithms.calibration import calibration_error, rank_correlation, reliability
from parnassus.algorithms.preferences import Pairs, bradley_terry
from parnassus.envs.single_turn import SingleTurn
from parnassus.errors import ConfigError, DataError, positive
from parnassus.models.packing import cut
from parnassus.models.scorer import all_scores, scores
from parnassus.rollout import check_turns
from parnassus.train.clock import Clock
from parnassus.train.optimizer import AdamW, clipped_step
from parnassus.types import Env, Group, Row, Sampling, Scored, Trigger, Verifier
from parnassus.verifiers.by_reference import ByReference

Pair = tuple[Scored, Scored]  # the better one first


@dataclass(frozen=True, kw_only=True)
class RewardModel:
    """Samples the policy, makes pairs, trains on them in shuffled epochs."""

    name: str
    steps: int  # at most: see `until`
    batch: int = 32  # pairs a step
    until: tuple[Trigger, ...] = ()  # the first that fires ends the stage before its steps are done
    prompts: int  # problems to sample, of the training ones; at most
    samples: int = 16  # responses a problem
    sampling: Sampling
    pairs: Pairs = field(default_factory=Pairs)
    margin: float = 0.0  # times the difference of the two shares: by how much the better score should lead
    scale: float | None = None  # times the difference of the two shares: what a pair counts; None: all alike
    held_out: float = 0.0  # share of the problems with pairs that trains nothing: to measure on
    optimizer: AdamW
    env: Env = field(default_factory=SingleTurn)
    verifier: Verifier = ByReference()
    prompt_limit: int = 1024  # tokens a prompt may have
    tokens_per_batch: int = 4096  # tokens a micro-batch may hold
    max_turns: int = 1
    broken_limit: float = BROKEN_LIMIT  # share of the responses that may stay unjudged: check_judged

    def __post_init__(self) -> None:
        positive(self, steps=self.steps, batch=self.batch, prompts=self.prompts, samples=self.samples)
        positive(self, max_turns=self.max_turns, tokens_per_batch=self.tokens_per_batch)
        positive(self, max_tokens=self.sampling.max_tokens, temperature=self.sampling.temperature)
        if self.scale is not None:
            positive(self, scale=self.scale)
        if not 0 <= self.held_out < 1:
            raise ConfigError(f"RewardModel: held_out={self.held_out} must be at least 0 and below 1")
        check_limit(self, self.broken_limit)
        check_turns(self, self.env, self.max_turns)


class Ranker:
    """One such stage under way, once its responses are there: `groups`, each of another problem; `clock` has
    the time that it took. Raises DataError where no two make a pair, or all that do are held out."""

    def __init__(
        self,
        stage: RewardModel,
        model: PreTrainedModel,
        groups: Sequence[Group],
        seed: int,
        clock: Clock | None = None,
    ):
        self.stage, self.model, self._clock = stage, model, clock or Clock()
        found = [(group, pairs) for group in groups if (pairs := stage.pairs(group))]
        count = max(1, round(stage.held_out * len(found))) if stage.held_out else 0
        if len(found) <= count:
            responses = sum(len(group.members) for group in groups)
            raise DataError(
                f"stage {stage.name!r}: {responses} responses to {len(groups)} problems, and two that make a "
                f"pair by {stage.pairs} for {len(found)} of these; wanted more than {count}, which are held "
                "out. Sample more, or ask for a smaller gap."
            )
        out = set(Random(f"{seed}/{stage.name}/held out").sample(range(len(found)), count))
        self.made = [pair for i, (_, pairs) in enumerate(found) for pair in pairs if i not in out]
        self.held_out = [pair for i, (_, pairs) in enumerate(found) for pair in pairs if i in out]
        self._unseen = [group for i, (group, _) in enumerate(found) if i in out]
        self._order = Random(f"{seed}/{stage.name}")
        self._optimizer = stage.optimizer.create(model.parameters())

    def rows(self) -> Iterator[Row]:
        """Train in place: a row of metrics a step. Its "epoch": how often all pairs were drawn. As an epoch
        ends, and at the last of all steps, it says what the model makes of the pairs held out."""
        stage, clock, waiting = self.stage, self._clock, list[Pair]()
        for step in range(stage.steps):
            while len(waiting) < stage.batch:
                waiting += self._order.sample(self.made, len(self.made))
            drawn, waiting = waiting[: stage.batch], waiting[stage.batch :]
            with clock("update"):
                self._optimizer.zero_grad()
                loss, right = self._backward(drawn)
                rate = stage.optimizer.rate(step, stage.steps)
                norm = clipped_step(self._optimizer, self.model.parameters(), stage.optimizer.clip_norm, rate)
            done, before = (count * stage.batch // len(self.made) for count in (step + 1, step))
            row: dict[str, object] = {
                "step": step + 1,
                "epoch": done,
                "loss": loss,
                "pair_accuracy": right,
                "pairs": len(self.made),
                "grad_norm": norm,
                "learning_rate": rate,
            }
            if self.held_out and (done > before or step + 1 == stage.steps):
                with clock("held_out"):
                    row |= self.measured()
            yield row | clock.rows()

    def measured(self) -> Row:
        """Of the problems held out: the share of their pairs that is ranked right and how many there are;
        how far confidence is from that, in all and bin by bin; the rank correlation of scores and shares of
        tests passed over all their responses, and the mean of those within a problem. Nothing without."""
        if not self.held_out:
            return {}
        members = [m for group in self._unseen for m in group.members]
        told = all_scores(self.model, [m.trajectory.tokens for m in members], self.stage.tokens_per_batch)
        known = {id(m): score for m, score in zip(members, told.tolist(), strict=True)}
        leads = [known[id(better)] - known[id(worse)] for better, worse in self.held_out]
        bins = reliability(leads)
        return {
            "held_out_accuracy": fmean(_right(lead) for lead in leads),
            "held_out_pairs": len(leads),
            "held_out_calibration_error": calibration_error(bins),
            "reliability": {str(at): asdict(found) for at, found in enumerate(bins)},
            **_correlations(self._unseen, known),
        }

    def _backward(self, drawn: Sequence[Pair]) -> tuple[float, float]:
        """The mean loss of the pairs, and the share that is ranked right."""
        losses, right = list[float](), list[float]()
        lengths = [max(len(m.trajectory.tokens) for m in pair) * 2 for pair in drawn]
        for which in cut(lengths, self.stage.tokens_per_batch):
            pairs = [drawn[i] for i in which]
            told = scores(self.model, [m.trajectory.tokens for pair in pairs for m in pair]).view(-1, 2)
            lead = [better.verdict.score - worse.verdict.score for better, worse in pairs]
            apart = torch.tensor(lead, device=told.device)
            scale = torch.ones_like(apart) if self.stage.scale is None else self.stage.scale * apart
            loss = bradley_terry(told[:, 0], told[:, 1], self.stage.margin * apart, scale)
            (loss.sum() / len(drawn)).backward()
            losses += loss.tolist()
            right += [_right(lead) for lead in (told[:, 0] - told[:, 1]).tolist()]
        return fmean(losses), fmean(right)

    def spread(self) -> tuple[float, float]:
        """Mean and deviation of the trained model's scores of the responses in the pairs."""
        members = {id(m): m.trajectory.tokens for pair in self.made for m in pair}
        told = all_scores(self.model, [*members.values()], self.stage.tokens_per_batch)
        return float(told.mean()), max(float(told.std(correction=0)), 1e-6)


def _correlations(groups: Sequence[Group], known: Mapping[int, float]) -> dict[str, float]:
    """Left out where all scores or all shares are the same."""
    both = [([known[id(m)] for m in g.members], [m.verdict.score for m in g.members]) for g in groups]
    whole = rank_correlation([s for scored, _ in both for s in scored], [s for _, true in both for s in true])
    within = [found for pair in both if (found := rank_correlation(*pair)) is not None]
    result = {} if whole is None else {"held_out_correlation": whole}
    return result | ({"held_out_correlation_within": fmean(within)} if within else {})


def _right(lead: float) -> float:
    """Whether the better one has the lead; a tie is half right."""
    return 0.5 if lead == 0 else float(lead > 0)
