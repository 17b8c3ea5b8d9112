"""Settings of a workspace and of the installation: members, keys, changes, health, backups."""

from __future__ import annotations

from django.apps import AppConfig


class Administration(AppConfig):
    """The application."""

    name = "safar.doors.web.administration"

    def ready(self) -> None:
        """Listen to what upkeep could not do."""
        from .upkeep_failures import listen  # noqa: PLC0415 - once apps are ready

        listen()
