"""Webhooks: other programs are told what happened, signed, again until they have taken it, and never unasked."""
