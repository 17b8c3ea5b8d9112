"""The REST API: what the pages can do, for programs."""

from __future__ import annotations

from django.apps import AppConfig


class Api(AppConfig):
    """The application."""

    name = "safar.doors.web.api"
