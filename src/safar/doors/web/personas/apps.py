"""The app's name for Django."""

from django.apps import AppConfig


class PersonasConfig(AppConfig):
    """See the package."""

    name = "safar.doors.web.personas"
    label = "personas"
