"""What several commands share: options that change a recipe or choose a sandbox, and what they make."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from parnassus.errors import ConfigError

if TYPE_CHECKING:
    from parnassus.curation.means import Asking
    from parnassus.recipes.recipe import Recipe
    from parnassus.sandbox.make import SandboxChoice

# argparse gives it no public name.
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def add_recipe_options(parser: argparse.ArgumentParser) -> None:
    """The recipe's name, and what may be changed about it."""
    parser.add_argument(
        "recipe", metavar="RECIPE", help="one of `parnassus recipes`, or a file of your own: ./mine.py"
    )
    add_recipe_changes(parser)


def add_recipe_changes(parser: argparse.ArgumentParser) -> None:
    """What may be changed about a recipe."""
    add_scale_option(parser)
    parser.add_argument(
        "--model", metavar="M", help="a directory or hub id of a causal LM with a chat template"
    )
    parser.add_argument("--seed", type=int, metavar="N", help="another seed than the recipe's")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        dest="overrides",
        metavar="PATH=VALUE",
        help="change one setting, by the names `show recipe` prints; may be repeated",
    )


def add_scale_option(parser: argparse.ArgumentParser) -> None:
    """At which of its two sizes a published system is meant."""
    parser.add_argument(
        "--scale",
        choices=("tiny", "published"),
        help="of a published system: minutes on two CPU cores (the default of runs), or as in the paper",
    )


def chosen_recipe(arguments: argparse.Namespace) -> "Recipe":
    """The recipe that the options name, changed as they say. Raises ConfigError."""
    from parnassus.recipes.find import find
    from parnassus.recipes.scale import Scale
    from parnassus.recipes.settings import override

    recipe = find(arguments.recipe, Scale(arguments.scale) if arguments.scale else None)
    if arguments.model is not None:
        recipe = replace(recipe, model=arguments.model)
    if arguments.seed is not None:
        recipe = replace(recipe, seed=arguments.seed)
    if getattr(arguments, "smoke", False):
        from parnassus.recipes.smoke import smoke

        recipe = smoke(recipe)
    for setting in arguments.overrides:
        path, equals, text = setting.partition("=")
        if not equals:
            raise ConfigError(f"--set wants PATH=VALUE, got {setting!r}; as in --set stages.rl-math.steps=60")
        recipe = override(recipe, path, text)
    return recipe


def add_sandbox_options(parser: argparse.ArgumentParser) -> None:
    """Where programs run, and what they find there."""
    parser.add_argument(
        "--strict-sandbox",
        action="store_true",
        help="refuse to run programs where a layer is missing (see: parnassus sandbox check)",
    )
    parser.add_argument(
        "--sandbox-url",
        metavar="URL",
        help="run programs there, by `parnassus sandbox serve`; its token: $PARNASSUS_SANDBOX_TOKEN",
    )
    add_packages_option(parser)


def add_packages_option(parser: argparse.ArgumentParser) -> None:
    """What programs may import."""
    parser.add_argument(
        "--packages",
        type=Path,
        action="append",
        default=[],
        metavar="DIR",
        help="packages that programs may import, by pip install --target DIR; may be repeated",
    )


def add_asking_options(parser: argparse.ArgumentParser) -> None:
    """Which models curation asks, and how."""
    parser.add_argument(
        "--ask",
        action="append",
        default=[],
        dest="models",
        metavar="NAME=MODEL@URL",
        help="the model that steps of curation call NAME: on a server of chat completions, its key in "
        "$OPENAI_API_KEY; or NAME=DIRECTORY, loaded here; may be repeated",
    )
    parser.add_argument("--at-once", type=int, default=64, metavar="N", help="questions with a server (64)")
    parser.add_argument(
        "--timeout", type=float, default=600.0, metavar="SECONDS", help="for an answer of a server (600)"
    )
    parser.add_argument("--retries", type=int, default=8, metavar="N", help="of a question to a server (8)")


def chosen_asking(arguments: argparse.Namespace) -> "Asking":
    """How the models are asked."""
    from parnassus.curation.means import Asking

    return Asking(arguments.at_once, arguments.timeout, arguments.retries, arguments.device)


def chosen_sandbox(arguments: argparse.Namespace) -> "SandboxChoice":
    """The sandbox that the options name."""
    from parnassus.sandbox.make import SandboxChoice

    return SandboxChoice(arguments.strict_sandbox, arguments.sandbox_url, tuple(arguments.packages))
