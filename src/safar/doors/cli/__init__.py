"""The terminal: `safar …`. Data on standard output, talk on standard error, exit 0, 1 or 2."""
