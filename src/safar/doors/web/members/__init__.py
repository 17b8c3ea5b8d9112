"""Who works here: members, their workspaces, and how they sign in."""
