"""Judges of responses: one file a verifier, each with its `VERIFIER` and the `CASES` that it must hold."""
