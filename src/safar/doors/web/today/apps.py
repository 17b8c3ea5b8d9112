"""The app's name for Django."""

from django.apps import AppConfig


class TodayConfig(AppConfig):
    """See the package."""

    name = "safar.doors.web.today"
    label = "today"
