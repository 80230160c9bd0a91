"""Models: loading and saving, the built-in one, and the arithmetic that trainer and engines share."""
