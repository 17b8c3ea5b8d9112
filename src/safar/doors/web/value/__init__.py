"""The desk Value: what customers are worth, who is leaving, what drives it, and what fixing a step would bring."""
