"""Messages to token ids and back, once for the whole house: engines, trainer and rollouts share one `Chat`.

What it is not: it does not pad, truncate or batch, and it has no opinion on what a model should say. Prompts
and responses are encoded as the tokenizer does it, so text that spells a special token becomes that token:
check untrusted text before. What an environment says is untrusted always: `reply` never makes such a token of
it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from parnassus.errors import ModelError
from parnassus.types import Message

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

_REMEMBERED_PROMPTS = 4096  # siblings of a group ask for the same prompt within moments
_SAID, _REPLIED = "said-7c1f", "replied-7c1f"  # stand-ins that no template changes and no tokenizer sees


class Chat:
    """Raises ModelError when the tokenizer has no chat template or no end-of-sequence token.

    `also_stop`: further ids that end an answer, as a model's generation config may name them.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase, also_stop: Iterable[int] = ()) -> None:
        model = tokenizer.name_or_path or "this model"
        if not tokenizer.chat_template:
            raise ModelError(
                f"the tokenizer of {model} has no chat template, so it cannot be shown a problem: "
                "use the instruct version of the model, or set tokenizer.chat_template and save it"
            )
        if not isinstance(tokenizer.eos_token_id, int):
            raise ModelError(
                f"the tokenizer of {model} has no end-of-sequence token, so an answer could never end: "
                "set tokenizer.eos_token and save it"
            )
        self.tokenizer = tokenizer
        self.end: int = tokenizer.eos_token_id  # what a demonstration ends with
        self.stop_ids: frozenset[int] = frozenset((self.end, *also_stop))
        self._prompt = lru_cache(_REMEMBERED_PROMPTS)(self._render)

    def prompt(self, messages: Sequence[Message]) -> tuple[int, ...]:
        """The messages as the model expects them, up to where it begins to answer. Raises ModelError when the
        chat template refuses them (an unknown role, two messages of one role in a row)."""
        return self._prompt(tuple(messages))

    def reply(self, text: str, said: Sequence[int]) -> tuple[int, ...]:
        """What follows the tokens `said` of a turn: its end, if that was not sampled, `text` as a user's
        message, and what stands before the next answer. Only the template's own words become special tokens.
        Raises ModelError as `prompt` does."""
        before, after = self._around_reply
        if said and before and said[-1] in self.stop_ids and before[0] in self.stop_ids:
            before = before[1:]
        words = self.tokenizer.encode(text, add_special_tokens=False, split_special_tokens=True)
        # Not all tokenizers heed the word.
        return (*before, *(token for token in words if token not in self._special), *after)

    def encode(self, text: str) -> tuple[int, ...]:
        """Adds nothing: no beginning and no end of sequence."""
        return tuple(self.tokenizer.encode(text, add_special_tokens=False))

    def decode(self, ids: Sequence[int]) -> str:
        """Leaves special tokens out; thinking tags stay, for verifiers and environments read them."""
        text = self.tokenizer.decode(list(ids), skip_special_tokens=True, clean_up_tokenization_spaces=False)
        assert isinstance(text, str)  # a list only for a batch
        return text

    @cached_property
    def _special(self) -> frozenset[int]:
        return self.stop_ids.union(self.tokenizer.all_special_ids)

    @cached_property
    def _around_reply(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """What the template puts between an answer and the message after it, and between that and the next
        answer."""
        talk = (Message("user", "?"), Message("assistant", _SAID), Message("user", _REPLIED))
        before, _, after = self._text(talk).partition(_SAID)[2].partition(_REPLIED)
        return self.encode(before), self.encode(after)

    def _render(self, messages: tuple[Message, ...]) -> tuple[int, ...]:
        return self.encode(self._text(messages))

    def _text(self, messages: tuple[Message, ...]) -> str:
        from jinja2.exceptions import TemplateError

        words = [{"role": message.role, "content": message.content} for message in messages]
        try:
            text = self.tokenizer.apply_chat_template(words, tokenize=False, add_generation_prompt=True)
        except TemplateError as error:
            roles = [message.role for message in messages]
            raise ModelError(f"the chat template refuses messages of roles {roles}: {error}") from error
        assert isinstance(text, str)
        return text
