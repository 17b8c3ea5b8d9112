"""The desk Events: what arrives, live, searched and filtered."""
