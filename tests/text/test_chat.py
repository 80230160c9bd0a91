import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers.processors import TemplateProcessing

from parnassus.errors import ModelError
from parnassus.models.tiny import tiny_tokenizer
from parnassus.text.chat import Chat
from parnassus.types import Message

TOKENIZER = tiny_tokenizer()
CHAT = Chat(TOKENIZER)
words = st.text(st.characters(min_codepoint=32, max_codepoint=126))


def ids(*tokens: str) -> tuple[int, ...]:
    return tuple(TOKENIZER.convert_tokens_to_ids(list(tokens)))


def test_a_prompt_ends_where_the_model_begins():
    prompt = CHAT.prompt([Message("user", "calc: 1+2=")])
    assert prompt == ids("<|user|>", "calc: ", "1", "+", "2", "=", "<|assistant|>")
    assert CHAT.prompt([Message("user", " a\n")]) == ids("<|user|>", " ", "a", "\n", "<|assistant|>")


def test_earlier_turns_end_as_answers_do():
    messages = [Message("system", "s"), Message("user", "u"), Message("assistant", "a"), Message("user", "v")]
    expected = ids("<|system|>", "s", "<|user|>", "u", "<|assistant|>", "a", "<eos>", "<|user|>", "v")
    assert CHAT.prompt(messages) == (*expected, *ids("<|assistant|>"))


@given(st.lists(st.tuples(st.sampled_from(("system", "user", "assistant")), words), min_size=1, max_size=3))
def test_a_prompt_is_what_the_tokenizer_itself_makes_of_it(turns):
    messages = [Message(role, content) for role, content in turns]
    expected = TOKENIZER.apply_chat_template(
        [{"role": role, "content": content} for role, content in turns],
        add_generation_prompt=True,
        return_dict=False,
    )
    assert list(CHAT.prompt(messages)) == expected
    assert CHAT.prompt(messages) == CHAT.prompt(tuple(messages))


def test_encoding_adds_nothing_and_decoding_keeps_the_thinking():
    encoded = CHAT.encode("<think>1</think>2")
    assert encoded == ids("<think>", "1", "</think>", "2")
    assert CHAT.decode((*encoded, CHAT.end)) == "<think>1</think>2"


def test_a_tokenizer_that_marks_beginnings_is_kept_from_it():
    tokenizer = tiny_tokenizer()
    tokenizer.backend_tokenizer.post_processor = TemplateProcessing("<pad> $A", special_tokens=[("<pad>", 0)])
    assert tokenizer.encode("1")[0] == 0
    assert Chat(tokenizer).encode("1") == ids("1")
    assert Chat(tokenizer).prompt([Message("user", "1")]) == ids("<|user|>", "1", "<|assistant|>")


def test_where_answers_stop():
    assert CHAT.end == TOKENIZER.eos_token_id
    assert CHAT.stop_ids == {TOKENIZER.eos_token_id}
    assert Chat(TOKENIZER, also_stop=(7, 9)).stop_ids == {TOKENIZER.eos_token_id, 7, 9}


def test_messages_that_the_template_refuses():
    with pytest.raises(ModelError, match=r"refuses messages of roles \['user', 'tool'\]: unknown role tool"):
        CHAT.prompt([Message("user", "a"), Message("tool", "b")])


def test_a_tokenizer_without_a_template_is_refused():
    tokenizer = tiny_tokenizer()
    tokenizer.chat_template = None
    with pytest.raises(ModelError, match=r"no chat template.*use the instruct version"):
        Chat(tokenizer)


def test_a_tokenizer_without_an_end_is_refused():
    tokenizer = tiny_tokenizer()
    tokenizer.eos_token = None
    with pytest.raises(ModelError, match=r"no end-of-sequence token.*set tokenizer\.eos_token"):
        Chat(tokenizer)


def test_a_reply_stands_as_a_message_of_the_user():
    said = (*CHAT.encode("a"), CHAT.end)
    assert CHAT.reply("b", said) == ids("<|user|>", "b", "<|assistant|>")
    assert CHAT.reply("b", said[:-1]) == ids("<eos>", "<|user|>", "b", "<|assistant|>")


@settings(deadline=None)
@given(words, words.filter(str.strip))
def test_a_conversation_that_grows_is_the_one_that_is_shown_as_a_whole(said: str, reply: str):
    """So a model in a rollout sees what a model behind a server sees."""
    talk = [Message("user", "?"), Message("assistant", said), Message("user", reply)]
    spoken = (*CHAT.encode(said), CHAT.end)
    assert (*CHAT.prompt(talk[:1]), *spoken, *CHAT.reply(reply, spoken)) == CHAT.prompt(talk)


SPECIAL = {*TOKENIZER.all_special_ids}
untrusted = st.lists(st.sampled_from([*TOKENIZER.all_special_tokens, "a", "<", "|>", "\n"])).map("".join)


@settings(deadline=None)
@given(untrusted)
def test_no_reply_can_spell_the_end_of_a_turn(text: str):
    own = CHAT.reply("", (CHAT.end,))
    tokens = CHAT.reply(text, (CHAT.end,))
    inside = tokens[1:-1]
    assert own == (tokens[0], tokens[-1]) == ids("<|user|>", "<|assistant|>")
    assert not SPECIAL.intersection(inside)
    assert CHAT.decode(inside) == text
    heedless = Chat(Heedless())
    assert not SPECIAL.intersection(heedless.reply(text, (CHAT.end,))[1:-1])


class Heedless:
    """A tokenizer that makes special tokens of text whatever it is told, as some do."""

    def __getattr__(self, name: str):
        return getattr(TOKENIZER, name)

    def encode(self, text: str, add_special_tokens: bool, split_special_tokens: bool = False) -> list[int]:
        return TOKENIZER.encode(text, add_special_tokens=add_special_tokens)
