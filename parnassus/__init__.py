"""Parnassus trains language models to reason: curate -> warm up -> staged RL -> evaluate -> report."""

__version__ = "0.1.0"
