"""Tables of questions that are kept: what was asked, how its number went, when it left its interval."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone


class SavedQuestion(models.Model):
    """A question of a workspace, as the address of its page: “the last 90 days” stays the last 90 days."""

    workspace_id = models.CharField(max_length=48)
    #: Key of its page: `kinds.KIND_PAGES`.
    kind = models.CharField(max_length=40)
    #: The state of the page, without ``?``.
    query = models.TextField(blank=True)
    title = models.CharField(max_length=160)
    notes = models.TextField(blank=True, default="")
    created_by = models.ForeignKey(
        "members.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="saved_questions"
    )
    created_at = models.DateTimeField(default=timezone.now)
    #: Stands on Today.
    is_pinned = models.BooleanField(default=False)
    #: Tells when its number leaves the interval that it had.
    is_watched = models.BooleanField(default=False)
    #: What it is compared with: `Reading` as JSON; empty while it is not watched.
    reference = models.JSONField(default=dict, blank=True)
    #: Of the log when its number was read last.
    read_version = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        """A workspace at a time, the newest first."""

        indexes: ClassVar = [models.Index(fields=["workspace_id", "-id"])]

    def __str__(self) -> str:
        return str(self.title)


class Reading(models.Model):
    """The number of a saved question at a time."""

    question = models.ForeignKey(SavedQuestion, on_delete=models.CASCADE, related_name="readings")
    read_at = models.DateTimeField(default=timezone.now)
    value = models.FloatField()
    #: Ends of the interval; None where the number is a count.
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    n = models.BigIntegerField()

    class Meta:
        """In order of time."""

        indexes: ClassVar = [models.Index(fields=["question", "-id"])]

    def __str__(self) -> str:
        return f"{self.value:g}"


class Alert(models.Model):
    """That the number of a watched question left the interval that it had."""

    question = models.ForeignKey(SavedQuestion, on_delete=models.CASCADE, related_name="alerts")
    raised_at = models.DateTimeField(default=timezone.now)
    #: Both as `Reading` as JSON.
    before = models.JSONField()
    now = models.JSONField()
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        "members.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="alerts_acknowledged"
    )

    class Meta:
        """Open ones are looked for."""

        indexes: ClassVar = [models.Index(fields=["question", "acknowledged_at"])]

    def __str__(self) -> str:
        return str(self.raised_at)
