"""Words on their way to and from tokens and answers. Pure functions; knows nothing of models or judges."""
