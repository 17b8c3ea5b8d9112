"""The app's name for Django."""

from django.apps import AppConfig


class DesignConfig(AppConfig):
    """See the package."""

    name = "safar.doors.web.design"
    label = "design"
