"""The doors: people (web), machines (ingest), live (talk), terminal (cli)."""
