"""What can be said of a recipe before anything runs: that its stages fit together."""

import re
from collections.abc import Container, Sequence

from parnassus.algorithms.rewards import TrainedScore
from parnassus.algorithms.rewards.pay import mapped
from parnassus.curation.pipeline import Visit, passes
from parnassus.curation.stage import Curate
from parnassus.errors import ConfigError
from parnassus.evaluation.run import Evaluate
from parnassus.recipes.recipe import POLICY, Recipe
from parnassus.train.reward_model import RewardModel
from parnassus.train.rl import BASE, RL
from parnassus.train.sft import SFT
from parnassus.types import Answer, Message, Problem, RewardTerm

_DOMAINS = ("math", "code")  # a step may ask one model about the one, another about the other
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")


def check(recipe: Recipe) -> None:
    """Raises ConfigError when a stage's name cannot be a file's or means something else, two share one, the
    first does not curate, or one takes over what no stage before it leaves."""
    names = [stage.name for stage in recipe.stages]
    for name in names:
        if not _NAME.fullmatch(name):
            raise ConfigError(
                f"recipe {recipe.name!r} has a stage named {name!r}; it becomes a directory, "
                "so letters, digits, '-', '_' and '.' only"
            )
        if names.count(name) > 1:
            raise ConfigError(f"recipe {recipe.name!r} has two stages named {name!r}: give each its own")
    if not recipe.stages or not isinstance(recipe.stages[0], Curate):
        raise ConfigError(
            f"recipe {recipe.name!r} must begin with a stage that curates its data; got {names}"
        )
    _check_hand_over(recipe)
    if not 0 <= recipe.seed < 2**63:
        raise ConfigError(f"recipe {recipe.name!r}: seed={recipe.seed} must be in [0, 2**63)")


def check_models(recipe: Recipe, known: Container[str]) -> None:
    """Raises ConfigError where curation would ask a model that is neither `known` nor the policy."""
    asked = dict.fromkeys(
        request.model
        for stage in recipe.stages
        if isinstance(stage, Curate)
        for work in passes(stage.steps)
        if isinstance(work, Visit)
        for domain in _DOMAINS
        for request in work.enrichment.requests(_anything(domain))
    )
    missing = [name for name in asked if name != POLICY and name not in known]
    if missing:
        options = " ".join(f"--ask {name}=MODEL@URL" for name in missing)
        raise ConfigError(
            f"recipe {recipe.name!r} asks models that nobody named: {', '.join(missing)}. Name each: "
            f"{options}, or a directory of weights in place of MODEL@URL"
        )


def _anything(domain: str) -> Problem:
    return Problem("anything", (Message("user", "?"),), Answer("?"), domain, "anything")


def _check_hand_over(recipe: Recipe) -> None:
    """What a stage takes over must have been left by one before it."""
    before, scorers = list[str](), list[str]()
    for stage in recipe.stages:
        if isinstance(stage, RL):
            if stage.keep_optimizer and not before:
                raise ConfigError(
                    f"stage {stage.name!r} keeps the optimiser's moments of the training stage before it, "
                    "and there is none: set keep_optimizer=False"
                )
            if stage.reference not in (None, BASE, *before):
                raise ConfigError(
                    f"stage {stage.name!r} wants the reference of stage {stage.reference!r}; training stages "
                    f"before it: {', '.join(before) or 'none'}; {BASE!r} is the recipe's model"
                )
            _check_scorers(stage, scorers)
        elif isinstance(stage, Evaluate) and stage.best_of is not None:
            _check_scorer(stage.name, stage.best_of.reward_model, scorers)
        if isinstance(stage, SFT | RL):
            if stage.name == BASE:
                raise ConfigError(
                    f"a training stage may not be named {BASE!r}: as a reference that is the recipe's model"
                )
            before.append(stage.name)
        elif isinstance(stage, RewardModel):
            scorers.append(stage.name)


def _check_scorers(stage: RL, scorers: Sequence[str]) -> None:
    """A reward model that a term, or one within it, pays must be one of `scorers`."""

    def known(term: RewardTerm) -> RewardTerm:
        if isinstance(term, TrainedScore):
            _check_scorer(stage.name, term.stage, scorers)
        return term

    for term in stage.algorithm.rewards:
        mapped(term, known)


def _check_scorer(stage: str, wanted: str, scorers: Sequence[str]) -> None:
    if wanted not in scorers:
        raise ConfigError(
            f"stage {stage!r} wants the reward model of stage {wanted!r}; stages before it that train one: "
            f"{', '.join(scorers) or 'none'}"
        )
