"""An engine of ours as an Answerer: messages become tokens, tokens text. Batches nothing: the engine does."""

from collections import Counter
from collections.abc import Sequence

from parnassus.enrich.answerer import Reply
from parnassus.errors import DataError, RefusedError
from parnassus.text.chat import Chat
from parnassus.types import Engine, Message, Sampling


class EngineAnswerer:
    """`model` names the engine's weights: whoever loads others must name them otherwise."""

    def __init__(self, engine: Engine, chat: Chat, model: str) -> None:
        self.model = model
        self.counted = Counter[str]()
        self._engine, self._chat = engine, chat

    async def __call__(self, messages: Sequence[Message], sampling: Sampling, seed: int) -> Reply:
        prompt = self._chat.prompt(messages)
        try:
            said = await self._engine.generate(prompt, sampling, seed)
        except DataError as error:  # no room in the context
            self.counted["given up"] += 1
            raise RefusedError(f"{self.model}: {error}") from error
        self.counted.update({"answers": 1, "prompt tokens": len(prompt), "tokens": len(said.tokens)})
        return Reply(self._chat.decode(said.tokens), said.stop, len(prompt), len(said.tokens))
