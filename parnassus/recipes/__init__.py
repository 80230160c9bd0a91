"""What to run: one system a file, each with a RECIPE; how recipes are found, printed, changed, costed."""
