"""Any causal language model of transformers, by its own forward and cache. Not fast: rows that wait
together are answered together, the next ones enter when all of those have ended.

    distinct prompts, padded on the left --forward--> cache --a row a sibling--> cache --a token a step--> ...
"""

from __future__ import annotations

import inspect
from collections.abc import Collection, Mapping
from copy import deepcopy
from typing import cast

import torch
from torch import Tensor
from transformers import DynamicCache, PreTrainedModel
from transformers.modeling_outputs import CausalLMOutputWithPast

from parnassus.engines.batching import BatchingEngine
from parnassus.engines.sampler import sample
from parnassus.engines.stop_texts import Decode
from parnassus.errors import ModelError


class GenericEngine(BatchingEngine):
    """types.Engine over a copy of the model, on its device. It must work with a DynamicCache."""

    def __init__(
        self,
        model: PreTrainedModel,
        stop_ids: Collection[int],
        max_len: int,
        slots: int = 64,
        decode: Decode | None = None,
    ):
        super().__init__(stop_ids, slots, max_len, model.config.vocab_size, decode)
        self._model = deepcopy(model).eval().requires_grad_(False)
        self._takes_position = "position_ids" in inspect.signature(model.forward).parameters
        self._cache = DynamicCache()
        self._seen = torch.zeros(
            0, 0, dtype=torch.int64
        )  # [n, W]: 1 where the cache holds a token, 0 for padding

    def _load(self, weights: Mapping[str, Tensor]) -> None:
        self._model.load_state_dict(weights, strict=True)

    @torch.inference_mode()
    def _step(self) -> list[int]:
        rows = self._rows
        logits = self._forward(torch.from_numpy(rows.token[: rows.n, None])) if rows.n else self._begin()
        tokens, logprobs = sample(logits, rows)
        return rows.record(tokens.cpu().numpy(), logprobs.cpu().numpy())

    def _vacate(self, row: int) -> None:
        source = self._rows.remove(row)
        kept = torch.arange(self._rows.n, device=self._model.device)
        kept[kept == row] = source
        self._cache.batch_select_indices(kept)
        self._seen = self._seen[kept]

    def _begin(self) -> Tensor:
        """Give waiting requests rows and prefill them: the logits [n, V] of their first tokens."""
        taken = [self._waiting.popleft() for _ in range(min(self._rows.slots, len(self._waiting)))]
        prompts = list(dict.fromkeys(request.prompt for request in taken))
        self.prompts_prefilled += len(prompts)
        width = max(map(len, prompts))
        grid = torch.tensor([[0] * (width - len(prompt)) + list(prompt) for prompt in prompts])
        self._cache = DynamicCache(config=self._model.config)
        self._seen = torch.zeros(len(prompts), 0, dtype=torch.int64, device=self._model.device)
        lengths = torch.tensor([len(prompt) for prompt in prompts])
        real = (torch.arange(width) >= (width - lengths)[:, None]).long()
        logits = self._forward(grid, real)
        which = torch.tensor([prompts.index(request.prompt) for request in taken], device=self._model.device)
        self._cache.batch_select_indices(which)
        self._seen = self._seen[which]
        for request in taken:
            self._rows.add(request)
        return logits[which]

    def _forward(self, tokens: Tensor, real: Tensor | None = None) -> Tensor:
        """tokens [n, W'] enter the cache, those that are `real` [n, W'] if it is given; the last logits
        [n, V]."""
        entered = torch.ones_like(tokens) if real is None else real
        self._seen = torch.cat([self._seen, entered.to(self._seen.device)], 1)
        position = (self._seen.cumsum(1) - 1).clamp_(min=0)[:, -tokens.shape[1] :]
        output = self._model(
            input_ids=tokens.to(self._model.device),
            attention_mask=self._seen,
            past_key_values=self._cache,
            use_cache=True,
            **({"position_ids": position} if self._takes_position else {}),
        )
        output = cast(CausalLMOutputWithPast, output)
        if output.past_key_values is not self._cache or output.logits is None:
            raise ModelError(f"{type(self._model).__name__} does not keep its state in a DynamicCache")
        return output.logits[:, -1].float()
