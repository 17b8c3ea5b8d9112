"""Surveys: what is asked, in which words and order; the desk where they are written."""
