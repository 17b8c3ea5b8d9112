"""Settings of a workspace and of the installation: members, keys, changes, health, backups."""

from __future__ import annotations

from django.apps import AppConfig


class Administration(AppConfig):
    """The application."""

    name = "safar.doors.web.administration"
