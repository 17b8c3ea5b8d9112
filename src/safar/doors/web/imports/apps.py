"""The desk Imports: files become events, step by step, and can be taken back."""

from __future__ import annotations

from django.apps import AppConfig


class Imports(AppConfig):
    """The application."""

    name = "safar.doors.web.imports"
