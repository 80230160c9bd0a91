"""What a step did, as numbers for a row of metrics. Reads groups and updates, decides nothing."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain
from statistics import fmean, pstdev

from torch import Tensor

from parnassus.algorithms.admission import Informative, breakages, judged
from parnassus.algorithms.pass_at_k import pass_at_k
from parnassus.text.answers import CodeBlock
from parnassus.text.reflection import reflections
from parnassus.train.assemble import Admitted
from parnassus.train.learner import Learnt
from parnassus.types import Group, Outcome, Scored, Stop

_CODE = CodeBlock()
QUANTILES = {"p01": 0.01, "p50": 0.5, "p99": 0.99, "max": 1.0}


def describe_groups(groups: Sequence[Group], admitted: Admitted) -> dict[str, object]:
    """Rewards, correctness, lengths and what was turned away, over all groups, admitted or not.

    Rewards and correctness are over what could be judged, and absent where nothing could.
    """
    members = [m for group in groups for m in group.members]
    known = list(chain.from_iterable(map(judged, groups)))
    reasons, refused = breakages(groups), admitted.refused
    equal = Counter(Informative()(Group(group.problem, judged(group))) for group in groups)
    zero = {name: equal[name] / len(groups) for name in ("zero_advantage_right", "zero_advantage_wrong")}
    return {
        **(_rewards(known) if known else {}),
        "broken": reasons.total() / len(members),
        "breakages": dict(reasons),
        "length": _length(members),
        "length_correct": _length(m for m in known if m.correct),
        "length_wrong": _length(m for m in known if not m.correct),
        "length_truncated": _length(m for m in members if m.trajectory.stop is Stop.LENGTH),
        "finish_rate": fmean(m.trajectory.stop is Stop.FINISHED for m in members),
        "code_share": _code_share(members),
        "code_share_by_domain": _code_share_by_domain(groups),
        "reflection": reflections(m.trajectory.response for m in members),
        "pass_at_k": _pass_at_k(groups),
        "zero_advantage": sum(zero.values()),
        **zero,
        "dropped": dict(refused),
        "left_out": dict(admitted.left_out),
        "trajectories": len(members),
        "tokens": sum(m.trajectory.num_sampled for m in members),
        "groups_trained": len(admitted.groups),
    }


def _rewards(members: Sequence[Scored]) -> dict[str, object]:
    outcomes = Counter(m.verdict.outcome for m in members)
    return {
        "reward": fmean(m.reward for m in members),
        "reward_std": pstdev(m.reward for m in members),
        "parts": {name: fmean(m.parts[name] for m in members) for name in members[0].parts},
        "correct": outcomes[Outcome.CORRECT] / len(members),
        "correct_by_source": _by_source(members),
        "unparsed": outcomes[Outcome.UNPARSED] / len(members),
    }


def describe_learning(learnt: Learnt) -> dict[str, object]:
    """What the updates of a step saw: means over them, but for the largest norm, and what is worst at the
    last one.

    `ratio` is the policy over the one that drew the batch, before the last update: its KL from there and
    quantiles tell how far the parts of a batch came apart. `effective_samples` is (sum w)^2 / (t sum w^2) for
    w = policy / sampler: the share of the tokens that are worth something where the two differ.
    """
    last = learnt.updates[-1]
    ratio, weight = last.log_ratio.double().exp(), last.drift.double().exp()
    tokens = [update.tokens for update in learnt.updates]
    names = learnt.updates[0].means
    means = {name: sum(u.means[name] * u.tokens for u in learnt.updates) / sum(tokens) for name in names}
    return {
        "loss": fmean(update.loss for update in learnt.updates),
        "grad_norm": max(learnt.norms),
        "updates": len(learnt.updates),
        "sampler_gap": learnt.sampler_gap,
        "tokens_trained": sum(tokens),
        "sampled_entropy": learnt.sampled_entropy,
        "old_kl": float((ratio - 1 - last.log_ratio.double()).mean()),
        "ratio": dict(zip(QUANTILES, _quantiles(ratio, QUANTILES.values()), strict=True)),
        "effective_samples": float(weight.sum() ** 2 / (len(weight) * weight.square().sum())),
        "old_logp_source": learnt.old_logp_source,
        **({"reference_kl": learnt.reference_kl} if learnt.reference_kl is not None else {}),
        **means,
        **({"controls": learnt.controls} if learnt.controls else {}),
    }


def _quantiles(values: Tensor, at: Iterable[float]) -> list[float]:
    """By the nearest rank, of any number of values: torch's own refuses more than 2**24."""
    ordered = values.sort().values
    return [float(ordered[round(q * (len(ordered) - 1))]) for q in at]


def _pass_at_k(groups: Sequence[Group]) -> dict[str, float]:
    """For k = 1, 2, 4, ... up to the smallest group: the chance that one of k responses is right."""
    counts = [(len(known), sum(m.correct for m in known)) for known in map(judged, groups) if known]
    most = min((of for of, _ in counts), default=0)
    powers = [2**n for n in range(most.bit_length())]
    return {str(k): fmean(pass_at_k(of, right, k) for of, right in counts) for k in powers}


def _code_share(members: Sequence[Scored]) -> float:
    return fmean(_CODE(m.trajectory.response) is not None for m in members)


def _code_share_by_domain(groups: Sequence[Group]) -> dict[str, float]:
    """On mathematics nobody asks for code: there it is a check of one's own. SRPO, arXiv:2504.14286."""
    members: dict[str, list[Scored]] = defaultdict(list)
    for group in groups:
        members[group.problem.domain] += group.members
    return {domain: _code_share(members[domain]) for domain in sorted(members)}


def _by_source(members: Iterable[Scored]) -> dict[str, float]:
    correct: dict[str, list[bool]] = defaultdict(list)
    for member in members:
        correct[member.trajectory.problem.source].append(member.correct)
    return {source: fmean(values) for source, values in sorted(correct.items())}


def _length(members: Iterable[Scored]) -> float | None:
    lengths = [m.trajectory.num_sampled for m in members]
    return fmean(lengths) if lengths else None
