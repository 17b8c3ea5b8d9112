"""Take in: parse, validate, normalise, deduplicate, import files, resolve identity."""
