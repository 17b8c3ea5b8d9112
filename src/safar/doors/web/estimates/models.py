"""The table of estimates: what was said beforehand, and what came."""

from __future__ import annotations

import secrets
from typing import ClassVar

from django.db import models
from django.utils import timezone


def new_public_id() -> str:
    """Return an id for addresses that nobody guesses."""
    return secrets.token_hex(6)


class KeptEstimate(models.Model):
    """A number that was said of a change before it was made."""

    workspace_id = models.CharField(max_length=48)
    public_id = models.CharField(max_length=16, unique=True, default=new_public_id)
    #: What the change is called.
    name = models.CharField(max_length=160)
    #: What of: “revenue a year”.
    metric = models.CharField(max_length=160)
    #: ISO 4217 code; empty where it is no money.
    currency = models.CharField(max_length=3, blank=True, default="")
    #: Whole units.
    value = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    level = models.FloatField(default=0.95)
    n = models.BigIntegerField(default=0)
    notes = models.TextField(blank=True, default="")
    #: The question behind it as JSON, and the version of the log that answered it; empty where somebody said it.
    question = models.JSONField(default=dict, blank=True)
    log_version = models.CharField(max_length=120, blank=True, default="")
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(
        "members.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    #: The day from which the outcome can be told.
    due_on = models.DateField(null=True, blank=True)
    #: What came: whole units; None while nothing is known.
    outcome = models.FloatField(null=True, blank=True)
    outcome_low = models.FloatField(null=True, blank=True)
    outcome_high = models.FloatField(null=True, blank=True)
    outcome_n = models.BigIntegerField(default=0)
    #: What it was measured by: the title of a saved release or experiment, or what a member wrote.
    outcome_from = models.CharField(max_length=200, blank=True, default="")
    outcome_question = models.JSONField(default=dict, blank=True)
    outcome_version = models.CharField(max_length=120, blank=True, default="")
    scored_at = models.DateTimeField(null=True, blank=True)
    scored_by = models.ForeignKey(
        "members.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        """A workspace at a time, the newest first."""

        indexes: ClassVar = [models.Index(fields=["workspace_id", "-id"], name="estimates_newest_first")]

    def __str__(self) -> str:
        return str(self.name)
