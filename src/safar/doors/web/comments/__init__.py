"""What customers wrote: labelled comments, topics, corrections."""
