"""Who changed what, and when: kept for ever, changed by nobody."""
