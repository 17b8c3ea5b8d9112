"""Recommendations: which items to show whom, why those, and how well that would have worked."""
