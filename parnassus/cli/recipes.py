"""`parnassus recipes`: what can be run, and what differs."""

import argparse

from parnassus.cli.options import Commands, add_scale_option

_EXAMPLES = """\
examples:
  parnassus recipes
  parnassus recipes diff srpo deepcoder
  parnassus recipes diff srpo deepcoder --scale tiny
  parnassus recipes diff ./mine.py srpo
"""


def add_to(commands: Commands) -> None:
    """Declare the command and what it can do."""
    parser = commands.add_parser(
        "recipes",
        help="list the recipes; `recipes diff A B` tells what differs",
        description="List what `run` can run, or tell what differs between two recipes.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(execute=list_recipes)
    things = parser.add_subparsers(title="what", metavar="WHAT")
    diff = things.add_parser("diff", help="what differs between two recipes, feature by feature")
    for place in ("first", "second"):
        diff.add_argument(place, metavar="RECIPE", help="one of `parnassus recipes`, or a file of your own")
    add_scale_option(diff)
    diff.set_defaults(execute=show_difference)


def list_recipes(arguments: argparse.Namespace) -> int:
    """A line each: its name, its sizes, how many stages it has, what it is. Returns the exit code."""
    from parnassus.recipes.find import find, has_scales, names
    from parnassus.recipes.scale import Scale

    for name in names():
        recipe = find(name)
        sizes = ", ".join(Scale) if has_scales(name) else "one size"
        print(f"{name:<24} {sizes:<16} {len(recipe.stages):>2} stages  {recipe.summary}")
    return 0


def show_difference(arguments: argparse.Namespace) -> int:
    """Returns the exit code. Raises ConfigError."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    from parnassus.recipes.features import features
    from parnassus.recipes.find import find, has_scales
    from parnassus.recipes.scale import Scale

    chosen = Scale(arguments.scale) if arguments.scale else Scale.PUBLISHED
    ours, theirs = (
        features(find(name, chosen if has_scales(name) else None))
        for name in (arguments.first, arguments.second)
    )
    table = Table(box=box.SIMPLE_HEAD)
    for column in ("", arguments.first, arguments.second):
        table.add_column(column, overflow="fold")
    for feature, value in ours.items():
        if value != theirs[feature]:
            table.add_row(feature, value, theirs[feature], end_section=True)
    console = Console(highlight=False)
    console.print(table)
    console.print(f"{sum(ours[name] == theirs[name] for name in ours)} other features are the same.")
    return 0
