"""The app's name for Django."""

from django.apps import AppConfig


class ResultsConfig(AppConfig):
    """See the package."""

    name = "safar.doors.web.results"
    label = "results"
