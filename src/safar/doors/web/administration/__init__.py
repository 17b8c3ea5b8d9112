"""Settings of a workspace and of the installation: members, keys, changes, health, backups."""
