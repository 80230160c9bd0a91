"""`parnassus run`: do a recipe, or continue it, into a run directory."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from parnassus.cli.options import (
    Commands,
    add_asking_options,
    add_recipe_options,
    add_sandbox_options,
    chosen_asking,
    chosen_recipe,
    chosen_sandbox,
)

if TYPE_CHECKING:
    from parnassus.recipes.recipe import Recipe

_EXAMPLES = """\
examples:
  parnassus run quickstart
  parnassus run quickstart --dry-run --set stages.warm-up.steps=500
  parnassus run quickstart --out runs/seed1 --seed 1
  parnassus run klear-reasoner --scale tiny
  parnassus run klear-reasoner --scale published --dry-run
  parnassus run ./mine.py
  parnassus run quickstart --out runs/small --set stages.rl-math.algorithm.loss.eps_high=0.3

A stage that is finished is never done again: the same command continues a run that was interrupted. Other
settings in the same directory are refused, with the differences.
"""


def add_to(commands: Commands) -> None:
    """Declare the command and its options."""
    parser = commands.add_parser(
        "run",
        help="do a recipe, or continue it",
        description="Do every stage of a recipe that is not done yet, then write the report.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_recipe_options(parser)
    parser.add_argument("--out", type=Path, metavar="DIR", help="the run directory (default: runs/RECIPE)")
    parser.add_argument("--device", default="cpu", help="cpu, cuda, cuda:1 ... (default: cpu)")
    add_asking_options(parser)
    add_sandbox_options(parser)
    parser.add_argument("--dry-run", action="store_true", help="print the plan and its cost; touch nothing")
    parser.add_argument(
        "--smoke",
        action="store_true",
        help="two steps a stage over few problems: does it run? Best with a --model that was pretrained",
    )
    parser.add_argument("--quiet", action="store_true", help="print the results only")
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace) -> int:
    """Returns the exit code. Raises ParnassusError."""
    try:
        recipe = chosen_recipe(arguments)
        out = arguments.out or Path("runs") / recipe.name
        if arguments.dry_run:
            from parnassus.cli.plan import print_plan
            from parnassus.recipes.find import stated

            published = stated(arguments.recipe) if arguments.scale == "published" else ()
            named = [said.partition("=")[0] for said in arguments.models]
            print_plan(recipe, published, out, arguments.device, named)
            return 0
        return _run(recipe, out, arguments)
    except KeyboardInterrupt:
        print(
            "\nparnassus: interrupted. Finished stages are kept, and all that was written; the stage that "
            "was going on goes on at its last snapshot, or starts anew.\nThe same command continues.",
            file=sys.stderr,
        )
        return 130


def _run(recipe: "Recipe", out: Path, arguments: argparse.Namespace) -> int:
    from parnassus.cli.progress import watching
    from parnassus.cli.results import print_results
    from parnassus.rundir.directory import is_run, read_run
    from parnassus.runner import run

    before = read_run(out).finished() if is_run(out) else {}
    names = [stage.name for stage in recipe.stages]
    with watching(f"{recipe.name} into {out}", names, quiet=arguments.quiet) as observer:
        done = run(
            recipe,
            out,
            observer,
            arguments.device,
            chosen_sandbox(arguments),
            arguments.models,
            chosen_asking(arguments),
        )
    print_results(done)
    if before.keys() == done.finished().keys():
        print(f"{out} is complete: every stage was finished before.")
    print(f"report: {done.path / 'report.html'}")
    return 0
