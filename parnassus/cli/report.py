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
        epilog="example:\n  parnassus report runs/quickstart --plot quickstart.png",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("directory", type=Path, metavar="DIR", help="a run directory")
    parser.add_argument(
        "--plot", type=Path, metavar="FILE", help="also write its scores and learning curves as a PNG"
    )
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace) -> int:
    """Returns the exit code. Raises ParnassusError."""
    from parnassus.report.page import write_report
    from parnassus.report.plots import write_headline_plot
    from parnassus.rundir.atomic import explained
    from parnassus.rundir.directory import read_run

    run = read_run(arguments.directory)
    print(write_report(run))
    if arguments.plot is not None:
        with explained(arguments.plot):
            write_headline_plot(run, arguments.plot)
        print(arguments.plot)
    return 0
