"""A value prints the same in every process, or two runs of one command could not know that they are one."""

import subprocess
import sys

from parnassus.data.similarity.duplicates import NormalisedDuplicates
from parnassus.data.sources import math
from parnassus.text.printed import printed
from parnassus.types import Sampling


def test_functions_and_classes_print_by_name_and_memory_not_at_all():
    assert "read=parnassus.data.sources.math.read" in printed(math.LAYOUT)
    assert printed(NormalisedDuplicates()) == "NormalisedDuplicates(level=Level.WORDS)"
    assert printed((Sampling, 1.5, "a", [None], {"k": (2,)})) == (
        "(parnassus.types.rollouts.Sampling, 1.5, 'a', [None], {'k': (2, )}, )"
    )
    assert printed(()) == "()"


def test_every_layout_prints_alike_in_another_process():
    code = (
        "import importlib, pkgutil\n"
        "import parnassus.data.sources as sources\n"
        "from parnassus.text.printed import printed\n"
        "for module in pkgutil.iter_modules(sources.__path__):\n"
        "    found = importlib.import_module(f'{sources.__name__}.{module.name}')\n"
        "    if hasattr(found, 'LAYOUT'): print(printed(found.LAYOUT))"
    )
    said = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]
    assert said[0] == said[1]
    assert said[0].count("Layout(") >= 22
    assert " at 0x" not in said[0]
