"""What to do: decisions only, no side effects."""
