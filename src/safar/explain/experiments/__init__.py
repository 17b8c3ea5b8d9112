"""Experiments: what a change brought, from tests with chance assignment down to before and after."""
