"""The live door: a thin ASGI app that pushes what the database already says."""
