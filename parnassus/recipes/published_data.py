"""The published sets that recipes read at their papers' scale, each under the name that the recipes use.

Sets of the hub are streamed. Benchmarks are files in `benchmarks/`, in JSON lines: curations look into them
word by word, and a run that evaluates must not depend on a network. Where each is published:
docs/sources.md.
"""

from dataclasses import replace

from parnassus.curation.pipeline import Source
from parnassus.data.filters.bounds import Bounds
from parnassus.data.reading.files import Files
from parnassus.data.reading.hub import HubRows
from parnassus.data.reading.layout import Chosen, Layout
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
    question_answer,
    skywork_or1,
    taco,
)


def _benchmark(name: str, layout: Layout, size: int, link: str = "") -> Source:
    named = replace(layout, name=name, link=link or layout.link)
    return Source(rows=Files(f"benchmarks/{name}.jsonl"), format=named, most=size)


def _livecodebench(pattern: str, name: str, first: int, last: int, size: int | None) -> Source:
    """The problems of contests from `first` to `last`, as in 20240131."""
    layout = replace(livecodebench.LAYOUT, name=name)
    dated = Chosen(layout, (Bounds("date", least=first, most=last),))
    return Source(rows=Files(pattern), format=dated, most=size)


_HUB = "https://huggingface.co/datasets"
AIME24 = _benchmark("aime24", aime.LAYOUT, 30, f"{_HUB}/HuggingFaceH4/aime_2024")
AIME25 = _benchmark("aime25", aime.LAYOUT, 30, f"{_HUB}/math-ai/aime25")
HMMT25 = _benchmark("hmmt25", question_answer.LAYOUT, 30, f"{_HUB}/MathArena/hmmt_feb_2025")
MATH500 = _benchmark("math500", math500.LAYOUT, 500)
LCB_V5 = _livecodebench("benchmarks/livecodebench_v5.jsonl", "livecodebench_v5", 20240801, 20250131, 279)
LCB_V6 = _livecodebench("benchmarks/livecodebench_v6.jsonl", "livecodebench_v6", 20250201, 20250430, 175)
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
LIVECODEBENCH_TRAIN = _livecodebench("livecodebench/*.jsonl", "livecodebench", 20230501, 20240731, None)
