"""Who changed what, and when: kept for ever, changed by nobody."""

from __future__ import annotations

from django.apps import AppConfig


class Audit(AppConfig):
    """The application."""

    name = "safar.doors.web.audit"
