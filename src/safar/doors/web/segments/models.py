"""Tables of segments: what they are, how large they were day by day, who came and left last."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone


class Segment(models.Model):
    """A segment of a workspace: a definition under a name."""

    workspace_id = models.CharField(max_length=48)
    #: What addresses name it by.
    public_id = models.CharField(max_length=16, unique=True)
    name = models.CharField(max_length=120)
    #: Its definition without the name: `safar.observe.segment_text`.
    text = models.TextField()
    is_archived = models.BooleanField(default=False)
    created_by = models.ForeignKey(
        "members.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(
        "members.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    changed_at = models.DateTimeField(default=timezone.now)
    #: Members, customers in all, and the members' share of value when it was looked at last; None before.
    size = models.PositiveBigIntegerField(null=True)
    customers = models.PositiveBigIntegerField(null=True)
    value_share = models.FloatField(null=True)
    size_at = models.DateTimeField(null=True)

    class Meta:
        """A workspace at a time, by name."""

        indexes: ClassVar = [models.Index(fields=["workspace_id", "name"], name="segments_by_name")]

    def __str__(self) -> str:
        return str(self.name)


class SizeOfDay(models.Model):
    """How large a segment was at the end of a day, and how many came and left on it."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="days")
    #: Civil date of the workspace.
    on = models.DateField()
    size = models.PositiveBigIntegerField()
    customers = models.PositiveBigIntegerField()
    value_share = models.FloatField(null=True)
    entered = models.PositiveBigIntegerField(default=0)
    left = models.PositiveBigIntegerField(default=0)

    class Meta:
        """One row a day."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["segment", "on"], name="segments_one_row_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.on}: {self.size}"


class Movement(models.Model):
    """That a customer came into a segment or left it; only the last ones are kept."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="movements")
    #: Key of the id that the customer goes by, in hexadecimal digits: no name, no address.
    person = models.CharField(max_length=16)
    has_entered = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        """The last ones first."""

        indexes: ClassVar = [
            models.Index(fields=["segment", "-id"], name="segments_last_first"),
            models.Index(fields=["person"], name="segments_of_a_person"),
        ]

    def __str__(self) -> str:
        return str(self.person)
