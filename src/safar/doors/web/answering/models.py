"""Tables of answering: responses as they are given, what counts against quotas, files, and the day's salt."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone


class State(models.TextChoices):
    """Where a response stands."""

    OPEN = "open"
    COMPLETE = "complete"
    #: Whom a full quota led to its ending.
    SCREENED = "screened"
    #: Given up: nobody came back for as long as a response waits.
    STOPPED = "stopped"


class Response(models.Model):
    """One respondent's way through a survey, and what he answered on it."""

    workspace_id = models.CharField(max_length=48)
    #: What its own link names it by: 128 random bits, or derived from a link that works once.
    public_id = models.CharField(max_length=22, unique=True)
    survey_id = models.CharField(max_length=16)
    #: Of the survey, as it stood when this was begun.
    version = models.PositiveIntegerField()
    #: Digest of the link's token, and its kind; of one that was brought in, the file that brought it.
    link = models.CharField(max_length=32, blank=True, default="")
    kind = models.CharField(max_length=16, default="open")
    invitation_id = models.CharField(max_length=64, blank=True, default="")
    #: Empty for whom nobody knows.
    customer_id = models.CharField(max_length=512, blank=True, default="")
    language = models.CharField(max_length=16)
    channel = models.CharField(max_length=32, blank=True, default="")
    #: Fields that the link brought along.
    hidden = models.JSONField(default=dict, blank=True)
    #: `safar.listen.questionnaire.walk.told` and the answers by question, as JSON.
    walk = models.JSONField(default=dict, blank=True)
    answers = models.JSONField(default=dict, blank=True)
    #: How many pages were sent; a page that is sent again is known by it.
    step = models.PositiveIntegerField(default=0)
    #: Marks of quality, such as ``speeder``.
    marks = models.JSONField(default=list, blank=True)
    #: Digest of the network address and the browser with the day's salt; empty a day later for good.
    visitor = models.CharField(max_length=32, blank=True, default="")
    state = models.CharField(max_length=16, default=State.OPEN)
    #: The ending that was shown.
    ending = models.CharField(max_length=40, blank=True, default="")
    #: The quota that was full.
    turned_away = models.CharField(max_length=40, blank=True, default="")
    started_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    seconds = models.FloatField(null=True, blank=True)
    is_test = models.BooleanField(default=False)
    #: Whether its events are in the log; a finished response that is not is written again.
    in_log = models.BooleanField(default=False)

    class Meta:
        """Read newest first, counted by their numbers; what waits for the log or may have been given up is few."""

        indexes: ClassVar = [
            models.Index(fields=["workspace_id", "survey_id", "-id"], name="responses_newest"),
            models.Index(
                fields=["workspace_id", "survey_id", "state", "id"],
                name="responses_counted",
                condition=models.Q(is_test=False),
            ),
            models.Index(fields=["workspace_id", "customer_id"], name="responses_of_customer"),
            models.Index(
                fields=["id"],
                name="responses_not_in_log",
                condition=models.Q(in_log=False, is_test=False) & ~models.Q(state="open"),
            ),
            models.Index(fields=["touched_at"], name="responses_open", condition=models.Q(state="open")),
            models.Index(
                fields=["visitor", "finished_at"],
                name="responses_of_visitor",
                condition=~models.Q(visitor=""),
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class QuotaCount(models.Model):
    """How many complete responses count against a quota of a survey."""

    workspace_id = models.CharField(max_length=48)
    survey_id = models.CharField(max_length=16)
    quota_id = models.CharField(max_length=40)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        """One row a quota."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace_id", "survey_id", "quota_id"], name="one_count_for_a_quota"
            )
        ]

    def __str__(self) -> str:
        return f"{self.survey_id} {self.quota_id}: {self.count}"


class ResponseFile(models.Model):
    """A file that a respondent sent."""

    workspace_id = models.CharField(max_length=48)
    public_id = models.CharField(max_length=22, unique=True)
    #: Of the response; a plain id, for a file may come before its response's first page is kept.
    response_id = models.CharField(max_length=22)
    question_id = models.CharField(max_length=90)
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    sent_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """Read with their response."""

        indexes: ClassVar = [models.Index(fields=["workspace_id", "response_id"], name="files_of_response")]

    def __str__(self) -> str:
        return str(self.public_id)


class Salt(models.Model):
    """What visitors of a day are digested with; thrown away with the day, so that nobody can be found again."""

    day = models.DateField(unique=True)
    salt = models.CharField(max_length=64)

    def __str__(self) -> str:
        return str(self.day)
