"""Runs programs that must be assumed hostile, and says what they did. Knows no tests or verdicts."""
