"""The first example of docs/enrich.md does what it says; of the second: test_stand_ins_docs.py."""

import re
from pathlib import Path

from model_server import ModelServer
from scripted import problem, wait

PAGE = (Path(__file__).parents[2] / "docs" / "enrich.md").read_text()


def test_the_example_runs(tmp_path: Path, capsys):
    code, _ = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    problems = [problem(f"{number}") for number in range(3)]
    with ModelServer(lambda asked: r"\boxed{2}" if asked["seed"] % 2 else r"\boxed{3}") as server:
        names: dict = {}
        exec(code.replace("http://10.0.0.7:8000", server.url), names)
        results = wait(names["pass_rates"](problems, tmp_path))
    assert {asked["model"] for asked in server.asked} == {"Qwen/Qwen3-8B"}
    odd = [
        sum(a["seed"] % 2 for a in server.asked if a["messages"][0]["content"] == f"{number}")
        for number in range(3)
    ]
    assert [item.problem.stats["pass_rate"] for item in results] == [count / 16 for count in odd]
    assert "at most 0.0 h" in capsys.readouterr().out
    assert (tmp_path / "enriched.jsonl").read_text().count("\n") == 3
    assert len(list((tmp_path / "replies").iterdir())) == 1
