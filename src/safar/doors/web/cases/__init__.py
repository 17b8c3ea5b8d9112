"""Closing the loop: rules, cases with an owner and a due time, alerts, webhooks."""
