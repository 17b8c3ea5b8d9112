"""The terminal door: `safar …`."""
