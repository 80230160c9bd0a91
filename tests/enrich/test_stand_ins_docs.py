"""The example of docs/enrich.md without a large model does what is said of it."""

import re
from pathlib import Path

from scripted import wait

from parnassus.data.drawing import draw
from parnassus.enrich.job import enrich
from parnassus.enrich.made import Means
from parnassus.sandbox.make import make_sandbox

PAGE = (Path(__file__).parents[2] / "docs" / "enrich.md").read_text()


def test_the_example_runs(tmp_path: Path):
    _, code = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert max(map(len, code.splitlines())) <= 110
    names: dict = {}
    exec(code, names)
    raw = draw([names["RAW"]], (), 0).train

    async def enriched() -> list[list]:
        async with make_sandbox(2) as sandbox:
            means, items, left = Means(names["MODELS"], sandbox), [], raw
            for number, step in enumerate(names["STEPS"]):
                items.append(list(await enrich(left, step, means, tmp_path / f"{number}")))
                left = [item.problem for item in items[-1] if not item.reason]
        return items

    voted, written = wait(enriched())
    assert len(voted) == 20 == len({item.id for item in voted})
    assert {item.problem.source for item in written} == {"raw"}
    votes = sorted(item.problem.stats["votes"] for item in voted)
    assert 0 < votes[0] < 14
    assert 18 < votes[-1] <= 32  # 6 and 26 are the means
    kept = [item.problem.stats["tests_kept"] for item in written if not item.reason]
    assert 13 < sum(kept) / len(kept) < 19
    assert {item.reason for item in written} <= {"", "unreadable rewrite: no JSON"}  # what a judge let pass
