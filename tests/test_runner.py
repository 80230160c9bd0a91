"""The stage engine on a small recipe: what it leaves on disk, that it continues, refuses, and repeats itself
exactly."""

import json
from dataclasses import dataclass, replace

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from parnassus.algorithms.grpo import grpo, published
from parnassus.algorithms.rewards import Correct, PassRate
from parnassus.curation.stage import Curate
from parnassus.curriculum.mixture import Mixture
from parnassus.data.drawing import Generated
from parnassus.data.families.chain import Chain
from parnassus.data.families.guards import Guards
from parnassus.data.families.sort import Sort
from parnassus.errors import ConfigError, DeviceError, ModelError, RunDirError
from parnassus.evaluation.run import Evaluate
from parnassus.models.load import load, save
from parnassus.recipes.recipe import Recipe
from parnassus.rundir.directory import RunDir, read_run
from parnassus.runner import run
from parnassus.train.optimizer import AdamW
from parnassus.train.rl import RL
from parnassus.train.sft import SFT
from parnassus.types import Sampling, Trajectory, Verdict

SHORT = Sampling(max_tokens=40)


def recipe(**changes) -> Recipe:
    small = Recipe(
        name="small",
        summary="for tests",
        model="builtin:tiny",
        seed=3,
        stages=(
            Curate(
                sources=(
                    Generated(family=Chain((1, 1), noise=0.3), train=60, held_out=20, demonstrations=400),
                    Generated(family=Guards((1, 1)), train=20, held_out=8, demonstrations=200),
                )
            ),
            SFT(name="warm-up", steps=60, batch=32, optimizer=AdamW(learning_rate=6e-3, warmup=5)),
            RL(
                name="rl",
                steps=3,
                prompts=6,
                group_size=4,
                curriculum=Mixture((("chain", 2.0), ("guards", 1.0))),
                algorithm=grpo(PassRate()),
                sampling=SHORT,
                optimizer=AdamW(learning_rate=1e-3),
            ),
            Evaluate(name="after", samples=2, sampling=SHORT),
        ),
    )
    return replace(small, **changes)


@dataclass(frozen=True)
class Brief:
    """A reward that a model without any skill can tell apart: fewer tokens are better."""

    def __call__(self, trajectory: Trajectory, verdict: Verdict) -> float:
        return -trajectory.num_sampled / 10


class Watcher:
    """Notes the names of the stages that began and that were skipped; can interrupt at a row."""

    def __init__(self, stop_at: tuple[str, int] | None = None):
        self.began, self.skipped, self.rows, self.notes, self.stop_at = [], [], [], [], stop_at

    def begin_stage(self, name, kind, steps):
        self.began.append(name)

    def skip_stage(self, done):
        self.skipped.append(done.stage)

    def row(self, row):
        self.rows.append(row)
        if (row["stage"], row["step"]) == self.stop_at:
            raise KeyboardInterrupt

    def end_stage(self, done): ...

    def note(self, text):
        self.notes.append(text)


def numbers(directory: RunDir) -> list[dict]:
    """Everything that was measured, without what differs from run to run: the time."""
    timing = ("seconds", "cpu_seconds", "elapsed")
    return [{k: v for k, v in row.items() if k not in timing} for row in directory.metrics()]


@pytest.fixture(scope="module")
def done(tmp_path_factory) -> RunDir:
    return run(recipe(), tmp_path_factory.mktemp("runs") / "small", Watcher())


def test_every_stage_leaves_its_traces(done):
    assert list(done.finished()) == ["curate", "warm-up", "rl", "after"]
    assert [(r["stage"], r["step"]) for r in done.metrics() if r["kind"] == "rl"] == [
        ("rl", 1),
        ("rl", 2),
        ("rl", 3),
    ]
    assert len(done.problems("train")) == 80
    assert done.rollout_steps("rl") == [1, 2, 3]
    assert (done.path / "report.html").stat().st_size > 10_000
    domains = {(r["domain"], r["source"]): r["estimate"] for r in done.evaluation("after", dict)}
    assert set(domains) == {("math", None), ("math", "chain"), ("code", None), ("code", "guards")}
    assert (domains["math", None]["problems"], domains["math", None]["samples"]) == (20, 2)


