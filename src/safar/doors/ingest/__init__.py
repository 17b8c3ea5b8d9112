"""The machines' door: a thin ASGI app, events in, nothing else."""
