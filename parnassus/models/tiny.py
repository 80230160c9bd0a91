"""The built-in model: a Qwen3 of about 0.1 million parameters and its tokenizer, enough to learn to reason on
a CPU.

It is real in kind, not in knowledge: a Hugging Face model and tokenizer that `save_pretrained` and
`AutoModel...` handle like any other, freshly initialised. It knows nothing before warm-up, and its tokenizer
is made for the procedural families of `data/families`: their prompts and answers are tens of tokens instead
of hundreds of characters.

Tokenizer: at each position the longest vocabulary entry that fits. The vocabulary is printable ASCII, newline
and tab, and the phrases below, so ASCII text survives encoding and decoding unchanged. Any other character
becomes the replacement character U+FFFD, which decodes as itself: a loss that can be seen, not a crash and
not a silent gap.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast, Qwen3ForCausalLM

CONTEXT = 1024
WIDTH, LAYERS, HEADS, KEY_VALUE_HEADS, HEAD_WIDTH, HIDDEN = 64, 2, 4, 2, 16, 170

PAD, EOS = "<pad>", "<eos>"
SPECIAL = (PAD, EOS, "<|system|>", "<|user|>", "<|assistant|>")
UNKNOWN = "\ufffd"
CHARACTERS = ("\n", "\t", *map(chr, range(32, 127)))
# Ordinary tokens, so that decoding keeps them.
MARKUP = ("<think>", "</think>", "\\boxed{", "```python\n", "\n```")
PROMPTS = ("calc: ", "sort: ", "solve: ", "code: if ", "code: c=", "; if ", " give ", "; else ")
PYTHON = ("c=", "def f(x,y):\n", " if ", "\n if ", ":return ", " return ", "\n return ")
PHRASES = (
    ("the sum", "x+y"),
    ("the difference", "x-y"),
    ("the product", "x*y"),
    ("the larger", "max(x,y)"),
    ("the smaller", "min(x,y)"),
    ("the gap", "abs(x-y)"),
    ("twice x", "2*x"),
    ("twice y", "2*y"),
    ("x squared", "x*x"),
    ("just y", "y"),
    ("x plus c", "x+c"),
    ("y minus c", "y-c"),
    ("x exceeds y", "x>y"),
    ("x is even", "x%2==0"),
    ("y is odd", "y%2==1"),
    ("y is a multiple of 3", "y%3==0"),
    ("x is a multiple of 3", "x%3==0"),
    ("x is big", "x>8"),
    ("y is small", "y<4"),
    ("x is over c", "x>c"),
    ("x is under c", "x<c"),
    ("y is over c", "y>c"),
    ("y is under c", "y<c"),
)
ORDINARY = tuple(dict.fromkeys((*MARKUP, *PROMPTS, *PYTHON, *(part for pair in PHRASES for part in pair))))
VOCABULARY = (*SPECIAL, UNKNOWN, *ORDINARY, *(c for c in CHARACTERS if c not in ORDINARY))

# A system message first if there is one; an assistant's earlier turns end as its answers do.
TEMPLATE = (
    "{%- for message in messages -%}"
    "{%- if message['role'] not in ('system', 'user', 'assistant') -%}"
    "{{- raise_exception('unknown role ' ~ message['role']) -}}{%- endif -%}"
    "{{- '<|' ~ message['role'] ~ '|>' ~ message['content'] -}}"
    "{%- if message['role'] == 'assistant' -%}{{- '<eos>' -}}{%- endif -%}"
    "{%- endfor -%}"
    "{%- if add_generation_prompt -%}{{- '<|assistant|>' -}}{%- endif -%}"
)


def tiny_tokenizer() -> PreTrainedTokenizerFast:
    """The tokenizer described above, with a chat template; `save_pretrained` writes the whole of it."""
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    # Alternatives are tried in order, so longest first; the last takes any one character left.
    longest_first = sorted((*ORDINARY, *CHARACTERS), key=len, reverse=True)
    pattern = "|".join(re.escape(token) for token in longest_first) + r"|[\s\S]"
    backend = Tokenizer(models.WordLevel({t: i for i, t in enumerate(VOCABULARY)}, unk_token=UNKNOWN))
    backend.pre_tokenizer = pre_tokenizers.Split(Regex(pattern), behavior="isolated")
    backend.decoder = decoders.Fuse()
    # UNKNOWN is not declared here: it would become special, and decoding would leave it out without a trace.
    return PreTrainedTokenizerFast(
        tokenizer_object=backend,
        pad_token=PAD,
        eos_token=EOS,
        additional_special_tokens=list(SPECIAL[2:]),
        chat_template=TEMPLATE,
        clean_up_tokenization_spaces=False,
        model_max_length=CONTEXT,
    )


def tiny_model(seed: int) -> Qwen3ForCausalLM:
    """A fresh model in float32 on the CPU, in evaluation mode; the same seed gives the same weights."""
    import torch
    from transformers import Qwen3Config, Qwen3ForCausalLM

    config = Qwen3Config(
        vocab_size=len(VOCABULARY),
        hidden_size=WIDTH,
        intermediate_size=HIDDEN,
        num_hidden_layers=LAYERS,
        num_attention_heads=HEADS,
        num_key_value_heads=KEY_VALUE_HEADS,
        head_dim=HEAD_WIDTH,
        max_position_embeddings=CONTEXT,
        rope_parameters={"rope_type": "default", "rope_theta": 10_000.0},
        tie_word_embeddings=True,
        pad_token_id=VOCABULARY.index(PAD),
        eos_token_id=VOCABULARY.index(EOS),
        bos_token_id=None,
        dtype="float32",
    )
    with torch.random.fork_rng(devices=[]):  # what is drawn here is overwritten: leave no trace of it
        model = Qwen3ForCausalLM(config)
    _initialise(model, seed)
    return model.eval()


def _initialise(model: Qwen3ForCausalLM, seed: int) -> None:
    """Normal weights that keep the size of activations: 1/sqrt(inputs), and for what is added to the residual
    stream a further 1/sqrt(2 * layers), there being that many additions. The usual 0.02 learns much slower at
    this width."""
    import torch

    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if "embed_tokens" in name:
                weight.normal_(0.0, 0.05, generator=generator)
            elif weight.ndim == 2:
                adds_to_residual = name.endswith(("o_proj.weight", "down_proj.weight"))
                scale = (2 * LAYERS) ** -0.5 if adds_to_residual else 1.0
                weight.normal_(0.0, scale * weight.shape[1] ** -0.5, generator=generator)
