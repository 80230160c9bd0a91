"""`parnassus recipes`: what can be run."""

import argparse

from parnassus.cli.options import Commands


def add_to(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser("recipes", help="list the recipes", description="List what `run` can run.")
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace) -> int:
    from parnassus.recipes.find import find, names

    for name in names():
        print(f"{name:<24} {find(name).summary}")
    return 0
