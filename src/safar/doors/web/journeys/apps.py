"""The app's name for Django."""

from django.apps import AppConfig


class JourneysConfig(AppConfig):
    """See the package."""

    name = "safar.doors.web.journeys"
    label = "journeys"
