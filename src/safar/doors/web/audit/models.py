"""The table of changes."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Change(models.Model):
    """One change that somebody made. Rows are added and read, never changed; they outlive their member."""

    at = models.DateTimeField(default=timezone.now)
    #: Empty: of the installation, or of a member's own account.
    workspace_id = models.CharField(max_length=48, blank=True, default="")
    #: A dotted verb such as ``member.invited``; its sentence is in `sentences`.
    action = models.CharField(_("what"), max_length=64)
    actor_kind = models.CharField(max_length=16)
    member = models.ForeignKey(
        "members.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="changes"
    )
    #: The member's address at that time, or the name of the token, or the user of the machine.
    actor_name = models.CharField(_("who"), max_length=254, blank=True, default="")
    actor_address = models.CharField(max_length=64, blank=True, default="")
    #: What was changed, as people know it: an address, a key's name, a file's name.
    target = models.CharField(_("of what"), max_length=254, blank=True, default="")
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict, blank=True)

    class Meta:
        """Newest first is how they are read, a workspace at a time."""

        indexes: ClassVar = [
            models.Index(fields=["workspace_id", "-id"]),
            models.Index(fields=["member", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.target}".strip()
