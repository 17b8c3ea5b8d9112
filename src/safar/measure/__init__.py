"""What it is worth and how well served."""
