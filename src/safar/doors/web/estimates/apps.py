"""The app's name for Django."""

from django.apps import AppConfig


class EstimatesConfig(AppConfig):
    """See the package."""

    name = "safar.doors.web.estimates"
    label = "estimates"
