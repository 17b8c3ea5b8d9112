"""The app's name for Django."""

from django.apps import AppConfig


class SegmentsConfig(AppConfig):
    """See the package."""

    name = "safar.doors.web.segments"
    label = "segments"
