"""Why: drivers, change, effects, experiments."""
