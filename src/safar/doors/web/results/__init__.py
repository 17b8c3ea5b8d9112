"""What a survey found: live results, files of answers, answers brought in from elsewhere."""
