"""Loops that own a model: supervised warm-up and reinforcement learning, over one road of micro-batches."""
