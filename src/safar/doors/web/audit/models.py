"""The table of changes."""

from __future__ import annotations

from typing import Any, ClassVar, Never

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from safar.vocabulary.errors import Refusal


class ChangeKept(Refusal, PermissionError):
    """Somebody tried to alter or to remove what was noted."""

    code = "audit.kept"


def _kept() -> ChangeKept:
    return ChangeKept(
        "A noted change is neither altered nor removed.", hint="Note another change that corrects it."
    )


class ChangeRows(models.QuerySet["Change"]):
    """Rows to read and to add. (A member who is deleted is let go of by Django's own base manager.)"""

    def update(self, **_values: Any) -> Never:
        """Refuse."""
        raise _kept()

    def delete(self) -> Never:
        """Refuse."""
        raise _kept()


class Change(models.Model):
    """One change that somebody made. Rows are added and read, never changed; they outlive their member."""

    at = models.DateTimeField(default=timezone.now)
    #: Empty: of the installation, or of a member's own account.
    workspace_id = models.CharField(max_length=48, blank=True, default="")
    #: A dotted verb such as ``member.invited``; its sentence is in its app's `change_sentences`.
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

    objects: ClassVar[models.Manager[Change]] = models.Manager.from_queryset(ChangeRows)()

    class Meta:
        """Newest first is how they are read, a workspace at a time."""

        indexes: ClassVar = [
            models.Index(fields=["workspace_id", "-id"]),
            models.Index(fields=["member", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.target}".strip()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the row; refuse to write it a second time."""
        if not self._state.adding:
            raise _kept()
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> Never:
        """Refuse."""
        raise _kept()
