"""What they said: NPS, CSAT, CES."""
