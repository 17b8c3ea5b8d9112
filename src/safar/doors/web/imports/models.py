"""Tables of imports: files on their way into a workspace, and mappings kept for the next file."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class FileImport(models.Model):
    """A file on its way into a workspace, from its upload until it is forgotten.

    The file, its report and its rejected rows stand in the folder of the same id; see `safar.collect.import_record`.
    """

    workspace_id = models.CharField(max_length=48)
    import_id = models.CharField(max_length=64)
    #: As the member's machine calls it, without what could mislead; never a path.
    file_name = models.CharField(_("file"), max_length=255)
    size = models.BigIntegerField(default=0)
    member = models.ForeignKey(
        "members.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    #: His address at that time; of imports from the terminal empty.
    member_name = models.CharField(max_length=254, blank=True, default="")
    uploaded_at = models.DateTimeField(default=timezone.now)
    touched_at = models.DateTimeField(default=timezone.now)

    #: Grows with every change of what stands below: who saves an older one than there is, is told so.
    version = models.PositiveIntegerField(default=1)
    #: What is said about how the file is written; see `reading.Reading`.
    reading = models.JSONField(default=dict, blank=True)
    #: What is said about what columns stand for, by column; see `safar.collect.roles`.
    roles = models.JSONField(default=dict, blank=True)
    unit = models.CharField(max_length=16, blank=True, default="")
    event_name = models.CharField(max_length=100, blank=True, default="")
    #: A whole mapping as TOML: chosen, or written by hand. Empty: one is drafted.
    written = models.TextField(blank=True, default="")
    #: Whether the file stays after it was imported.
    keeps_file = models.BooleanField(default=False)

    trial_work = models.UUIDField(null=True, blank=True)
    run_work = models.UUIDField(null=True, blank=True)
    undo_work = models.UUIDField(null=True, blank=True)
    #: Events that the log had not had before, and those it has lost by the undoing.
    added = models.BigIntegerField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_events = models.BigIntegerField(default=0)
    undone_parted = models.BigIntegerField(default=0)

    class Meta:
        """One row for a folder; newest first is how they are read."""

        constraints = (
            models.UniqueConstraint(fields=["workspace_id", "import_id"], name="one_row_for_an_import"),
        )
        indexes: ClassVar = [models.Index(fields=["workspace_id", "-import_id"], name="imports_newest_first")]

    def __str__(self) -> str:
        return str(self.file_name)


class SavedMapping(models.Model):
    """How one kind of file is read, kept under a name for the next of its kind."""

    workspace_id = models.CharField(max_length=48)
    name = models.CharField(_("name"), max_length=80)
    toml = models.TextField()
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """A name once in a workspace."""

        constraints = (
            models.UniqueConstraint(fields=["workspace_id", "name"], name="one_mapping_of_a_name"),
        )

    def __str__(self) -> str:
        return str(self.name)
