"""Journey maps as documents: their pages of drawing, versions, comments, files and links to share."""
