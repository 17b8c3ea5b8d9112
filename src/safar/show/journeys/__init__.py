"""Answers about journeys as drawings: what of them is drawn, and in which words."""
