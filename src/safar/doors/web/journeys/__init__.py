"""The desk Journeys: what customers did, asked in one page for each kind of question."""
