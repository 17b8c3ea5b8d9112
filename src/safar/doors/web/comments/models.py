"""Tables of comments: what customers wrote, labelled; topics; what members corrected."""

from __future__ import annotations

import secrets
from typing import ClassVar

from django.db import models
from django.utils import timezone


def new_public_id() -> str:
    """Return an id for addresses that nobody guesses."""
    return secrets.token_hex(6)


class Book(models.Model):
    """The comments of a workspace: how far its log was read, and by what they are labelled."""

    workspace_id = models.CharField(max_length=48, unique=True)
    #: What was seen of the log last (`keeping.Seen`), and behind which event reading goes on.
    lineage = models.CharField(max_length=40, blank=True, default="")
    generation = models.BigIntegerField(default=0)
    seen_sequence = models.BigIntegerField(default=0)
    rows = models.BigIntegerField(default=0)
    next_sequence = models.BigIntegerField(default=0)
    #: The version of the log that was read to its end; empty while reading is under way.
    version = models.CharField(max_length=80, blank=True, default="")
    read_at = models.DateTimeField(null=True)
    #: What labelled the comments: another text here and all are labelled anew.
    labelled_by = models.CharField(max_length=80, blank=True, default="")
    #: The topics as the library keeps them (`safar.listen.text.topics`); empty before the first discovery.
    topics = models.TextField(blank=True, default="")
    #: How often the topics were changed: comments that were told an older number are assigned anew.
    topics_edition = models.PositiveIntegerField(default=0)
    #: Whether what members corrected may take over from the model that comes with Safar.
    learns = models.BooleanField(default=True)
    #: Whether the larger model, an extra, reads the sentiment of comments a second time.
    reads_twice = models.BooleanField(default=False)

    def __str__(self) -> str:
        return str(self.workspace_id)


class Asked(models.Model):
    """A question, or a survey's field for words, that comments were given to."""

    book = models.ForeignKey(Book, on_delete=models.CASCADE, related_name="+")
    question_key = models.CharField(max_length=200, blank=True, default="")
    survey = models.CharField(max_length=200, blank=True, default="")
    metric = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        """Once each."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["book", "question_key", "survey", "metric"], name="comments_asked_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.question_key or self.survey)


class Comment(models.Model):
    """What a customer wrote, without personal data, and what it was found to say. The raw words stay in the log."""

    id = models.BigAutoField(primary_key=True)
    book = models.ForeignKey(Book, on_delete=models.CASCADE, db_index=False, related_name="comments")
    event_id = models.UUIDField()
    #: Key of the id that the event came with, as a signed number: whose it is, without a name.
    whose = models.BigIntegerField()
    occurred_at = models.DateTimeField()
    #: Civil date of the workspace when it was read.
    on = models.DateField()
    #: None for a message to support.
    asked = models.ForeignKey(Asked, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    channel = models.CharField(max_length=60, blank=True, default="")
    value = models.FloatField(null=True)
    #: Where it stands on its scale: 0 the worst … 1 the best.
    height = models.FloatField(null=True)
    #: `labels.Band`: how good that is by the metric's own rules.
    band = models.SmallIntegerField(null=True)
    #: What it says, personal data taken out; and the same as search compares it.
    text = models.TextField()
    folded = models.TextField()
    language = models.CharField(max_length=8)
    #: -1, 0, 1.
    sentiment = models.SmallIntegerField()
    probability = models.FloatField()
    emotion = models.CharField(max_length=20)
    kind = models.CharField(max_length=12)
    is_actionable = models.BooleanField(default=False)
    #: ``[[aspect, sentiment, [words]]…]``.
    aspects = models.JSONField(default=list)
    #: What the larger model found: probabilities of negative, neutral, positive; and which edition of it, 0 for none.
    read_again = models.JSONField(null=True)
    larger_edition = models.PositiveSmallIntegerField(default=0)
    #: Comments that say the same have the same number.
    same_as = models.BigIntegerField()
    #: A member said the sentiment, the kind or the topics: no machine changes it again.
    sentiment_is_said = models.BooleanField(default=False)
    kind_is_said = models.BooleanField(default=False)
    topics_are_said = models.BooleanField(default=False)
    #: `Book.topics_edition` that its topics were told from.
    topics_edition = models.PositiveIntegerField(default=0)

    class Meta:
        """Newest first, by what people filter for."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["book", "event_id"], name="comments_event_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["book", "-occurred_at", "-id"], name="comments_newest"),
            models.Index(fields=["book", "sentiment", "-occurred_at", "-id"], name="comments_by_sentiment"),
            models.Index(fields=["book", "asked", "-occurred_at", "-id"], name="comments_by_question"),
            # All that is counted by: counting reads the index alone.
            models.Index(
                fields=[
                    "book",
                    "on",
                    "sentiment",
                    "asked",
                    "kind",
                    "language",
                    "emotion",
                    "band",
                    "is_actionable",
                ],
                name="comments_over_time",
            ),
            models.Index(fields=["book", "whose"], name="comments_of_a_person"),
            models.Index(fields=["book", "same_as", "-occurred_at", "-id"], name="comments_saying_the_same"),
            models.Index(fields=["book", "topics_edition"], name="comments_to_assign"),
            models.Index(fields=["book", "larger_edition", "-id"], name="comments_to_read_again"),
        ]

    def __str__(self) -> str:
        return f"{self.on}: {self.sentiment}"


