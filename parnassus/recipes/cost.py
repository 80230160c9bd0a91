"""What a recipe will cost, counted from its settings alone: nothing is loaded or drawn.

Upper bounds: every response is taken to be as long as its stage allows, every problem to survive the filters,
no trigger to end a stage before its steps are done.
How long demonstrations are is not known before they are drawn: a supervised stage counts sequences only.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from parnassus.curation.stage import Curate
from parnassus.evaluation.run import Evaluate
from parnassus.recipes.recipe import Recipe, Stage
from parnassus.train.reward_model import RewardModel
from parnassus.train.rl import RL
from parnassus.train.sft import SFT


@dataclass(frozen=True, kw_only=True)
class Cost:
    """At most this much work in one stage."""

    stage: str
    rollouts: int = 0
    sampled_tokens: int = 0
    updates: int = 0
    trained_sequences: int = 0
    trained_tokens: int = 0  # policy-chosen tokens of RL; a supervised stage's are not known in advance


def estimate(recipe: Recipe) -> list[Cost]:
    """One row a stage, in order."""
    costs, held_out = list[Cost](), 0
    for stage in recipe.stages:
        if isinstance(stage, Curate):  # whose problems take the place of those before
            held_out = _held_out(stage, held_out)
        costs.append(_cost(stage, held_out))
    return costs


def _held_out(stage: Curate, before: int) -> int:
    """Problems that the stage holds out; of files as many as it names, the size of a benchmark."""
    drawn = sum(source.held_out for source in stage.generated) if stage.sources else before
    return drawn + sum(source.most or 0 for source in stage.held_out)


def total(costs: Sequence[Cost]) -> Cost:
    return Cost(
        stage="total",
        rollouts=sum(c.rollouts for c in costs),
        sampled_tokens=sum(c.sampled_tokens for c in costs),
        updates=sum(c.updates for c in costs),
        trained_sequences=sum(c.trained_sequences for c in costs),
        trained_tokens=sum(c.trained_tokens for c in costs),
    )


def _cost(stage: Stage, held_out: int) -> Cost:
    match stage:
        case Curate():
            return Cost(stage=stage.name)
        case SFT():
            return Cost(stage=stage.name, updates=stage.steps, trained_sequences=stage.steps * stage.batch)
        case Evaluate():
            rollouts = held_out * stage.samples
            tokens = rollouts * stage.sampling.max_tokens * stage.max_turns
            return Cost(stage=stage.name, rollouts=rollouts, sampled_tokens=tokens)
        case RewardModel():
            rollouts = stage.prompts * stage.samples
            return Cost(
                stage=stage.name,
                rollouts=rollouts,
                sampled_tokens=rollouts * stage.sampling.max_tokens * stage.max_turns,
                updates=stage.steps,
                trained_sequences=2 * stage.steps * stage.batch,
            )
        case RL():
            size, longest = stage.largest_group, stage.longest_answer * stage.max_turns
            rollouts = stage.steps * stage.prompts * (1 + stage.refill) * size
            most = rollouts if stage.train_groups is None else stage.steps * stage.train_groups * size
            trained = min(rollouts, most)
            return Cost(
                stage=stage.name,
                rollouts=rollouts,
                sampled_tokens=rollouts * longest,
                updates=stage.steps * stage.updates * stage.epochs,
                trained_sequences=trained * stage.epochs,
                trained_tokens=trained * stage.epochs * longest,
            )
