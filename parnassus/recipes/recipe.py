"""What a recipe is: a model, a seed and a list of stages. What a stage does lies with the package that does
it."""

from dataclasses import dataclass

from parnassus.curation.stage import Curate
from parnassus.enrich.answerer import Answerer
from parnassus.evaluation.run import Evaluate
from parnassus.train.reward_model import RewardModel
from parnassus.train.rl import RL
from parnassus.train.sft import SFT

POLICY = "model"  # what steps of curation call the policy, unless they say otherwise

Stage = Curate | SFT | RL | RewardModel | Evaluate


@dataclass(frozen=True)
class StandIn:
    """Who answers for the model `name` where no other is named on the command line. `answerer`: frozen."""

    name: str
    answerer: Answerer


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """One published system, or one of ours: everything that decides a run, and nothing that does not.

    Two runs of equal recipes on equal machines are equal. Stages are done in order; each starts from the
    weights that the last training stage before it left.
    """

    name: str
    summary: str
    model: str  # "builtin:tiny", a directory or a hub id
    seed: int
    stages: tuple[Stage, ...]
    stand_ins: tuple[StandIn, ...] = ()  # for models that curation asks
