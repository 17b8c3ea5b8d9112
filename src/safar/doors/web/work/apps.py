"""Background work: what members started or the clock asks for, its progress, and what came of it."""

from __future__ import annotations

from django.apps import AppConfig


class Work(AppConfig):
    """The application."""

    name = "safar.doors.web.work"
