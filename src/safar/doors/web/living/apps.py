"""The app's name for Django."""

from django.apps import AppConfig


class LivingConfig(AppConfig):
    """See the package."""

    name = "safar.doors.web.living"
    label = "living"
