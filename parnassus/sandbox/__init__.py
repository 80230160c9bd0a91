"""Runs programs that must be assumed hostile, and says what they wrote. Knows nothing of tests or verdicts."""
