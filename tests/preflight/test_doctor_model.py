"""What the doctor says of a recipe's model: lengths in its tokens, memory, work, or one that is not there."""

from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from doctor_cases import AFTER, JUDGE, STAGE, SUMS, WARM_UP, examined, problem, recipe

from parnassus.algorithms.grpo import grpo
from parnassus.algorithms.losses.penalty import WithKL
from parnassus.algorithms.rewards import Correct, ThinkTags, TrainedScore, Unless
from parnassus.curriculum.changes import Change
from parnassus.engines.embedded import EmbeddedEngine
from parnassus.engines.make import make_engine
from parnassus.errors import ModelError
from parnassus.evaluation.run import Evaluate
from parnassus.models.load import load, save
from parnassus.preflight.data import Given
from parnassus.preflight.finding import Finding, Level
from parnassus.preflight.fitting import check_fitting
from parnassus.preflight.model import Outline, outline
from parnassus.preflight.resources import check_resources, needed
from parnassus.train.rl import RL
from parnassus.train.sft import SFT
from parnassus.types import Demonstration, Message, Problem, Sampling


@pytest.fixture(scope="module")
def tiny() -> Outline:
    return outline("builtin:tiny", 0)


def fitted(tiny: Outline, stage: RL | SFT | Evaluate, given: Given) -> Finding:
    (finding,) = check_fitting(recipe(stage), given, tiny)
    return finding


def long(digits: int) -> Problem:
    return problem(0, id=f"long/{digits}", prompt=(Message("user", "1" * digits),))


def test_prompts_that_are_too_long_are_counted_longest_first(tiny: Outline):
    """A digit is a token of the tiny model; what a chat adds is what an empty prompt has."""
    frame = len(tiny.chat.prompt((Message("user", ""),)))
    given = Given([*SUMS, long(50), long(70), long(60), long(40)])
    found = fitted(tiny, replace(STAGE, prompt_limit=frame + 49), given)
    assert found.level is Level.WARNING  # a run leaves them out
    head, *lines = found.told.splitlines()
    assert head.startswith(f"3 of 10 do not fit; the longest has {frame + 70} tokens; prompt_limit is ")
    assert lines == [f"long/{digits}: {frame + digits} tokens" for digits in (70, 60, 50)]
    assert fitted(tiny, replace(STAGE, prompt_limit=frame + 70), given).level is Level.OK


def test_the_answer_must_fit_beside_the_prompt_at_its_longest(tiny: Outline):
    grows = replace(STAGE, prompt_limit=2000, changes=(Change(when=lambda rows: None, max_tokens=500),))
    frame, given = len(tiny.chat.prompt((Message("user", ""),))), Given([long(530)])
    assert fitted(tiny, replace(STAGE, prompt_limit=2000), given).level is Level.OK
    assert frame + 530 + 500 > tiny.context
    found = fitted(tiny, grows, given)
    assert found.level is Level.ERROR
    assert "an answer may have 500, the context 1,024" in found.told


def test_a_sequence_larger_than_a_micro_batch(tiny: Outline):
    given = Given(SUMS)
    longest = max(len(tiny.chat.prompt(one.prompt)) for one in SUMS) + 8
    assert fitted(tiny, replace(STAGE, tokens_per_batch=longest), given).level is Level.OK
    found = fitted(tiny, replace(STAGE, tokens_per_batch=longest - 1), given)
    assert found.level is Level.WARNING
    assert f"with its answer the longest may have {longest} tokens" in found.told


def test_evaluations_look_at_what_is_held_out(tiny: Outline):
    short = replace(AFTER, prompt_limit=20)
    assert fitted(tiny, short, Given([long(100)], SUMS)).level is Level.OK
    assert fitted(tiny, short, Given(SUMS, [long(100)])).level is Level.ERROR
    assert fitted(tiny, short, Given(SUMS)).level is Level.SKIPPED


def test_an_answer_as_long_as_the_context_is_an_error_without_data(tiny: Outline):
    assert fitted(tiny, replace(STAGE, sampling=Sampling(max_tokens=1024)), Given()).level is Level.ERROR
    assert fitted(tiny, replace(STAGE, sampling=Sampling(max_tokens=1023)), Given()).level is Level.SKIPPED


def test_demonstrations_that_do_not_fit(tiny: Outline):
    def taught(*lengths: int) -> Given:
        return Given(demonstrations=[Demonstration(SUMS[0], "1" * length) for length in lengths])

    frame = len(tiny.chat.prompt(SUMS[0].prompt)) + 1  # the end
    assert fitted(tiny, WARM_UP, taught(1, 1024 - frame)).level is Level.OK
    found = fitted(tiny, WARM_UP, taught(1, 1025 - frame))
    assert found.level is Level.ERROR
    assert found.told.splitlines() == [
        "1 of 2 do not fit a context of 1,024",
        "demonstration 2, of sums/0: 1,025 tokens",
    ]
    found = fitted(tiny, replace(WARM_UP, tokens_per_batch=frame + 9), taught(9, 10, 11))
    assert found.level is Level.WARNING
    assert "2 have more than tokens_per_batch" in found.told


