"""Tags of the desk Today."""
