"""A curation stage all of whose models are stand-ins, from families to demonstrations."""

import asyncio
from pathlib import Path
from statistics import fmean

from parnassus.curation.stage import Curate, Curated, Pool, curate_stage
from parnassus.data.drawing import Generated
from parnassus.data.families.guards import Guards, read_task
from parnassus.data.families.spoiled import Spoiled
from parnassus.enrich.asking import Agent
from parnassus.enrich.distill import Distill
from parnassus.enrich.made import Means
from parnassus.enrich.pass_rate import PassRate
from parnassus.enrich.stand_ins import Judge, Teacher, TestWriter
from parnassus.enrich.synthesize_tests import SynthesizeTests
from parnassus.enrich.votes import Votes
from parnassus.sandbox.make import make_sandbox
from parnassus.types import AssertTests, Sampling

SAMPLING = Sampling(64)
EXACT, NOISY = Guards((1, 1), noise=0), Guards(noise=0.2)
STEPS = (
    Votes((Agent("llama", "llama"), Agent("qwen", "qwen")), votes=16, keep=9, sampling=SAMPLING),
    SynthesizeTests(),
    PassRate(4, SAMPLING, (Agent("r1", "r1"),)),
    Distill(2, SAMPLING),
)
MODELS = {
    "llama": Judge((EXACT,), 0.95),
    "qwen": Judge((EXACT,), 0.9),
    "writer": TestWriter(tests=8, wrong=0.1),
    "oracle": Teacher((EXACT,)),
    "r1": Teacher((NOISY,)),
    "teacher": Teacher((NOISY,)),
}


class Nobody:
    def __getattr__(self, name):
        return lambda *_: None


def curated(out: Path) -> Curated:
    """Programs of which a third is spoiled."""
    raw = Generated(family=Spoiled(EXACT, 0.33), train=20, held_out=10, name="raw")
    stage = Curate(sources=(raw,), steps=STEPS)

    async def do() -> Curated:
        async with make_sandbox(2) as sandbox:
            return await curate_stage(stage, 0, Pool(), out, Means(MODELS, sandbox), 1, Nobody())

    return asyncio.run(do())


def test_a_curation_of_them_all_comes_out_the_same_twice(tmp_path: Path):
    first, second = curated(tmp_path / "a"), curated(tmp_path / "b")
    assert first == second
    pool, counts = first.pool, first.counts["raw"]
    lost = counts["too few votes"], counts.get("too few tests left", 0)
    assert 1 <= lost[0] <= 14  # a third is spoiled: 4 standard errors; none of these gets 9 votes of 32
    assert lost[1] <= 2  # 1 in 200 keeps fewer than 5 of its 8 tests
    assert counts["train"] == len(pool.train) == 20 - sum(lost)
    assert len(pool.held_out) == 10
    assert all(read_task(problem.prompt[0].content) for problem in pool.held_out), "nothing is spoiled there"
    assert {problem.source for problem in pool.train} == {"raw"}
    for problem in pool.train:
        assert isinstance(problem.reference, AssertTests)
        assert problem.stats.keys() >= {"tests_kept", "pass_rate", "teacher_pass_rate", "response_tokens"}
    assert 0.2 < fmean(problem.stats["pass_rate"] for problem in pool.train) < 0.9
    assert len(pool.demonstrations) == 2 * len(pool.train)
    assert {demonstration.correct for demonstration in pool.demonstrations} == {True, False}
