"""Tables of results: what was counted of whole pieces of responses, so that a restart counts none of them again."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone


class CountedPiece(models.Model):
    """What was counted of some responses to a survey, without a word that anybody wrote.

    It holds as long as all of them are there: a response that ended never changes.
    """

    workspace_id = models.CharField(max_length=48)
    survey_id = models.CharField(max_length=16)
    #: What the counting depended on, such as the kinds of the questions.
    shape = models.CharField(max_length=32)
    #: The responses' numbers, and what was counted: `counting.Piece` in MessagePack.
    piece = models.BinaryField()
    counted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """Read by survey."""

        indexes: ClassVar = [models.Index(fields=["workspace_id", "survey_id"], name="counted_of_survey")]

    def __str__(self) -> str:
        return f"{self.survey_id} at {self.counted_at}"
