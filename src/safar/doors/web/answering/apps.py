"""The app's name for Django."""

from django.apps import AppConfig


class AnsweringConfig(AppConfig):
    """See the package."""

    name = "safar.doors.web.answering"
    label = "answering"
