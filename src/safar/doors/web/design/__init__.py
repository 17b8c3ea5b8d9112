"""What every page shares: layout, words and numbers of the reader, headers, failures."""
