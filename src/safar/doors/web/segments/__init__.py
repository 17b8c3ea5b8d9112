"""Segments: who they are, how many, who came and who left."""