def test_rollouts_hold_what_was_sampled_and_how_it_was_judged(done):
    rows = {r["step"]: r for r in done.metrics() if r["stage"] == "rl"}
    for step in done.rollout_steps("rl"):
        members = [m for group in done.rollouts("rl", step) for m in group.members]
        assert len(members) == 24
        assert sum(m.reward for m in members) / 24 == pytest.approx(rows[step]["reward"])
        assert sum(m.trajectory.num_sampled for m in members) == rows[step]["tokens"]
        assert all(m.trajectory.policy_version == step - 1 for m in members)


def test_sampled_log_probabilities_are_those_of_the_saved_model(done):
    model = AutoModelForCausalLM.from_pretrained(done.checkpoint("warm-up")).eval()
    for group in done.rollouts("rl", 1):
        for member in group.members:
            t = member.trajectory
            tokens = torch.tensor([t.tokens])
            with torch.no_grad():
                logp = model(tokens).logits[0, :-1].log_softmax(-1).gather(-1, tokens[0, 1:, None])[:, 0]
            mask = torch.tensor(t.mask)
            torch.testing.assert_close(logp[mask[1:]], torch.tensor(t.logprobs)[mask], atol=1e-4, rtol=0)


def test_a_checkpoint_is_an_ordinary_hugging_face_directory(done):
    folder = done.checkpoint("rl")
    assert not list(folder.glob("*.bin"))
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder)
    text = tokenizer.apply_chat_template(
        [{"role": "user", "content": "calc: 1+1="}], add_generation_prompt=True, tokenize=False
    )
    output = model.generate(
        **tokenizer(text, return_tensors="pt", return_token_type_ids=False), max_new_tokens=4
    )
    assert output.shape[1] > 4


def test_the_same_command_again_redoes_nothing(done):
    watcher, before = Watcher(), (done.path / "metrics.jsonl").read_bytes()
    run(recipe(), done.path, watcher)
    assert watcher.began == []
    assert watcher.skipped == ["curate", "warm-up", "rl", "after"]
    assert (done.path / "metrics.jsonl").read_bytes() == before


def test_an_interrupted_run_continues_to_the_same_numbers(done, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        run(recipe(), tmp_path, Watcher(stop_at=("rl", 2)))
    assert list(read_run(tmp_path).finished()) == ["curate", "warm-up"]
    watcher = Watcher()
    again = run(recipe(), tmp_path, watcher)
    assert watcher.began == ["rl", "after"]
    assert numbers(again) == numbers(done)


@pytest.mark.parametrize("stop_at", [("warm-up", 30), ("rl", 3)])
def test_a_stage_goes_on_at_its_last_snapshot(done, tmp_path, stop_at):
    with pytest.raises(KeyboardInterrupt):
        run(recipe(), tmp_path, Watcher(stop_at=stop_at), snapshot_seconds=0.0)
    watcher = Watcher()
    again = run(recipe(), tmp_path, watcher)
    assert (watcher.rows[0]["stage"], watcher.rows[0]["step"]) == stop_at  # which was not yet in a snapshot
    assert numbers(again) == numbers(done)
    assert again.visits() == done.visits()
    weights = [run.checkpoint("rl") / "model.safetensors" for run in (again, done)]
    assert weights[0].read_bytes() == weights[1].read_bytes()
    assert not (tmp_path / "snapshots/rl").exists()


def test_another_seed_gives_other_numbers(done, tmp_path):
    other = recipe(seed=4)
    with pytest.raises(RunDirError, match=r"seed: 3 -> 4"):
        run(other, done.path, Watcher())
    with pytest.raises(KeyboardInterrupt):
        run(other, tmp_path, Watcher(stop_at=("warm-up", 1)))
    assert numbers(read_run(tmp_path))[1] != numbers(done)[1]


def test_what_contradicts_itself_is_refused_before_anything_is_written(tmp_path):
    curate, *rest = recipe().stages
    with pytest.raises(ConfigError, match="two stages named 'rl'"):
        run(recipe(stages=(curate, *rest, rest[1])), tmp_path / "a", Watcher())
    with pytest.raises(ConfigError, match="must begin with a stage that curates"):
        run(recipe(stages=tuple(rest)), tmp_path / "b", Watcher())
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("model", "device"), [("/no/such/place", "cpu"), ("builtin:tiny", "abacus")])
def test_a_model_or_device_that_is_not_there_leaves_nothing_behind(tmp_path, model, device):
    with pytest.raises((ModelError, DeviceError)):
        run(recipe(model=model), tmp_path / "run", Watcher(), device=device)
    assert not list(tmp_path.iterdir())


