"""What to run: one system a file, each holding a RECIPE; and how recipes are found, printed, changed, costed."""
