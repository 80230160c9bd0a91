"""The Llama family of decoders, over flat tokens and over the parameters of a Hugging Face model. Not a
module: it owns no parameter, and what it cannot compute exactly it refuses (`is_lean`).

    x [N, d] -> norm -> q|k|v -> (norm) -> rotate -> ATTENTION -> out, + x -> norm -> gate|up -> down, + x
               `--------- project ---------'                     `------------- mix ------------------'

The trainer, the engine's prefill and its decoding differ only in how they attend; everything else is here,
once. Weights that multiply the same input are joined (q, k and v; gate and up): one large product instead
of three small.

    rotation [P, 1, D] each: rope(x) = x * cosine + roll(x, D/2) * sine, with the sign folded into `sine`
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor
from transformers import PretrainedConfig

from parnassus.errors import ModelError
from parnassus.models.packing import Packed
from parnassus.models.yarn import Yarn, yarn_of

FAMILIES = ("llama", "mistral", "qwen2", "qwen3")


def is_lean(config: PretrainedConfig) -> bool:
    """Whether this module computes exactly what transformers computes for `config`: one of `FAMILIES`,
    rotary positions that are plain or YaRN's, full causal attention in every layer, SiLU, no biases but
    those of qwen2's queries, keys and values."""
    if config.model_type not in FAMILIES:
        return False
    facts = config.to_dict()
    rope = facts["rope_parameters"] or {}
    return (
        (rope.get("rope_type") == "default" or yarn_of(config) is not None)
        and rope.get("partial_rotary_factor", 1.0) == 1.0
        and set(facts.get("layer_types") or ["full_attention"]) == {"full_attention"}
        and facts.get("sliding_window") is None
        and facts["hidden_act"] == "silu"
        and not facts.get("attention_bias")
        and not facts.get("mlp_bias")
        and facts.get("quantization_config") is None
    )


@dataclass(frozen=True, slots=True)
class Shape:
    """What the arithmetic needs to know of a config."""

    layers: int
    heads: int
    kv_heads: int
    head_dim: int
    epsilon: float
    theta: float
    tied: bool  # the head is the embedding
    qkv_bias: bool
    qk_norm: bool
    padding: int | None  # the token whose embedding transformers never trains as an input
    yarn: Yarn | None  # positions beyond those trained on

    @classmethod
    def of(cls, config: PretrainedConfig) -> Shape:
        assert is_lean(config)
        facts = config.to_dict()
        return cls(
            layers=facts["num_hidden_layers"],
            heads=facts["num_attention_heads"],
            kv_heads=facts["num_key_value_heads"],
            head_dim=facts.get("head_dim") or facts["hidden_size"] // facts["num_attention_heads"],
            epsilon=facts["rms_norm_eps"],
            theta=facts["rope_parameters"]["rope_theta"],
            tied=facts["tie_word_embeddings"],
            qkv_bias=config.model_type == "qwen2",
            qk_norm=config.model_type == "qwen3",
            padding=facts.get("pad_token_id"),
            yarn=yarn_of(config),
        )

    def cache_bytes(self, dtype: torch.dtype) -> int:
        """Of the keys and values of one token in all layers."""
        return 2 * self.layers * self.kv_heads * self.head_dim * dtype.itemsize

    def rotations(self, length: int, device: torch.device) -> tuple[Tensor, Tensor]:
        """cosine and sine of positions 0..length-1, each [length, 1, D] float32."""
        half = torch.arange(0, self.head_dim, 2, dtype=torch.float32, device=device) / self.head_dim
        frequencies = 1.0 / self.theta**half
        if self.yarn is not None:
            frequencies = self.yarn.stretched(frequencies, self.theta)
        angle = torch.arange(length, dtype=torch.float32, device=device)[:, None, None] * frequencies
        cosine, sine = torch.cat([angle.cos()] * 2, -1), torch.cat([-angle.sin(), angle.sin()], -1)
        return (
            (cosine, sine)
            if self.yarn is None
            else (cosine * self.yarn.amplitude, sine * self.yarn.amplitude)
        )


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """The weights of one layer. A = H + 2 KV heads of D; I is the width of the gated MLP."""

    norm: Tensor  # [d]
    qkv: Tensor  # [A D, d]
    qkv_bias: Tensor | None  # [A D]
    qk_norm: Tensor | None  # [H + KV, D]
    out: Tensor  # [d, H D]
    mlp_norm: Tensor  # [d]
    gate_up: Tensor  # [2 I, d]
    down: Tensor  # [d, I]


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    embedding: Tensor  # [V, d]
    layers: tuple[Layer, ...]
    norm: Tensor  # [d]
    head: Tensor  # [V, d]; `embedding` itself when tied


def gather(named: Mapping[str, Tensor], shape: Shape, dtype: torch.dtype) -> Weights:
    """The weights by their Hugging Face names, joined; what enters a matrix product in `dtype`, norms as
    they are.

    Gradients flow to the tensors of `named`. Raises ModelError when a name is missing or not understood,
    such as those of an adapter: computing without it would be silently wrong.
    """
    names = _Names(named, dtype)
    embedding = names.take("model.embed_tokens.weight")
    if shape.tied:
        names.left.pop("lm_head.weight", None)
    weights = Weights(
        embedding=embedding,
        layers=tuple(_layer(names, f"model.layers.{index}.", shape) for index in range(shape.layers)),
        norm=names.take("model.norm.weight"),
        head=(embedding if shape.tied else names.take("lm_head.weight")).to(dtype),
    )
    if names.left:
        unknown = sorted(names.left)[:4]
        raise ModelError(f"the model has weights that this forward does not know: {unknown}; merge adapters")
    return weights


