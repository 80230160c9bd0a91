import random

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from parnassus.data.families import chain, guards, guards_chain, lin, sort
from parnassus.data.families.clauses import WITH_CONSTANT
from parnassus.models.tiny import CONTEXT, SPECIAL, UNKNOWN, VOCABULARY, tiny_model, tiny_tokenizer
from parnassus.text.chat import Chat

TOKENIZER = tiny_tokenizer()
CHAT = Chat(TOKENIZER)
FAMILIES = [module.EXAMPLE for module in (chain, guards, guards_chain, lin, sort)]
# Text that spells a special token becomes that token: documented, and not what these properties are about.
printable = st.text(st.sampled_from([*map(chr, range(32, 127)), "\n", "\t"])).filter(
    lambda text: not any(special in text for special in SPECIAL)
)
fragments = st.lists(st.sampled_from(VOCABULARY[len(SPECIAL) + 1 :])).map("".join)


@given(printable | fragments)
def test_ascii_survives(text):
    assert CHAT.decode(CHAT.encode(text)) == text


@given(fragments)
def test_encoding_takes_the_longest_token_that_fits(text):
    ordinary = [token for token in VOCABULARY if token not in SPECIAL]
    expected, at = [], 0
    while at < len(text):
        token = max((t for t in ordinary if text.startswith(t, at)), key=len)
        expected.append(VOCABULARY.index(token))
        at += len(token)
    assert list(CHAT.encode(text)) == expected


@given(st.text(st.characters(min_codepoint=127, exclude_categories=("Cs",)), min_size=1))
def test_other_characters_are_seen_to_be_lost(text):
    assert CHAT.decode(CHAT.encode(f"a{text}b")) == "a" + UNKNOWN * len(text) + "b"


@pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f.name)
def test_the_families_survive_and_stay_short(family):
    rng = random.Random(0)
    drawn = [family(rng) for _ in range(300)]
    prompts = [CHAT.prompt(d.problem.prompt) for d in drawn]
    responses = [CHAT.encode(d.response) for d in drawn]
    unknown = VOCABULARY.index(UNKNOWN)
    for demonstration, prompt, response in zip(drawn, prompts, responses, strict=True):
        assert CHAT.decode(prompt) == demonstration.problem.prompt[0].content
        assert CHAT.decode(response) == demonstration.response
        assert unknown not in (*prompt, *response)
    assert max(map(len, prompts)) <= 22
    assert max(map(len, responses)) <= 34


@pytest.mark.parametrize(
    "phrase", [*WITH_CONSTANT.conditions, *WITH_CONSTANT.expressions], ids=lambda p: p.words
)
def test_each_phrase_of_the_code_families_is_one_token(phrase):
    assert len(CHAT.encode(phrase.words)) == 1
    assert len(CHAT.encode(phrase.code)) == 1


def test_special_tokens_are_apart():
    assert CHAT.decode(range(len(VOCABULARY))) == "".join(VOCABULARY[len(SPECIAL) :])
    assert len(TOKENIZER) == len(VOCABULARY) == len(set(VOCABULARY))
    assert (TOKENIZER.pad_token_id, TOKENIZER.eos_token_id) == (0, 1)


def test_the_model_is_small_and_its_seed_decides():
    one, same, other = tiny_model(0), tiny_model(0), tiny_model(1)
    # Embeddings; a layer: q 64*64, k and v 2*64*32, o 64*64; feed-forward 3*64*170; norms 2*(64 + 16); 64.
    assert sum(p.numel() for p in one.parameters()) == 168 * 64 + 2 * (12288 + 32640 + 160) + 64
    pairs = list(zip(one.parameters(), same.parameters(), strict=True))
    assert all(torch.equal(a, b) for a, b in pairs)
    assert not torch.equal(one.model.embed_tokens.weight, other.model.embed_tokens.weight)
    assert one.lm_head.weight is one.model.embed_tokens.weight
    assert one.config.max_position_embeddings == CONTEXT
    assert not one.training


def test_the_seed_of_others_is_left_alone():
    torch.manual_seed(0)
    expected = torch.rand(3)
    torch.manual_seed(0)
    state = torch.get_rng_state()
    tiny_model(7)
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.equal(torch.rand(3), expected)


def test_initial_weights_have_the_size_intended():
    model = tiny_model(0)
    layer = model.model.layers[0]
    for weight, scale in (
        (model.model.embed_tokens.weight, 0.05),
        (layer.self_attn.q_proj.weight, 64**-0.5),
        (layer.self_attn.o_proj.weight, 64**-0.5 / 2),
        (layer.mlp.up_proj.weight, 64**-0.5),
        (layer.mlp.down_proj.weight, 170**-0.5 / 2),
    ):
        assert weight.std().item() == pytest.approx(scale, rel=0.05)
    assert torch.equal(layer.input_layernorm.weight, torch.ones(64))


def test_a_fresh_model_is_nearly_indifferent():
    logits = tiny_model(0)(torch.tensor([CHAT.encode("calc: 1+2=")])).logits
    entropy = torch.distributions.Categorical(logits=logits[0, -1]).entropy().item()
    assert entropy > 0.97 * torch.log(torch.tensor(float(len(VOCABULARY)))).item()
