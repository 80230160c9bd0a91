"""Loading and saving with real files; each broken directory is a good one with one thing taken away."""

import json
import logging
import subprocess
import sys
from pathlib import Path

import pytest
import torch
import transformers.utils.logging as chatter
from huggingface_hub.utils import logging as hub
from transformers import AutoModelForCausalLM, AutoTokenizer

from parnassus.errors import DeviceError, ModelError
from parnassus.models.load import BUILTIN, find_device, load, save
from parnassus.types import Message

PROMPT = [Message("user", "calc: 1+2=")]


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    made = load(BUILTIN, 0, "cpu")
    save(made.model, made.chat.tokenizer, tmp_path / "model")
    return tmp_path / "model"


def change_config(directory: Path, **changes) -> None:
    path = directory / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def logits(model) -> torch.Tensor:
    return model(torch.tensor([[3, 20, 30, 40]])).logits


def test_the_builtin_model_is_ready():
    made = load(BUILTIN, 3, "cpu")
    assert not made.model.training
    assert made.chat.prompt(PROMPT)[-1] == made.chat.tokenizer.convert_tokens_to_ids("<|assistant|>")
    assert torch.equal(logits(made.model), logits(load(BUILTIN, 3, "cpu").model))
    assert not torch.equal(logits(made.model), logits(load(BUILTIN, 4, "cpu").model))


def test_what_is_saved_comes_back(directory):
    made, back = load(BUILTIN, 0, "cpu"), load(str(directory), 5, "cpu")
    assert torch.equal(logits(made.model), logits(back.model))
    assert back.chat.prompt(PROMPT) == made.chat.prompt(PROMPT)
    assert back.chat.stop_ids == made.chat.stop_ids
    assert back.chat.decode(made.chat.encode("<think>é\n")) == "<think>\ufffd\n"
    assert not back.model.training
    assert {p.dtype for p in back.model.parameters()} == {torch.float32}
    assert back.model.lm_head.weight is back.model.model.embed_tokens.weight


def test_others_can_read_what_is_saved(directory):
    made = load(BUILTIN, 0, "cpu")
    model, tokenizer = (
        AutoModelForCausalLM.from_pretrained(directory),
        AutoTokenizer.from_pretrained(directory),
    )
    assert torch.equal(logits(model), logits(made.model))
    assert tokenizer.encode("code: if x>y") == list(made.chat.encode("code: if x>y"))
    assert not list(directory.glob("*.bin"))


def test_saving_again_overwrites(directory):
    other = load(BUILTIN, 9, "cpu")
    save(other.model, other.chat.tokenizer, directory)
    assert torch.equal(logits(load(str(directory), 0, "cpu").model), logits(other.model))


def test_half_precision_files_come_as_float32(directory):
    made = load(BUILTIN, 0, "cpu")
    save(made.model.to(torch.bfloat16), made.chat.tokenizer, directory)
    assert {p.dtype for p in load(str(directory), 0, "cpu").model.parameters()} == {torch.float32}


def test_stop_ids_of_the_generation_config_count(directory):
    path = directory / "generation_config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"eos_token_id": [1, 4]}))
    assert load(str(directory), 0, "cpu").chat.stop_ids == {1, 4}


def remove(*names: str):
    return lambda directory: [(directory / name).unlink() for name in names]


def to_pickle(directory: Path) -> None:
    (directory / "model.safetensors").rename(directory / "pytorch_model.bin")


def cut(directory: Path) -> None:
    path = directory / "model.safetensors"
    path.write_bytes(path.read_bytes()[:1000])


