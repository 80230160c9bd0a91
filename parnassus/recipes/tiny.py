"""What the published recipes have in common at tiny scale: families in place of data sets, and the short
supervised stage that stands in for a model's pretraining.

What a tiny model should know before RL, its demonstrations tell it noisily: it knows how, and is right half
of the time. `Recipe.model` is what a paper begins with; here it is new, and learns to be that first.
"""

from parnassus.data.drawing import Generated
from parnassus.data.families.chain import Chain
from parnassus.data.families.family import Family
from parnassus.data.families.guards import Guards
from parnassus.recipes.scale import Scale
from parnassus.train.optimizer import AdamW
from parnassus.train.sft import SFT
from parnassus.types import Sampling

MODEL = "builtin:tiny"
PROMPT = 160  # tokens: the longest description of a program has fewer
WARM_UP = AdamW(learning_rate=6e-3, betas=(0.9, 0.98), weight_decay=0.01, warmup=30, final=0.1)


def mathematics(
    train: int = 2000,
    operations: tuple[int, int] = (1, 4),
    demonstrations: int = 9000,
    direct: float = 0.3,
) -> Generated:
    """Chains; `direct`: the share of demonstrations that guess without thinking."""
    return _generated(Chain(operations, direct=direct), train, 250, demonstrations)


def programs(train: int = 1500, guards: tuple[int, int] = (1, 2), demonstrations: int = 4500) -> Generated:
    return _generated(Guards(guards), train, 200, demonstrations)


def pretraining(scale: Scale, steps: int = 1100) -> tuple[SFT, ...]:
    """Nothing where there is a model that was pretrained."""
    return scale.of((), (SFT(name="pretraining", steps=steps, batch=64, optimizer=WARM_UP),))


def evaluated(scale: Scale, max_tokens: int, temperature: float, top_p: float) -> Sampling:
    """As the paper evaluates. A tiny model is right half of the time because its demonstrations are: at a low
    temperature it would never show, so it is evaluated at 1."""
    published = Sampling(max_tokens=max_tokens, temperature=temperature, top_p=top_p)
    return scale.of(published, Sampling(max_tokens=max_tokens))


def _generated(family: Family, train: int, held_out: int, demonstrations: int) -> Generated:
    return Generated(family=family, train=train, held_out=held_out, demonstrations=demonstrations)
