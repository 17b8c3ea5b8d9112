"""The desk Events: what arrives, live, searched and filtered."""

from __future__ import annotations

from django.apps import AppConfig


class Events(AppConfig):
    """The application."""

    name = "safar.doors.web.events"
