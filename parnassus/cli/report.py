"""`parnassus report`: write a run's report.html again, from what lies in the run directory."""

import argparse
from pathlib import Path

from parnassus.cli.options import Commands


def add_to(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "report",
        help="write a run's report.html again",
        description="Write report.html from the run directory; the run need not be finished.",
        epilog="example:\n  parnassus report runs/quickstart",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("directory", type=Path, metavar="DIR", help="a run directory")
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace) -> int:
    from parnassus.report.page import write_report
    from parnassus.rundir.directory import read_run

    print(write_report(read_run(arguments.directory)))
    return 0
