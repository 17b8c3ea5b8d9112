"""Tags for templates: numbers and dates in the reader's words, and parts of pages."""
