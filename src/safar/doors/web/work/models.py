"""Tables of background work: what was asked for, and when the clock asks again."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone


class Status(models.TextChoices):
    """Where a piece of work stands; `page` has the words."""

    WAITING = "waiting"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


#: Not ended yet.
LIVE = (Status.WAITING, Status.RUNNING)


class Work(models.Model):
    """One piece of work, from the moment it is asked for until it is forgotten."""

    #: What addresses and other desks name it by.
    work_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    #: The key of its job.
    kind = models.CharField(max_length=64)
    #: The queue of the Tasks API: each has so many threads.
    lane = models.CharField(max_length=16)
    #: Empty: of the installation.
    workspace_id = models.CharField(max_length=48, blank=True, default="")
    title = models.CharField(max_length=254, blank=True, default="")
    arguments = models.JSONField(default=dict)

    #: Who started it, as `audit.actor.Actor` says.
    actor_kind = models.CharField(max_length=16)
    member = models.ForeignKey(
        "members.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    actor_name = models.CharField(max_length=254, blank=True, default="")

    status = models.CharField(max_length=16, default=Status.WAITING)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True, blank=True)
    note = models.CharField(max_length=254, blank=True, default="")
    result = models.JSONField(null=True, blank=True)
    #: The code of the error that ended it; never its text, which may quote a customer.
    error_code = models.CharField(max_length=64, blank=True, default="")
    #: Where in the code a defect happened.
    error_place = models.TextField(blank=True, default="")

    asked_at = models.DateTimeField(default=timezone.now)
    not_before = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    cancel_asked_at = models.DateTimeField(null=True, blank=True)
    #: When its member saw how it ended.
    seen_at = models.DateTimeField(null=True, blank=True)

    #: The worker that has it, until when unless renewed; with the attempt it is the proof of who may write here.
    leased_by = models.CharField(max_length=64, blank=True, default="")
    leased_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)

    class Meta:
        """Read by workers among what is live, by pages newest first."""

        indexes: ClassVar = [
            models.Index(
                fields=["status", "id"],
                name="live_work",
                condition=models.Q(status__in=["waiting", "running"]),
            ),
            models.Index(fields=["workspace_id", "-id"], name="work_of_workspace"),
            models.Index(fields=["member", "-id"], name="work_of_member"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.work_id}"


class Periodic(models.Model):
    """When the clock asks for a job again. One row a key, shared by all processes: who moves it on, starts it."""

    key = models.CharField(max_length=64, unique=True)
    next_at = models.DateTimeField(default=timezone.now)
    last_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.key)
