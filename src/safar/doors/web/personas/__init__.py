"""Personas: segments with a face and a story."""