class _Names:
    """The weights by name, each to be taken once."""

    def __init__(self, named: Mapping[str, Tensor], dtype: torch.dtype):
        self.left, self.dtype = dict(named), dtype

    def take(self, name: str) -> Tensor:
        if name not in self.left:
            raise ModelError(
                f"the model's weights lack {name!r}; those not yet used: {sorted(self.left)[:4]}"
            )
        return self.left.pop(name)

    def joined(self, *names: str) -> Tensor:
        return torch.cat([self.take(name).to(self.dtype) for name in names])


def _layer(names: _Names, at: str, shape: Shape) -> Layer:
    own = f"{at}self_attn."
    bias = (
        names.joined(f"{own}q_proj.bias", f"{own}k_proj.bias", f"{own}v_proj.bias")
        if shape.qkv_bias
        else None
    )
    heads = (("q_norm", shape.heads), ("k_norm", shape.kv_heads)) if shape.qk_norm else ()
    norms = [names.take(f"{own}{name}.weight").expand(count, -1) for name, count in heads]
    return Layer(
        norm=names.take(f"{at}input_layernorm.weight"),
        qkv=names.joined(f"{own}q_proj.weight", f"{own}k_proj.weight", f"{own}v_proj.weight"),
        qkv_bias=bias,
        qk_norm=torch.cat(norms) if norms else None,
        out=names.take(f"{own}o_proj.weight").to(names.dtype),
        mlp_norm=names.take(f"{at}post_attention_layernorm.weight"),
        gate_up=names.joined(f"{at}mlp.gate_proj.weight", f"{at}mlp.up_proj.weight"),
        down=names.take(f"{at}mlp.down_proj.weight").to(names.dtype),
    )


def project(x: Tensor, layer: Layer, shape: Shape, rotation: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
    """x [N, d] -> rotated queries and keys [N, H + KV, D] and values [N, KV, D], in the dtype of x."""
    normed = F.rms_norm(x, layer.norm.shape, layer.norm, shape.epsilon).to(layer.qkv.dtype)
    joint = F.linear(normed, layer.qkv, layer.qkv_bias).to(x.dtype).view(len(x), -1, shape.head_dim)
    qk, value = joint.split([shape.heads + shape.kv_heads, shape.kv_heads], 1)
    if layer.qk_norm is not None:
        qk = F.rms_norm(qk, (shape.head_dim,), None, shape.epsilon) * layer.qk_norm
    cosine, sine = rotation
    return torch.addcmul(qk * cosine, qk.roll(shape.head_dim // 2, -1), sine), value


def mix(x: Tensor, attended: Tensor, layer: Layer, shape: Shape) -> Tensor:
    """x [N, d] and what was attended to [N, H D] -> the layer's output [N, d]."""
    x = _add_linear(x, attended, layer.out)
    normed = F.rms_norm(x, layer.mlp_norm.shape, layer.mlp_norm, shape.epsilon).to(layer.gate_up.dtype)
    gate, up = F.linear(normed, layer.gate_up).chunk(2, -1)
    return _add_linear(x, F.silu(gate) * up, layer.down)


def _add_linear(x: Tensor, y: Tensor, weight: Tensor) -> Tensor:
    if weight.dtype == x.dtype:
        return torch.addmm(x, y, weight.t())
    return x + F.linear(y.to(weight.dtype), weight)


KeepKV = Callable[[int, Tensor, Tensor], None]  # layer, keys [L, KV, D], values [L, KV, D]


def forward(weights: Weights, shape: Shape, packed: Packed, keep: KeepKV | None = None) -> Tensor:
    """Hidden states [L, d] before the final norm; each layer's keys and values go to `keep`."""
    x = F.embedding(packed.tokens, weights.embedding, shape.padding)
    cosine, sine = (table.to(x.dtype) for table in shape.rotations(packed.width, x.device))
    rotation = cosine[packed.position], sine[packed.position]
    heads = [shape.heads, shape.kv_heads, shape.kv_heads]
    for index, layer in enumerate(weights.layers):
        qk, value = project(x, layer, shape, rotation)
        if keep is not None:
            keep(index, qk[:, shape.heads :], value)
        grid = packed.to_grid(torch.cat([qk, value], 1).to(layer.qkv.dtype))
        q, k, v = grid.transpose(1, 2).split(heads, 1)
        attended = F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)
        x = mix(x, packed.from_grid(attended.transpose(1, 2)).flatten(1).to(x.dtype), layer, shape)
    return x


def final_norm(x: Tensor, weights: Weights, shape: Shape) -> Tensor:
    """x [N, d] -> what the head multiplies, [N, d] in the head's dtype."""
    return F.rms_norm(x, weights.norm.shape, weights.norm, shape.epsilon).to(weights.head.dtype)
