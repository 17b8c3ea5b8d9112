"""The app's name for Django."""

from django.apps import AppConfig


class HooksConfig(AppConfig):
    """See the package."""

    name = "safar.doors.web.hooks"
    label = "hooks"
