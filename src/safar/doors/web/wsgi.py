"""The people's door as a WSGI application."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from .setup import configure

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def application_for(home: str | os.PathLike[str]) -> WSGIApplication:
    """Return the WSGI application that serves ``home``; call `safar.doors.web.setup.prepare` first, once."""
    configure(home)
    from django.core.handlers.wsgi import WSGIHandler  # noqa: PLC0415 - needs Django configured

    return WSGIHandler()
