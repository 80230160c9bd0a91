"""What an algorithm is: pure pieces, chosen together and named once."""

from dataclasses import dataclass

from parnassus.types import Admission, Advantage, PolicyLoss, RewardTerm, Weighting


@dataclass(frozen=True, kw_only=True)
class Algorithm:
    """The trainer is blind to which algorithm runs: it calls these and nothing else."""

    rewards: tuple[RewardTerm, ...]
    admit: tuple[Admission, ...]
    advantage: Advantage
    weighting: Weighting
    loss: PolicyLoss
    imitate_correct: float = 0.0  # weight of the cross-entropy on fully correct trajectories (Klear, eq. 13)
    needs_reference: bool = False  # whether the loss reads TokenView.ref_logp
