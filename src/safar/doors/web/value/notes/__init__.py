"""Sentences for the caveats of answers about value, along what they speak of."""
