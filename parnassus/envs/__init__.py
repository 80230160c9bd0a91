"""Who the policy talks to while it answers: one file an environment."""
