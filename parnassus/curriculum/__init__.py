"""Which problems a step draws: pure functions of the pool, the step and the seed."""