def test_memory_is_what_the_engine_takes_and_the_weights(tiny: Outline):
    """The cache is measured on a real engine; the rest is counted by hand."""
    loaded = load("builtin:tiny", 0, "cpu")
    size, room = sum(p.numel() for p in loaded.model.parameters()), 100 + 3 * 8
    stage = replace(STAGE, prompt_limit=100, max_turns=3)
    engine = make_engine(loaded.model, loaded.chat.stop_ids, room)
    assert isinstance(engine, EmbeddedEngine)
    cells = engine._cache.cells
    cache = cells.numel() * cells.element_size()
    plenty = 2**40
    assert needed(stage, tiny, plenty) == 20 * size + cache
    assert needed(replace(AFTER, prompt_limit=100, max_turns=3), tiny, plenty) == 8 * size + cache
    assert needed(replace(JUDGE, prompt_limit=100, max_turns=3), tiny, plenty) == 24 * size + cache
    row = cache // 256
    assert needed(stage, tiny, 4 * 3 * row + 1) == 20 * size + 3 * row


@pytest.mark.parametrize(
    ("algorithm", "more"),
    [
        (replace(grpo(Correct()), loss=WithKL(grpo(Correct()).loss, 0.1)), 1),
        (grpo(TrainedScore("judge")), 1),
        (grpo(Unless(ThinkTags(), TrainedScore("judge"))), 1),
    ],
)
def test_further_models_take_memory(tiny: Outline, algorithm, more: int):
    plenty = 2**40
    plain = needed(STAGE, tiny, plenty)
    assert needed(replace(STAGE, algorithm=algorithm), tiny, plenty) == plain + 4 * more * tiny.parameters


def test_a_model_that_is_too_large_is_an_error(tiny: Outline):
    huge = replace(tiny, parameters=10**14, multiplied=10**14)
    levels = {f.check: f.level for f in check_resources(recipe(), huge, torch.device("cpu"))}
    assert levels["memory"] is Level.ERROR
    assert levels["time"] is Level.WARNING
    levels = {f.check: f.level for f in check_resources(recipe(), tiny, torch.device("cpu"))}
    assert levels == {"memory": Level.OK, "time": Level.OK}


def test_an_engine_without_room_for_rows_is_told(tiny: Outline):
    config = deepcopy(tiny.config)
    config.num_key_value_heads = 10**7  # a row of 1,032 tokens takes terabytes
    found = {f.check: f for f in check_resources(recipe(), replace(tiny, config=config), torch.device("cpu"))}
    assert found["rows of rl"].level is Level.WARNING
    assert found["rows of rl"].told.startswith("1 at a time: ")


def test_work_is_told_in_tokens(tiny: Outline):
    found = {f.check: f for f in check_resources(recipe(), tiny, torch.device("cpu"))}["time"]
    assert found.told.startswith(
        "at most 1,280 tokens sampled and 1,280 trained, and 10 updates"
    )  # 10 x 2 x 8 x 8


def test_a_model_is_outlined_without_its_weights(tmp_path: Path, tiny: Outline):
    loaded = load("builtin:tiny", 0, "cpu")
    save(loaded.model, loaded.chat.tokenizer, tmp_path)
    for weights in tmp_path.glob("*.safetensors"):
        weights.unlink()
    read = outline(str(tmp_path), 0)
    assert (read.parameters, read.multiplied, read.context) == (tiny.parameters, tiny.multiplied, 1024)
    assert read.chat.prompt(SUMS[0].prompt) == tiny.chat.prompt(SUMS[0].prompt)


def test_an_embedding_that_is_only_looked_up_multiplies_nothing(tmp_path: Path, small_model):
    model = small_model("llama")
    save(model, load("builtin:tiny", 0, "cpu").chat.tokenizer, tmp_path)
    read = outline(str(tmp_path), 0)
    assert read.parameters == sum(p.numel() for p in model.parameters())
    assert read.parameters - read.multiplied == 40 * 32  # vocabulary and width: SMALL in conftest.py


def test_a_model_that_is_not_there(tmp_path: Path):
    with pytest.raises(ModelError, match="model "):
        outline(str(tmp_path), 0)
    found = examined(None, replace(recipe(), model=str(tmp_path)))
    assert found["model"].level is Level.ERROR
    assert "memory" not in found


def test_a_device_that_is_not_there():
    found = examined(None, recipe(), device="cuda:99")
    assert found["device"].level is Level.ERROR
    assert "time" not in found