class Topic(models.Model):
    """A topic of a workspace as pages name it; its words are in `Book.topics`."""

    book = models.ForeignKey(Book, on_delete=models.CASCADE, related_name="+")
    #: What `Book.topics` calls it.
    key = models.CharField(max_length=64)
    public_id = models.CharField(max_length=16, unique=True, default=new_public_id)
    #: By language; what is missing is told by the name in another one.
    names = models.JSONField(default=dict)
    is_archived = models.BooleanField(default=False)

    class Meta:
        """Once each."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["book", "key"], name="comments_topic_once")]

    def __str__(self) -> str:
        return str(self.key)


class About(models.Model):
    """That a comment is about a topic."""

    id = models.BigAutoField(primary_key=True)
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, db_index=False, related_name="+")
    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="about")
    score = models.FloatField(default=1.0)

    class Meta:
        """Once each."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["topic", "comment"], name="comments_about_once")
        ]

    def __str__(self) -> str:
        return f"{self.pk}: {self.score}"


class Mention(models.Model):
    """That a comment speaks of an aspect, and how it feels about it: `Comment.aspects`, to be found and counted by."""

    id = models.BigAutoField(primary_key=True)
    book = models.ForeignKey(Book, on_delete=models.CASCADE, db_index=False, related_name="+")
    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, db_index=False, related_name="mentions")
    #: Id of `safar.listen.text.aspects.Aspect`.
    aspect = models.CharField(max_length=40)
    #: -1, 0, 1: of the clauses that speak of it, not of the whole comment.
    sentiment = models.SmallIntegerField()
    #: `Comment.on`.
    on = models.DateField()

    class Meta:
        """An aspect once a comment; finding and counting read one index alone."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["comment", "aspect"], name="comments_aspect_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["book", "aspect", "sentiment", "on", "comment"], name="comments_by_aspect")
        ]

    def __str__(self) -> str:
        return f"{self.aspect}: {self.sentiment}"


class Correction(models.Model):
    """That a member said what a comment says, where the machine had said something else. It goes with the comment."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="corrections")
    #: ``sentiment``, ``kind`` or ``topics``. What was found right is confirmed by the same label.
    field = models.CharField(max_length=12)
    #: What the machine had said, what stood there before, and what was said.
    by_rule = models.JSONField()
    before = models.JSONField()
    after = models.JSONField()
    member = models.ForeignKey(
        "members.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        """The last ones first."""

        indexes: ClassVar = [models.Index(fields=["comment", "field", "-id"], name="comments_corrections")]

    def __str__(self) -> str:
        return f"{self.field}: {self.after}"


class Learned(models.Model):
    """What was learned from the corrections of a workspace, field by field: a classifier and how right it is."""

    book = models.ForeignKey(Book, on_delete=models.CASCADE, related_name="+")
    #: ``sentiment``, ``kind``, or ``topic:`` with the number of a topic.
    field = models.CharField(max_length=40)
    #: `safar.listen.text.custom_labels.CustomLabels.as_bytes`.
    content = models.BinaryField()
    #: Corrections it was made of.
    corrections = models.PositiveIntegerField()
    takes_over = models.BooleanField(default=False)
    #: Figures for pages: shares with their intervals, counts, confusion by language.
    figures = models.JSONField(default=dict)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """One a field."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["book", "field"], name="comments_learned_once")
        ]

    def __str__(self) -> str:
        return str(self.field)


class Proposal(models.Model):
    """Topics that were discovered anew: looked at before they replace anything."""

    book = models.ForeignKey(Book, on_delete=models.CASCADE, related_name="+")
    public_id = models.CharField(max_length=16, unique=True, default=new_public_id)
    #: As `Book.topics`; empty while it is being made.
    topics = models.TextField(blank=True, default="")
    #: By topic: how many comments, how many of them negative.
    sizes = models.JSONField(default=dict)
    comments = models.PositiveIntegerField(default=0)
    work_id = models.CharField(max_length=40, blank=True, default="")
    asked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """The last first."""

        indexes: ClassVar = [models.Index(fields=["book", "-id"], name="comments_proposals")]

    def __str__(self) -> str:
        return str(self.public_id)


class Endpoint(models.Model):
    """Where a workspace has comments summed up by a language model of its own choice; off without a row."""

    book = models.OneToOneField(Book, on_delete=models.CASCADE, related_name="+")
    url = models.CharField(max_length=400)
    model = models.CharField(max_length=120)
    #: Told to that server alone; empty for one that asks for none.
    key = models.TextField(blank=True, default="")
    changed_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return str(self.url)
