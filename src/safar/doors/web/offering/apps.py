"""The app's name for Django."""

from django.apps import AppConfig


class OfferingConfig(AppConfig):
    """See the package."""

    name = "safar.doors.web.offering"
    label = "offering"
