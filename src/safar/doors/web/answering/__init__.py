"""The respondent's door: the pages of a survey, its answers, durable at once."""