def drop_tokens(directory: Path) -> None:
    change_config(directory, vocab_size=100)
    small = AutoModelForCausalLM.from_pretrained(directory, ignore_mismatched_sizes=True)
    small.save_pretrained(directory)


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (remove("config.json"), "has no config.json"),
        (lambda d: (d / "config.json").write_text("{"), "cannot read its config.json: .*not a valid JSON"),
        (lambda d: change_config(d, model_type="nonesuch"), "cannot read its config.json: .*nonesuch"),
        (
            lambda d: change_config(d, model_type="t5", architectures=["T5ForConditionalGeneration"]),
            "is T5ForConditionalGeneration of type t5; wanted a causal language model",
        ),
        (
            lambda d: change_config(d, architectures=["Qwen3ForSequenceClassification"]),
            "is Qwen3ForSequenceClassification .*causal language model, Qwen3ForCausalLM",
        ),
        (remove("chat_template.jinja"), "no chat template"),
        (remove("tokenizer.json", "tokenizer_config.json", "chat_template.jinja"), "tokenizer"),
        (remove("tokenizer.json", "tokenizer_config.json"), "tokenizer knows no words"),
        (remove("model.safetensors"), "has no weights; wanted .*safetensors"),
        (to_pickle, r"weights only as \['pytorch_model.bin'\], which can run code"),
        (cut, "cannot read its weights: .*header"),
        # What is cheap to find out is found out before the weights are read.
        (lambda d: [cut(d), (d / "chat_template.jinja").unlink()], "no chat template"),
        (
            lambda d: change_config(d, num_hidden_layers=3, layer_types=["full_attention"] * 3),
            r"11 weights are not in its files, the first model.layers.2.input_layernorm",
        ),
        (
            lambda d: change_config(d, intermediate_size=180),
            r"6 weights have another shape .*down_proj.weight: \(64, 170\) instead of \(64, 180\)",
        ),
        (drop_tokens, "tokenizer has 168 tokens but the model only 100 embeddings"),
    ],
)
@pytest.mark.filterwarnings("ignore")  # of the damaging itself, where it loads and saves
def test_a_damaged_directory_is_refused_by_what_is_wrong(directory, damage, says):
    damage(directory)
    with pytest.raises(ModelError, match=says) as caught:
        load(str(directory), 0, "cpu")
    assert str(directory) in str(caught.value)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("/no/such/place", "no such directory"),
        ("./runs/mine/model", "no such directory"),
        ("builtin:small", "needs no files is builtin:tiny"),
        ("", "has no config.json"),  # the working directory
        (__file__, "is a file; give the directory"),
    ],
)
def test_a_name_that_is_nothing(name, says):
    with pytest.raises(ModelError, match=says):
        load(name, 0, "cpu")


def test_a_hub_id_out_of_reach_asks_whether_one_is_offline():
    script = (
        "from parnassus.errors import ModelError\nfrom parnassus.models.load import load\n"
        "try: load('no-such-organisation/no-such-model', 0, 'cpu')\n"
        "except ModelError as error: print(error)\n"
    )
    environment = {"HF_HUB_OFFLINE": "1", "PATH": "", "PYTHONPATH": ":".join(filter(None, sys.path))}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True)
    assert "model no-such-organisation/no-such-model: cannot read its config.json" in done.stdout
    assert "is this machine offline, or the name misspelt?" in done.stdout
    assert done.stderr == ""


def test_devices():
    assert find_device("cpu") == torch.device("cpu")
    for name in ("meta", "gpu", "cuda:99", "", "CPU"):
        with pytest.raises(DeviceError, match=rf"device '{name}' is not on this machine; choose one of: cpu"):
            find_device(name)


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has the device")
def test_an_absent_device_is_refused_before_anything_is_read():
    with pytest.raises(DeviceError, match="'cuda' is not on this machine"):
        load("/no/such/place", 0, "cuda")


def test_loading_and_saving_are_silent_and_restore_what_they_silence(directory, capfd):
    before = chatter.get_verbosity()
    chatter.set_verbosity_info()
    chatter.enable_progress_bar()
    hub.set_verbosity_info()
    try:
        made = load(str(directory), 0, "cpu")
        save(made.model, made.chat.tokenizer, directory)
        assert chatter.get_verbosity() == hub.get_verbosity() == logging.INFO
        assert chatter.is_progress_bar_enabled()
    finally:
        chatter.set_verbosity(before)
        hub.set_verbosity_warning()
    assert capfd.readouterr() == ("", "")
