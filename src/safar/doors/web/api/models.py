"""Tables of the API: answers that are given again."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone


class KeptAnswer(models.Model):
    """What a request with an `Idempotency-Key` was answered. No secret is in it: `once` takes them out."""

    token = models.ForeignKey("members.ApiToken", on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    #: SHA-256 of the request: method, address, body.
    request_digest = models.CharField(max_length=64)
    body = models.JSONField(default=dict)
    answered_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        """One answer for each key of a token."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["token", "key"], name="one_answer_of_a_key"),
        ]
