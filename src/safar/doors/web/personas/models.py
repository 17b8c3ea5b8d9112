"""Tables of personas: who they are, what they were described by, and the drafts they came from."""

from __future__ import annotations

import secrets
from typing import ClassVar

from django.db import models
from django.utils import timezone


def new_public_id() -> str:
    """Return an id for addresses that nobody guesses."""
    return secrets.token_hex(6)


class Persona(models.Model):
    """A segment with a face and a story."""

    workspace_id = models.CharField(max_length=48)
    public_id = models.CharField(max_length=16, unique=True, default=new_public_id)
    #: Public id of its segment.
    segment_id = models.CharField(max_length=16)
    #: What it is called, and parts of its story, by language: `stories.STORY_PARTS`.
    name = models.JSONField(default=dict)
    story = models.JSONField(default=dict, blank=True)
    #: Channels it prefers, as the log names them.
    channels = models.JSONField(default=list, blank=True)
    picture = models.BinaryField(blank=True, default=b"")
    picture_type = models.CharField(max_length=40, blank=True, default="")
    #: Rules as text that its members' habits are counted by, and the habits when it was described.
    rules = models.JSONField(default=list, blank=True)
    portrait = models.JSONField(default=dict, blank=True)
    #: The newest habits beside them, and of which version of the log.
    shifts = models.JSONField(default=list, blank=True)
    looked_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        "members.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    is_archived = models.BooleanField(default=False)

    class Meta:
        """A workspace at a time, in the order they were made."""

        indexes: ClassVar = [models.Index(fields=["workspace_id", "id"], name="personas_in_order")]

    def __str__(self) -> str:
        return str(self.public_id)


class Quote(models.Model):
    """Something that a customer of the persona said, linked to where it was said."""

    persona = models.ForeignKey(Persona, on_delete=models.CASCADE, related_name="quotes")
    text = models.TextField()
    #: Of the event that holds it, as its page names it, and the digest of whose it is; both empty for what was heard
    #: elsewhere.
    place = models.CharField(max_length=400, blank=True, default="")
    digest = models.CharField(max_length=32, blank=True, default="")
    added_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return str(self.text)


class DraftRun(models.Model):
    """Groups of customers looked for once: what was asked, and what was found."""

    workspace_id = models.CharField(max_length=48)
    public_id = models.CharField(max_length=16, unique=True, default=new_public_id)
    #: `drafting.Asked` as JSON, and `drafting.Found` as JSON: empty until it is done.
    asked = models.JSONField()
    found = models.JSONField(default=dict, blank=True)
    work_id = models.CharField(max_length=64, blank=True, default="")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """The newest first."""

        indexes: ClassVar = [models.Index(fields=["workspace_id", "-id"], name="personas_drafts_newest")]

    def __str__(self) -> str:
        return str(self.public_id)
