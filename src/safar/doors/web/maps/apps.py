"""The app's name for Django."""

from django.apps import AppConfig


class MapsConfig(AppConfig):
    """See the package."""

    name = "safar.doors.web.maps"
    label = "maps"
