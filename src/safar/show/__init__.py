"""Charts, tables, numbers and dates as words of a locale."""
