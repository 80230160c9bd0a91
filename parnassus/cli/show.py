"""`parnassus show`: look at a recipe or at a run. Changes nothing."""

import argparse
from pathlib import Path

from parnassus.cli.options import Commands, add_recipe_options, chosen_recipe

_EXAMPLES = """\
examples:
  parnassus show recipe quickstart
  parnassus show recipe quickstart --set stages.rl-math.steps=60
  parnassus show run runs/quickstart
"""


def add_to(commands: Commands) -> None:
    """Declare the command and what it can show."""
    parser = commands.add_parser(
        "show",
        help="print a recipe's settings, or a run's results",
        description="Print a recipe's settings, or what a run has done.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    things = parser.add_subparsers(title="what", metavar="WHAT", required=True)
    recipe = things.add_parser("recipe", help="every setting, by the names that --set takes")
    add_recipe_options(recipe)
    recipe.set_defaults(execute=show_recipe)
    run = things.add_parser("run", help="stages done, and the results")
    run.add_argument("directory", type=Path, metavar="DIR", help="a run directory")
    run.set_defaults(execute=show_run)


def show_recipe(arguments: argparse.Namespace) -> int:
    from parnassus.cli.plan import print_settings

    print_settings(chosen_recipe(arguments))
    return 0


def show_run(arguments: argparse.Namespace) -> int:
    from parnassus.cli.results import print_results, print_stages
    from parnassus.rundir.directory import read_run

    run = read_run(arguments.directory)
    print_stages(run)
    print_results(run)
    return 0
