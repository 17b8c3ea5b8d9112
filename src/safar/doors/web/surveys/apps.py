"""The app's name for Django."""

from django.apps import AppConfig


class SurveysConfig(AppConfig):
    """See the package."""

    name = "safar.doors.web.surveys"
    label = "surveys"
