"""The desk Today: how customers fare, at a glance."""
