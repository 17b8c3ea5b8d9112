"""The app of next best actions: what can be done for a customer, choosing it, learning from what it brought."""
