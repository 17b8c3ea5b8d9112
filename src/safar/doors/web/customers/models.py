"""The table of erasures."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone


class Erasure(models.Model):
    """That a person was to be erased, and the proof that it was done. Nothing in it tells who it was, once done."""

    erasure_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    workspace_id = models.CharField(max_length=48)
    #: Whom to erase; emptied in the moment it is done.
    customer_id = models.TextField(blank=True, default="")
    #: `digests.customer_digest`: what the log of changes calls the person.
    digest = models.CharField(max_length=32)
    asked_by = models.ForeignKey(
        "members.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="erasures"
    )
    asked_at = models.DateTimeField(default=timezone.now)
    #: Of the background work that does it.
    work_id = models.CharField(max_length=64, blank=True, default="")
    #: `safar.store.erasure.ErasureProof` as JSON; empty until it is done.
    proof = models.JSONField(default=dict, blank=True)

    class Meta:
        """Newest first is how they are read, a workspace at a time."""

        indexes: ClassVar = [models.Index(fields=["workspace_id", "-id"])]

    def __str__(self) -> str:
        return str(self.digest)
