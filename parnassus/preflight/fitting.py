"""Prompts and demonstrations in the model's tokens, against what the stages allow."""

from collections.abc import Iterator, Sequence

from parnassus.errors import ConfigError, DataError, ModelError
from parnassus.evaluation.run import Evaluate
from parnassus.preflight.data import Given
from parnassus.preflight.finding import Finding, Level, listed
from parnassus.preflight.model import Outline
from parnassus.preflight.stages import Sampled, sampled
from parnassus.recipes.recipe import Recipe
from parnassus.rollout import check_prompts
from parnassus.text.chat import Chat
from parnassus.train.sft import SFT, demonstrated
from parnassus.types import Demonstration, Problem


def check_fitting(recipe: Recipe, given: Given, model: Outline) -> Iterator[Finding]:
    """Of each stage that samples its prompts, of each supervised one its demonstrations."""
    for stage in sampled(recipe):
        name, problems, context = f"prompts of {stage.name}", given.train, model.context
        if isinstance(stage, Evaluate):
            problems, context = given.held_out, stage.context(model.context)
        if problems is None:
            yield _room(name, stage, context)
        else:
            yield _prompts(name, stage, problems, model.chat, context)
    for stage in recipe.stages:
        if isinstance(stage, SFT) and given.demonstrations:
            yield _demonstrations(stage, given.demonstrations, model)


def check_room(recipe: Recipe, context: int) -> None:
    """Raises ConfigError for the first stage whose answers may be as long as the model's whole context."""
    for stage in sampled(recipe):
        longest = stage.context(context) if isinstance(stage, Evaluate) else context
        if (found := _room(f"stage {stage.name!r}", stage, longest)).level is Level.ERROR:
            raise ConfigError(f"{found.check}: {found.told}. {found.todo}")


def _room(name: str, stage: Sampled, context: int) -> Finding:
    """What the settings alone say."""
    wanted = stage.prompt_limit + stage.sampling.max_tokens
    if stage.sampling.max_tokens >= context:
        told = f"max_tokens={stage.sampling.max_tokens:,} is the model's whole context of {context:,}"
        return Finding(name, Level.ERROR, told, "Lower it, or take a model with a longer context.")
    told = f"the longest prompt and answer allowed have {wanted:,} tokens, the context {context:,}"
    return Finding(name, Level.SKIPPED, f"{told}; no problems were given")


def _prompts(name: str, stage: Sampled, problems: Sequence[Problem], chat: Chat, context: int) -> Finding:
    longest, unfit, refused = 0, list[tuple[int, str]](), list[str]()
    for problem in problems:
        length = 0
        try:
            length = len(chat.prompt(stage.env.prompt(problem)))
            check_prompts([problem], stage, chat, context)
        except DataError:
            unfit.append((length, problem.id))
        except ModelError as error:
            refused.append(f"{problem.id}: {error}")
        longest = max(longest, length)
    told = (
        f"the longest has {longest:,} tokens; prompt_limit is {stage.prompt_limit:,}, an answer "
        f"may have {stage.sampling.max_tokens:,}, the context {context:,}"
    )
    if unfit or refused:
        count = len(unfit) + len(refused)
        lines = [f"{name}: {length:,} tokens" for length, name in sorted(unfit, reverse=True)]
        told = f"{count:,} of {len(problems):,} do not fit; {told}\n{listed([*refused, *lines])}"
        if refused or isinstance(stage, Evaluate) or count == len(problems):
            wanted = "The run would stop. Raise the limit, or let `parnassus curate` leave them out."
            return Finding(name, Level.ERROR, told, wanted)
        return Finding(
            name, Level.WARNING, told, "The run would leave them out. Raise the limit to keep them."
        )
    whole = min(longest + stage.max_turns * stage.sampling.max_tokens, context)
    if not isinstance(stage, Evaluate) and whole > stage.tokens_per_batch:
        told = (
            f"with its answer the longest may have {whole:,} tokens, tokens_per_batch is "
            f"{stage.tokens_per_batch:,}"
        )
        wanted = "Such a sequence is a micro-batch alone, larger than others: is there memory for it?"
        return Finding(name, Level.WARNING, told, wanted)
    return Finding(name, Level.OK, told)


def _demonstrations(stage: SFT, demonstrations: Sequence[Demonstration], model: Outline) -> Finding:
    name, long, over, longest = f"demonstrations of {stage.name}", list[str](), 0, 0
    for number, demonstration in enumerate(demonstrations, 1):
        try:
            length = len(demonstrated(demonstration, model.chat, stage.env).tokens)
        except ModelError as error:
            long.append(f"demonstration {number}, of {demonstration.problem.id}: {error}")
            continue
        longest, over = max(longest, length), over + (length > stage.tokens_per_batch)
        if length > model.context:
            long.append(f"demonstration {number}, of {demonstration.problem.id}: {length:,} tokens")
    told = f"the longest has {longest:,} tokens"
    if long:
        told = f"{len(long):,} of {len(demonstrations):,} do not fit a context of {model.context:,}"
        told = f"{told}\n{listed(long)}"
        return Finding(name, Level.ERROR, told, "Leave them out: nobody cuts them.")
    if over:
        told = f"{told}; {over:,} have more than tokens_per_batch={stage.tokens_per_batch:,}"
        wanted = "Each of them is a micro-batch alone, larger than others: is there memory for it?"
        return Finding(name, Level.WARNING, told, wanted)
    return Finding(name, Level.OK, told)
