"""Scores with their intervals: NPS, CSAT, CES and what else answers tell."""
