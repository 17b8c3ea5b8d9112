"""Nouns and units: events, money, windows, calendars, text folding, digits, errors."""
