"""Safar (سفر, "journey"): one log of everything that happens to a customer, and many lenses over it."""

__version__ = "0.1.0"
