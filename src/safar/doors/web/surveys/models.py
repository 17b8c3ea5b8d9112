"""Tables of surveys: the draft, how it came to be, what was published, and the pictures it shows."""

from __future__ import annotations

import secrets
from typing import ClassVar

from django.db import models
from django.utils import timezone


def new_public_id() -> str:
    """Return an id for addresses that nobody guesses."""
    return secrets.token_hex(8)


class SurveyState(models.TextChoices):
    """Whether it collects answers."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


class Survey(models.Model):
    """A survey of a workspace, as it is being written."""

    workspace_id = models.CharField(max_length=48)
    #: What addresses name it by.
    public_id = models.CharField(max_length=16, unique=True, default=new_public_id)
    #: What events of its answers call it: once published it stays.
    key = models.CharField(max_length=40)
    state = models.CharField(max_length=8, choices=SurveyState, default=SurveyState.DRAFT)
    #: `safar.listen.questionnaire.anatomy.told` as JSON; text, because a column of JSON would sort its keys.
    document = models.TextField()
    #: Grows by one with every change of the draft.
    revision = models.PositiveIntegerField(default=1)
    #: Number of the newest published version; 0 before the first.
    version = models.PositiveIntegerField(default=0)
    #: Of the draft, for lists.
    name = models.CharField(max_length=400, blank=True, default="")
    names = models.JSONField(default=dict, blank=True)
    languages = models.JSONField(default=list, blank=True)
    questions = models.PositiveIntegerField(default=0)
    is_archived = models.BooleanField(default=False)
    created_by = models.ForeignKey(
        "members.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(
        "members.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """A workspace at a time, the one changed last first; answers of two surveys are never of one name."""

        indexes: ClassVar = [
            models.Index(fields=["workspace_id", "-changed_at"], name="surveys_changed_last_first")
        ]
        constraints = (models.UniqueConstraint(fields=["workspace_id", "key"], name="one_survey_of_a_key"),)

    def __str__(self) -> str:
        return str(self.name)


class RevisionKind(models.TextChoices):
    """How a revision came to be."""

    EDIT = "edit"
    UNDO = "undo"
    REDO = "redo"


class SurveyRevision(models.Model):
    """The draft at one of its revisions: what two members wrote at once is merged from it, and a change undone."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="revisions")
    revision = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, choices=RevisionKind, default=RevisionKind.EDIT)
    document = models.TextField()
    member = models.ForeignKey(
        "members.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)
    #: Whether an undo, or a redo of an undo, has taken it back.
    is_undone = models.BooleanField(default=False)

    class Meta:
        """Each once."""

        constraints = (
            models.UniqueConstraint(fields=["survey", "revision"], name="one_survey_of_a_revision"),
        )

    def __str__(self) -> str:
        return str(self.revision)


class SurveyVersion(models.Model):
    """What was published, and is asked until the next: it never changes under the answers collected by it."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    document = models.TextField()
    #: What is new, in the publisher's words.
    note = models.TextField(blank=True, default="")
    published_by = models.ForeignKey(
        "members.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    published_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """Each once."""

        constraints = (models.UniqueConstraint(fields=["survey", "number"], name="one_version_of_a_number"),)

    def __str__(self) -> str:
        return str(self.number)


class SurveyPicture(models.Model):
    """A picture that questions show. It stays while the survey does: an older version may show it."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="pictures")
    public_id = models.CharField(max_length=16, unique=True, default=new_public_id)
    data = models.BinaryField()
    #: As its first bytes say, whatever it is called.
    content_type = models.CharField(max_length=40)
    sha256 = models.CharField(max_length=64)
    member = models.ForeignKey(
        "members.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        """The same picture once in a survey."""

        constraints = (models.UniqueConstraint(fields=["survey", "sha256"], name="one_picture_of_a_digest"),)

    def __str__(self) -> str:
        return str(self.public_id)
