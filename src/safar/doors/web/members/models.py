"""Tables of members, their workspaces and their sign-in links."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from safar.doors.web.design.reader import CalendarChoice, DigitsChoice, LanguageChoice


class Role(models.TextChoices):
    """What a member may do in a workspace, from all to least."""

    OWNER = "owner", _("Owner")
    MANAGER = "manager", _("Manager")
    ANALYST = "analyst", _("Analyst")
    AGENT = "agent", _("Agent")
    VIEWER = "viewer", _("Viewer")


class Member(AbstractBaseUser):
    """Someone of the company who signs in. Customers are never members."""

    email = models.EmailField(_("e-mail"), unique=True, max_length=254)
    name = models.CharField(_("name"), max_length=120, blank=True)
    #: Empty: as the browser asks.
    language = models.CharField(_("language"), max_length=2, choices=LanguageChoice, blank=True, default="")
    calendar = models.CharField(_("calendar"), max_length=16, choices=CalendarChoice, blank=True, default="")
    digits = models.CharField(_("digits"), max_length=16, choices=DigitsChoice, blank=True, default="")
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True, default="")
    is_active = models.BooleanField(default=True)
    #: Looks after the installation itself: makes workspaces, takes backups, sees the health of the machine.
    is_administrator = models.BooleanField(default=False)
    joined_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[BaseUserManager[Member]] = BaseUserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return str(self.name or self.email)


class Membership(models.Model):
    """A member works in a workspace, in a role. Workspaces themselves live in the home's registry."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="memberships")
    workspace_id = models.CharField(max_length=48)
    role = models.CharField(max_length=16, choices=Role, default=Role.VIEWER)
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        """One role in one workspace."""

        constraints = (models.UniqueConstraint(fields=["member", "workspace_id"], name="one_role"),)
        indexes = (models.Index(fields=["workspace_id"]),)


class SignInLink(models.Model):
    """A link that signs its member in, once, before it expires. Only the digest of its token is kept."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="sign_in_links")
    token_digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