def test_a_stage_that_could_learn_from_nothing_says_so(tmp_path):
    """An untrained model is never right: every group is refused."""
    curate, _, rl, _ = recipe().stages
    watcher = Watcher()
    done = run(recipe(stages=(curate, replace(rl, steps=2, algorithm=grpo(Correct())))), tmp_path, watcher)
    assert done.finished()["rl"].reason == "all 2 steps done, no update: every group was refused"
    assert watcher.notes[1:] == ["rl changed nothing: no group could teach the policy anything"]
    start, end = load("builtin:tiny", 3, "cpu").model, load(str(done.checkpoint("rl")), 3, "cpu").model
    assert all(torch.equal(p, q) for p, q in zip(start.parameters(), end.parameters(), strict=True))


@pytest.mark.parametrize("name", ["../escape", "a/b", "", ".hidden"])
def test_a_stage_name_is_no_path(tmp_path, name):
    curate, sft, *_ = recipe().stages
    with pytest.raises(ConfigError, match="a stage named"):
        run(recipe(stages=(curate, replace(sft, name=name))), tmp_path / "run", Watcher())


def test_a_reference_and_another_architecture_take_the_same_road(tmp_path):
    """GPT-2 has no lean forward and the published GRPO reads a reference: both generic roads in one short
    run."""
    from transformers import GPT2Config, GPT2LMHeadModel

    from parnassus.models.tiny import VOCABULARY, tiny_tokenizer

    torch.manual_seed(0)
    end = VOCABULARY.index("<eos>")
    size = {"vocab_size": len(VOCABULARY), "n_positions": 256, "n_embd": 32, "n_layer": 1, "n_head": 2}
    config = GPT2Config(**size, eos_token_id=end, bos_token_id=end)
    save(GPT2LMHeadModel(config), tiny_tokenizer(), tmp_path / "gpt2")
    curate, sft, rl, _ = recipe().stages
    stages = (
        curate,
        replace(sft, steps=2),
        replace(rl, steps=2, prompt_limit=64, algorithm=published(Brief())),
    )
    done = run(recipe(stages=stages, model=str(tmp_path / "gpt2")), tmp_path / "run", Watcher())
    first, second = (row for row in done.metrics() if row["stage"] == "rl")
    assert first["reference_kl"] == pytest.approx(0, abs=1e-6)
    assert second["reference_kl"] > 0
    assert first["sampler_gap"] < 1e-4


@pytest.mark.slow
def test_reinforcement_learning_makes_a_noisy_imitator_reliable(tmp_path):
    curate, sft, rl, after = recipe().stages
    family = Sort(digits=(2, 3), noise=0.3)
    curate = Curate(sources=(Generated(family=family, train=200, held_out=50, demonstrations=1500),))
    stages = (
        curate,
        replace(sft, steps=250, batch=48, optimizer=AdamW(learning_rate=6e-3, warmup=20, final=0.1)),
        replace(after, name="before", samples=8),
        replace(
            rl,
            steps=12,
            prompts=24,
            group_size=8,
            curriculum=Mixture((("sort", 1.0),)),
            algorithm=grpo(Correct()),
        ),
        replace(after, samples=8),
    )
    done = run(recipe(stages=stages), tmp_path, Watcher())
    before, after_rl = (
        json.loads((done.path / "evaluations" / f"{s}.json").read_bytes()) for s in ("before", "after")
    )
    assert before[0]["estimate"]["high"] < after_rl[0]["estimate"]["low"]
