"""Settings of a moment."""

from __future__ import annotations

import pytest


@pytest.fixture
def settings_of(web_home):
    """Say settings otherwise for a while."""
    from django.test import override_settings

    return override_settings
