"""How long the counted work takes on graphics cards: arithmetic on what cost.py counts, to plan by.

    a sampled token   2 N operations, at 5 % of the card's peak: decoding waits for memory
    a trained token   8 N: forward 2, backward 4, and 2 for its log-probability beforehand; at 30 %

N is the number of parameters. The peak is an H100's, 989e12 a second in bfloat16 without sparsity (NVIDIA's
data sheet). The two shares are assumptions, not measurements: prime-rl reports 15 to 36 % for RL training of
4B on H200s; 5 % of an H100 is 3,250 sampled tokens a second for 7.6B. Answers are counted as long as they may
be, which overstates; judging, waiting for the longest answer, and supervised stages and curation, whose
tokens nobody knows beforehand, are not counted, which understates.
"""

import re
from collections.abc import Sequence

from parnassus.recipes.cost import Cost

PEAK = 989e12  # operations a second
SAMPLING, TRAINING = 0.05, 0.30  # shares of the peak
_BILLIONS = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)[Bb](?![\w.])")


def parameters(model: str) -> float | None:
    """How many it has, by its name: "Qwen/Qwen3-8B-Base" 8e9. None where the name does not tell."""
    found = _BILLIONS.search(model)
    return float(found[1]) * 1e9 if found else None


def gpu_hours(costs: Sequence[Cost], parameters: float) -> float:
    """Of one card; divide by their number where they share the work evenly."""
    sampling = sum(cost.sampled_tokens for cost in costs) * 2 * parameters / SAMPLING
    training = sum(cost.trained_tokens for cost in costs) * 8 * parameters / TRAINING
    return (sampling + training) / PEAK / 3600
