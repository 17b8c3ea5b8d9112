"""Tables of webhooks: where is told what, and every delivery with its answer."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import pgettext_lazy


class State(models.TextChoices):
    """How far a delivery is."""

    WAITING = "waiting", pgettext_lazy("a delivery", "Waits")
    DELIVERED = "delivered", pgettext_lazy("a delivery", "Delivered")
    GIVEN_UP = "given_up", pgettext_lazy("a delivery", "Given up")


class Webhook(models.Model):
    """Where a workspace tells what happened. Its secret is not kept: it follows from the installation's own."""

    workspace_id = models.CharField(max_length=48)
    public_id = models.CharField(max_length=16, unique=True)
    url = models.CharField(max_length=500)
    kinds = models.JSONField(default=list)
    is_on = models.BooleanField(default=False)
    #: An owner has said that it may lead into a private network.
    allows_private = models.BooleanField(default=False)
    #: Of the secret: one more with each rotation; until when the one before still signs beside it.
    generation = models.PositiveIntegerField(default=1)
    rotated_until = models.DateTimeField(null=True)
    #: Since when nothing was taken, and how often in a row; None and 0 while it works.
    failing_since = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    #: When Safar gave up by itself; None once somebody has turned it on again.
    stopped_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(
        "members.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """A workspace at a time."""

        indexes: ClassVar = [models.Index(fields=["workspace_id", "is_on"], name="webhooks_that_are_on")]

    def __str__(self) -> str:
        return str(self.url)


class Delivery(models.Model):
    """Something that one webhook is told."""

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    #: The message's id: a replay has the same, so a receiver can tell.
    message_id = models.CharField(max_length=40)
    kind = models.CharField(max_length=40)
    body = models.TextField()
    #: Whom it is about; emptied with the body when the customer is erased.
    customer_id = models.CharField(max_length=512, blank=True, default="")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    #: Of the last try: HTTP status (0 without one), the beginning of the answer or what went wrong, how long it took.
    status = models.PositiveIntegerField(default=0)
    answer = models.TextField(blank=True, default="")
    seconds = models.FloatField(null=True)

    class Meta:
        """What is due; a webhook's newest first; those about a customer."""

        indexes: ClassVar = [
            models.Index(fields=["state", "next_at"], name="deliveries_that_are_due"),
            models.Index(fields=["webhook", "-id"], name="deliveries_newest_first"),
            models.Index(fields=["customer_id"], name="deliveries_of_a_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.message_id}"
