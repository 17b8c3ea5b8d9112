"""The desk Imports: files become events, step by step, and can be taken back."""
