"""Engines: token ids in, sampled token ids out. Each implements types.Engine; make.py chooses."""
