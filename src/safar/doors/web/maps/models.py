"""Tables of journey maps: the document, how it came to be, and what members say about it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone


class JourneyMap(models.Model):
    """A map of a workspace, as it is now."""

    workspace_id = models.CharField(max_length=48)
    #: What addresses name it by.
    public_id = models.CharField(max_length=16, unique=True)
    #: `safar.maps.anatomy.told` as JSON; text, because a column of JSON would sort its keys.
    document = models.TextField()
    #: Grows by one with every change of the document.
    revision = models.PositiveIntegerField(default=1)
    #: Of the document, for lists: the name in its first language, how many stages and steps, its languages.
    name = models.CharField(max_length=400, blank=True, default="")
    names = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=16, default="as_is")
    languages = models.JSONField(default=list, blank=True)
    stages = models.PositiveIntegerField(default=0)
    steps = models.PositiveIntegerField(default=0)
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
        """A workspace at a time, the one changed last first."""

        indexes: ClassVar = [
            models.Index(fields=["workspace_id", "-changed_at"], name="maps_changed_last_first")
        ]

    def __str__(self) -> str:
        return str(self.name)


class EditKind(models.TextChoices):
    """How an edit came to be."""

    EDIT = "edit"
    UNDO = "undo"
    REDO = "redo"
    RESTORE = "restore"


class MapEdit(models.Model):
    """What one member changed at once: from it the map of any earlier revision can be had, and the change undone."""

    journey_map = models.ForeignKey(JourneyMap, on_delete=models.CASCADE, related_name="edits")
    #: The one that it made.
    revision = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, choices=EditKind, default=EditKind.EDIT)
    member = models.ForeignKey(
        "members.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)
    #: `safar.maps.edits.told_edits` as JSON: what was done, and what takes it back.
    edits = models.TextField()
    inverse = models.TextField()
    #: Of an undo or a redo: the revision that it took back as a whole; 0 where only a part of it.
    reverts = models.PositiveIntegerField(default=0)
    #: Whether an undo, or a redo of an undo, has taken it back.
    is_undone = models.BooleanField(default=False)

    class Meta:
        """One edit makes one revision."""

        constraints = (
            models.UniqueConstraint(fields=["journey_map", "revision"], name="one_edit_a_revision"),
        )

    def __str__(self) -> str:
        return str(self.revision)


class KeptConflict(models.Model):
    """An edit that was not made because somebody else had changed the same: nobody's work is thrown away."""

    journey_map = models.ForeignKey(JourneyMap, on_delete=models.CASCADE, related_name="conflicts")
    #: What the map was at then.
    revision = models.PositiveIntegerField()
    member = models.ForeignKey(
        "members.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)
    #: `safar.maps.merging.Conflict` as JSON.
    conflict = models.TextField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Open ones are looked for."""

        indexes: ClassVar = [models.Index(fields=["journey_map", "settled_at"], name="maps_open_conflicts")]

    def __str__(self) -> str:
        return str(self.revision)


class Snapshot(models.Model):
    """A version with a name, and what was decided then."""

    journey_map = models.ForeignKey(JourneyMap, on_delete=models.CASCADE, related_name="snapshots")
    name = models.CharField(max_length=160)
    decided = models.TextField(blank=True, default="")
    revision = models.PositiveIntegerField()
    document = models.TextField()
    member = models.ForeignKey(
        "members.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        """Newest first."""

        indexes: ClassVar = [models.Index(fields=["journey_map", "-id"], name="maps_snapshots_newest")]

    def __str__(self) -> str:
        return str(self.name)


class Comment(models.Model):
    """What a member says about a map, a step, a lane, a card, or in answer to another comment."""

    journey_map = models.ForeignKey(JourneyMap, on_delete=models.CASCADE, related_name="comments")
    #: A path as in `safar.maps.edits.target`: ``card/c1``, ``step/s1``, ``lane/l1``; empty for the whole map.
    target = models.CharField(max_length=60, blank=True, default="")
    answers = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="replies"
    )
    text = models.TextField()
    member = models.ForeignKey(
        "members.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        "members.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        """A map's at a time."""

        indexes: ClassVar = [models.Index(fields=["journey_map", "id"], name="maps_comments_in_order")]

    def __str__(self) -> str:
        return str(self.text)[:60]


class Mention(models.Model):
    """That a comment asks a member by name."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="mentions")
    member = models.ForeignKey("members.Member", on_delete=models.CASCADE, related_name="+")
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Once in a comment."""

        constraints = (
            models.UniqueConstraint(fields=["comment", "member"], name="one_mention_in_a_comment"),
        )

    def __str__(self) -> str:
        return str(self.member)


class Attachment(models.Model):
    """A file of a map; its bytes stand in the folder of the workspace, by its public id."""

    journey_map = models.ForeignKey(JourneyMap, on_delete=models.CASCADE, related_name="attachments")
    public_id = models.CharField(max_length=16, unique=True)
    #: As pages show it; never a path.
    name = models.CharField(max_length=255)
    #: As its first bytes say, whatever it is called.
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    member = models.ForeignKey(
        "members.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        """A map's at a time."""

        indexes: ClassVar = [models.Index(fields=["journey_map", "id"], name="maps_attachments_in_order")]

    def __str__(self) -> str:
        return str(self.name)


class Share(models.Model):
    """A link that shows a map to whoever has it, until it expires. Only the digest of its token is kept."""

    journey_map = models.ForeignKey(JourneyMap, on_delete=models.CASCADE, related_name="shares")
    public_id = models.CharField(max_length=16, unique=True)
    token_digest = models.CharField(max_length=64, unique=True)
    #: What is shown: in which language, for which persona (empty: everybody), with what was lived or without.
    language = models.CharField(max_length=16)
    persona = models.CharField(max_length=16, blank=True, default="")
    shows_lived = models.BooleanField(default=False)
    member = models.ForeignKey(
        "members.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """A map's at a time."""

        indexes: ClassVar = [models.Index(fields=["journey_map", "id"], name="maps_shares_in_order")]

    def __str__(self) -> str:
        return str(self.public_id)


class Presence(models.Model):
    """That a member looks at a map just now, and where."""

    journey_map = models.ForeignKey(JourneyMap, on_delete=models.CASCADE, related_name="presences")
    member = models.ForeignKey("members.Member", on_delete=models.CASCADE, related_name="+")
    #: A path as in `Comment.target`.
    place = models.CharField(max_length=60, blank=True, default="")
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """One place at a time."""

        constraints = (
            models.UniqueConstraint(fields=["journey_map", "member"], name="one_presence_at_a_map"),
        )

    def __str__(self) -> str:
        return str(self.member)
