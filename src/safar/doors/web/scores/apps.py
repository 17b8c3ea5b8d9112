"""The app's name for Django."""

from django.apps import AppConfig


class ScoresConfig(AppConfig):
    """See the package."""

    name = "safar.doors.web.scores"
    label = "scores"
