"""The app's name for Django."""

from django.apps import AppConfig


class CommentsConfig(AppConfig):
    """See the package."""

    name = "safar.doors.web.comments"
    label = "comments"
