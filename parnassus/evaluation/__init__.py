"""How good a policy is: numbers with intervals over held-out problems."""
