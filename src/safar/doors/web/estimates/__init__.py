"""Estimates made beforehand: kept with their interval before a change, scored against what came of it."""
