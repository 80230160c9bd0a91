"""`parnassus curate`: from raw sources to a curated set with a card."""

import argparse
import asyncio
import os
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from parnassus.cli.options import (
    Commands,
    add_asking_options,
    add_sandbox_options,
    add_scale_option,
    chosen_asking,
    chosen_sandbox,
)
from parnassus.errors import ConfigError, DataError

if TYPE_CHECKING:
    from parnassus.curation.directory import CurationDir
    from parnassus.curation.pipeline import Pipeline
    from parnassus.enrich.answerer import Answerer

_EXAMPLES = """\
a pipeline, in a file of your own:

  from parnassus.curation.pipeline import Pipeline, Source
  from parnassus.data.checks.gold_verifies import GoldVerifies
  from parnassus.data.filters.decontaminate import Decontaminate
  from parnassus.data.filters.proofs import Proofs
  from parnassus.data.reading.files import Files
  from parnassus.data.similarity.duplicates import NormalisedDuplicates
  from parnassus.data.sources import deepscaler

  PIPELINE = Pipeline(
      name="mine",
      summary="DeepScaleR without what AIME asks",
      sources=(Source(rows=Files("deepscaler.jsonl"), format=deepscaler.LAYOUT),),
      steps=(NormalisedDuplicates(), Proofs(), Decontaminate(("aime*.jsonl",)), GoldVerifies()),
  )

examples:
  parnassus curate mine.py --out data/mine                 do it; again: continue where it stopped
  parnassus curate --out data/mine --why math/0123456789abcdef    what became of this problem?
  parnassus curate skywork-or1 --out data/skywork          what a recipe does first, by itself
  parnassus curate mine.py --out data/mine --estimate      what would be asked of models? Asks nobody.
  parnassus curate mine.py --out data/mine --ask judge=Qwen/Qwen2.5-72B-Instruct@http://gpu:8000/v1

Steps, a file each: parnassus/data/filters, data/similarity, data/checks, enrich. docs/curation.md tells more.
"""


def add_to(commands: Commands) -> None:
    """Declare the command and its options."""
    parser = commands.add_parser(
        "curate",
        help="make a set of problems from raw sources, with a card that shows where each went",
        description="Do a pipeline over its sources, then write the card. Nothing goes without a reason.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "pipeline",
        nargs="?",
        metavar="FILE|RECIPE",
        help="a Python file with PIPELINE, or one of `parnassus recipes`: what it curates first",
    )
    parser.add_argument("--stage", metavar="NAME", help="of a recipe: another stage that curates")
    add_scale_option(parser)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where everything goes")
    parser.add_argument("--why", metavar="ID", help="tell what became of a problem, or of FILE, line N")
    parser.add_argument("--estimate", action="store_true", help="tell what models would be asked; ask nobody")
    add_asking_options(parser)
    parser.add_argument("--device", default="cpu", help="where weights are loaded: cpu, cuda ... (cpu)")
    parser.add_argument("--workers", type=int, metavar="N", help="processes (default: all cores)")
    parser.add_argument("--quiet", action="store_true", help="no progress, only the result")
    add_sandbox_options(parser)
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace) -> int:
    """Returns the exit code. Raises ParnassusError."""
    from parnassus.curation.directory import CurationDir
    from parnassus.curation.story import story

    if arguments.why is not None:
        print(story(CurationDir(arguments.out), arguments.why))
        return 0
    if arguments.pipeline is None:
        raise ConfigError("wanted a file with a pipeline, or --why ID: what should be done?")
    if arguments.workers is not None and arguments.workers < 1:
        raise ConfigError(f"--workers must be 1 or more, got {arguments.workers}")
    if arguments.estimate:
        return _estimate(arguments)
    try:
        return asyncio.run(_curate(arguments))
    except KeyboardInterrupt:
        print("\nparnassus: interrupted. What is done is kept; the same command continues.", file=sys.stderr)
        return 130


def _estimate(arguments: argparse.Namespace) -> int:
    from parnassus.cli.curate_view import print_estimate
    from parnassus.curation.directory import CurationDir
    from parnassus.curation.foresee import foresee

    directory = CurationDir(arguments.out)
    if directory.done():
        print(f"{directory.path} is done: nothing is left to ask")
        return 0
    with TemporaryDirectory() as folder:  # for what families draw
        pipeline, _ = _chosen(arguments, Path(folder))
        print_estimate(foresee(pipeline, directory, _workers(arguments)), arguments.out)
    return 0


async def _curate(arguments: argparse.Namespace) -> int:
    from parnassus.cli.curate_view import watching
    from parnassus.curation.directory import CurationDir
    from parnassus.curation.means import open_means
    from parnassus.curation.walk import curate

    workers, out = _workers(arguments), arguments.out
    pipeline, stand_ins = _chosen(arguments, out)
    asking, sandbox, directory = chosen_asking(arguments), chosen_sandbox(arguments), CurationDir(out)
    models = () if directory.done() else arguments.models
    with watching(arguments.quiet) as observer:
        async with open_means(models, sandbox, workers, directory.asking, asking) as opened:
            means = replace(opened, models={**stand_ins, **opened.models})
            directory = await curate(pipeline, out, means, workers, observer)
    return _shown(directory)


def _shown(directory: "CurationDir") -> int:
    from parnassus.cli.curate_view import print_funnel

    if not print_funnel(directory):
        raise DataError(
            f"nothing is left: every row was refused or dropped. {directory.path / 'card.html'} says by "
            "which step and why; change the pipeline, and give it another --out."
        )
    return 0


def _chosen(arguments: argparse.Namespace, out: Path) -> "tuple[Pipeline, dict[str, Answerer]]":
    """What is to be done, and who answers unless the command line names others. What families of a recipe
    draw is written to `out`. Raises ConfigError."""
    from parnassus.curation.find import find
    from parnassus.curation.stage import Curate, as_pipeline
    from parnassus.recipes import find as recipes
    from parnassus.recipes.scale import Scale

    if arguments.pipeline.endswith(".py"):
        return find(Path(arguments.pipeline)), {}
    recipe = recipes.find(arguments.pipeline, Scale(arguments.scale) if arguments.scale else None)
    stages = {stage.name: stage for stage in recipe.stages if isinstance(stage, Curate)}
    name = arguments.stage or next(iter(stages))
    if name not in stages:
        raise ConfigError(f"recipe {recipe.name} curates in {', '.join(stages)}, not in {name!r}")
    pipeline = as_pipeline(stages[name], recipe.seed, out)
    return pipeline, {one.name: one.answerer for one in recipe.stand_ins}


def _workers(arguments: argparse.Namespace) -> int:
    return arguments.workers or os.cpu_count() or 1
