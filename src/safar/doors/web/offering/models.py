"""Tables of next best actions: what can be done, what counts as having worked, what was learnt."""

from __future__ import annotations

import secrets
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import pgettext_lazy


def new_public_id() -> str:
    """Return an id for addresses that nobody guesses."""
    return secrets.token_hex(6)


class OfferedAction(models.Model):
    """Something that can be done for a customer."""

    class Kind(models.TextChoices):
        """What it is."""

        MESSAGE = "message", pgettext_lazy("an action", "A message")
        OFFER = "offer", pgettext_lazy("an action", "An offer")
        CALL = "call", pgettext_lazy("an action", "A call")

    class State(models.TextChoices):
        """Whether it is chosen."""

        ON = "on", pgettext_lazy("an action", "On")
        PAUSED = "paused", pgettext_lazy("an action", "Paused")
        ARCHIVED = "archived", pgettext_lazy("an action", "Put away")

    workspace_id = models.CharField(max_length=48)
    public_id = models.CharField(max_length=16, unique=True, default=new_public_id)
    #: What events and programs name it by; it never changes.
    key = models.CharField(max_length=60)
    #: What it is called, by language.
    name = models.JSONField(default=dict)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.MESSAGE)
    channel = models.CharField(max_length=60, blank=True, default="")
    #: Public id of the segment that may get it, and the purpose a customer must agree to; empty for none.
    segment_id = models.CharField(max_length=16, blank=True, default="")
    consent = models.CharField(max_length=60, blank=True, default="")
    #: So many times within so many days for one customer; any number when None.
    at_most = models.PositiveIntegerField(null=True, blank=True)
    within_days = models.PositiveIntegerField(default=7)
    #: From which instant on, and before which.
    since = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.PAUSED)
    created_by = models.ForeignKey(
        "members.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """A workspace's actions, each name once."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace_id", "key"], name="offering_each_key_once")
        ]

    def __str__(self) -> str:
        return str(self.key)


class Choosing(models.Model):
    """How a workspace chooses among its actions, and what it has learnt."""

    workspace_id = models.CharField(max_length=48, unique=True)
    #: What counts: events, for so many days after a decision, and what of them.
    event_names = models.JSONField(default=list, blank=True)
    within_days = models.PositiveIntegerField(default=7)
    counted = models.CharField(max_length=10, default="any")
    #: The chance shared evenly by all that is allowed.
    epsilon = models.FloatField(default=0.1)
    #: However good they are, no more actions than these of all kinds; any number when None.
    at_most_in_all = models.PositiveIntegerField(null=True, blank=True)
    in_all_days = models.PositiveIntegerField(default=7)
    #: `policy_text.policy_text` of what was learnt; empty before.
    policy = models.JSONField(default=dict, blank=True)
    learnt_at = models.DateTimeField(null=True, blank=True)
    learnt_from = models.PositiveBigIntegerField(default=0)
    #: Of the log and the outcome it was learnt from, so that nothing is learnt twice.
    learnt_of = models.CharField(max_length=200, blank=True, default="")

    def __str__(self) -> str:
        return str(self.workspace_id)
