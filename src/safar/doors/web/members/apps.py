"""The app's name for Django."""

from django.apps import AppConfig


class MembersConfig(AppConfig):
    """See the package."""

    name = "safar.doors.web.members"
    label = "members"
