"""The app's name for Django."""

from django.apps import AppConfig


class InvitingConfig(AppConfig):
    """See the package."""

    name = "safar.doors.web.inviting"
    label = "inviting"
