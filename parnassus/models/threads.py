"""How many threads torch may use here: one for small models, where a second costs more than it brings.

Measured on two cores: decoding and updates of a 1M-parameter model are bound by the dispatch of small
operations, and the other core is the sandbox's. OMP_NUM_THREADS, when set, is obeyed.
"""

import os

import torch
from torch import nn

SMALL = 20_000_000  # parameters


def use_threads_for(model: nn.Module) -> None:
    if "OMP_NUM_THREADS" in os.environ or not torch.get_num_threads() > 1:
        return
    if sum(p.numel() for p in model.parameters()) < SMALL:
        torch.set_num_threads(1)
