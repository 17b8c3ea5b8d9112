"""Tables of members: where they work, how they come in, which sessions and tokens are theirs."""

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
    #: The currency shown first. Empty: the workspace's.
    currency = models.CharField(_("currency"), max_length=3, blank=True, default="")
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


class Invitation(models.Model):
    """Somebody is asked to work in a workspace. Only the digest of the link's token is kept."""

    workspace_id = models.CharField(max_length=48)
    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=16, choices=Role)
    token_digest = models.CharField(max_length=64, unique=True)
    #: Whose word it is: without the right to give the role any more, the invitation is void. None: the terminal's.
    invited_by = models.ForeignKey(Member, on_delete=models.CASCADE, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """One open invitation for an address in a workspace."""

        constraints = (
            models.UniqueConstraint(
                fields=["workspace_id", "email"],
                condition=models.Q(accepted_at=None, withdrawn_at=None),
                name="one_open_invitation",
            ),
        )


class ResetLink(models.Model):
    """A link that lets its member choose a new password, once, before it expires. Only the digest is kept."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="reset_links")
    #: Whose word it is: without the right to make it any more, the link is void. None: asked for by mail, or made at
    #: the terminal.
    made_by = models.ForeignKey(Member, on_delete=models.CASCADE, null=True, related_name="+")
    token_digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)


class SetUpLink(models.Model):
    """The link to a home's first page. There is one row at most: the newest link is the one that works."""

    token_digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True, blank=True)


class MemberSession(models.Model):
    """Which member a session belongs to, and from where. The session's key is its primary key in Django's table."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="sessions")
    session_key = models.CharField(max_length=40, unique=True)
    started_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)
    address = models.CharField(max_length=64, blank=True, default="")
    user_agent = models.CharField(max_length=300, blank=True, default="")


class Attempts(models.Model):
    """Attempts that failed in a row, and until when the next one waits. The key is a digest: it names nobody."""

    key_digest = models.CharField(max_length=64, unique=True)
    count = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(default=timezone.now)
    waits_until = models.DateTimeField(default=timezone.now)

    class Meta:
        """Old ones are swept."""

        indexes = (models.Index(fields=["last_at"]),)


class WorkspaceRule(models.Model):
    """What a workspace asks of its members."""

    workspace_id = models.CharField(max_length=48, unique=True)
    needs_two_factor = models.BooleanField(default=False)


class ApiToken(models.Model):
    """A program works as a member in one workspace. Only the digest of the secret is kept."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="api_tokens")
    workspace_id = models.CharField(max_length=48)
    name = models.CharField(max_length=80)
    secret_digest = models.CharField(max_length=64, unique=True)
    can_write = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    #: None: never.
    expires_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.name)
