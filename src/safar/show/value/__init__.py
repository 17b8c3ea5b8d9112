"""Answers about value as drawings."""
