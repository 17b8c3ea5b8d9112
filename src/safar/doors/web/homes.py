"""The home that this process serves."""

from __future__ import annotations

from functools import cache

from django.conf import settings

from safar.store.home import Home


@cache
def current_home() -> Home:
    """Return the open home, the same object for all threads."""
    return Home.open(settings.HOME)
