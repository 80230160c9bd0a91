"""The published sets that recipes read at their papers' scale, each under the name that the recipes use.

Sets of the hub are streamed. Benchmarks are files in `benchmarks/`, in JSON lines: curations look into them
word by word, and a run that evaluates must not depend on a network. Where each is published:
docs/sources.md.
"""

from dataclasses import replace

from parnassus.curation.pipeline import Source
from parnassus.data.reading.files import Files
from parnassus.data.reading.hub import HubRows
from parnassus.data.reading.layout import Layout
from parnassus.data.sources import (
    aime,
    apps,
    codeforces,
    deepscaler,
    humanevalplus,
    leetcode,
    livecodebench,
    math500,
    mbppplus,
    numinamath,
    omni_math,
    skywork_or1,
    taco,
)


def _benchmark(name: str, layout: Layout, size: int | None = None) -> Source:
    return Source(rows=Files(f"benchmarks/{name}.jsonl"), format=replace(layout, name=name), most=size)


AIME24 = _benchmark("aime24", aime.LAYOUT, 30)
AIME25 = _benchmark("aime25", aime.LAYOUT, 30)
MATH500 = _benchmark("math500", math500.LAYOUT, 500)
LCB_V5 = _benchmark("livecodebench_v5", livecodebench.LAYOUT)  # August 2024 to January 2025
LCB_V6 = _benchmark("livecodebench_v6", livecodebench.LAYOUT)  # February to April 2025
HUMANEVAL_PLUS = _benchmark("humanevalplus", humanevalplus.LAYOUT, 164)
MBPP_PLUS = _benchmark("mbppplus", mbppplus.LAYOUT, 378)
BENCHMARKS = ("benchmarks/*.jsonl",)  # what no problem may share a run of words with

NUMINAMATH = Source(rows=HubRows("AI-MO/NuminaMath-1.5", "train"), format=numinamath.LAYOUT)
DEEPSCALER = Source(
    rows=HubRows("agentica-org/DeepScaleR-Preview-Dataset", "train"), format=deepscaler.LAYOUT
)
OMNI_MATH = Source(rows=HubRows("KbsdJames/Omni-MATH", "test"), format=omni_math.LAYOUT)
SKYWORK_MATH = Source(rows=HubRows("Skywork/Skywork-OR1-RL-Data", "math"), format=skywork_or1.LAYOUT)
SKYWORK_CODE = Source(rows=HubRows("Skywork/Skywork-OR1-RL-Data", "code"), format=skywork_or1.LAYOUT)
TACO = Source(rows=HubRows("BAAI/TACO", "train"), format=taco.LAYOUT)
APPS = Source(rows=HubRows("codeparrot/apps", "train"), format=apps.LAYOUT)
CODEFORCES = Source(rows=HubRows("open-r1/codeforces", "train"), format=codeforces.LAYOUT)
LEETCODE = Source(rows=HubRows("newfacade/LeetCodeDataset", "train"), format=leetcode.LAYOUT)
LIVECODEBENCH = Source(
    rows=HubRows("livecodebench/code_generation_lite", "test"), format=livecodebench.LAYOUT
)
