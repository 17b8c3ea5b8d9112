"""Tags of background work."""
