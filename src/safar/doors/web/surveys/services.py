"""Verbs of surveys: write one with others, publish it, close it, put it away."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Final

import msgspec
from django.db import transaction

from safar.doors.web.audit.actor import Actor
from safar.doors.web.audit.services import record
from safar.doors.web.personas.services import check_picture
from safar.listen.questionnaire.anatomy import Survey as Document
from safar.store.registry import Workspace

from .drafts import Applied, document_at, document_of, fill, keep, key_is_taken, locked, note_revision
from .errors import NothingToUndo, NotPublished, SurveyConflict, TooManyPictures, UnknownSurvey
from .merging import merged
from .models import RevisionKind, Survey, SurveyPicture, SurveyRevision, SurveyState, SurveyVersion
from .readiness import check_ready

__all__ = [
    "Applied",
    "apply",
    "archive",
    "close",
    "create",
    "duplicate",
    "keep_picture",
    "publish",
    "redo",
    "reopen",
    "replace",
    "restore",
    "undo",
]

#: Pictures of one survey.
_MOST_PICTURES: Final = 100
_LONGEST_NOTE: Final = 2_000


def create(workspace: Workspace, survey: Document, *, by: Actor) -> str:
    """Begin a survey as a draft; return its public id. Where its key is taken it gets a number behind."""
    with transaction.atomic():
        row = Survey(workspace_id=workspace.workspace_id, created_by=by.member, changed_by=by.member)
        fill(row, msgspec.structs.replace(survey, key=_free_key(workspace, survey.key)))
        row.save()
        note_revision(row, by=by)
        record(by, "survey.created", workspace_id=workspace.workspace_id, target=row.name)
    return str(row.public_id)


def apply(
    workspace: Workspace,
    public_id: str,
    change: Callable[[Document], Document],
    *,
    base: int,
    by: Actor,
) -> Applied:
    """Change the draft as it was at a revision; what others have changed elsewhere since stays.

    Parameters
    ----------
    change
        Gets the draft of ``base`` and returns what it becomes.
    base
        The revision that the member saw when he made the change.

    Raises
    ------
    UnknownSurvey, SurveyArchived, BaseUnknown, KeyStays
    SurveyConflict
        Others have changed the same: nothing was changed.
    """
    with transaction.atomic():
        row = locked(workspace, public_id)
        began = document_at(row, base)
        document, conflicts = merged(began, change(began), document_of(row.document))
        if conflicts:
            raise SurveyConflict(conflicts, revision=row.revision)
        return keep(row, document, by=by)


def replace(workspace: Workspace, public_id: str, survey: Document, *, base: int, by: Actor) -> Applied:
    """Bring the draft to another one, which was made from a revision of it; see `apply`."""
    return apply(workspace, public_id, lambda _began: survey, base=base, by=by)


def undo(workspace: Workspace, public_id: str, *, by: Actor) -> Applied:
    """Take back what the member changed last; what others have changed elsewhere since stays.

    Raises
    ------
    UnknownSurvey, SurveyArchived, NothingToUndo
    SurveyConflict
        Others have changed the same since: nothing was taken back.
    """
    with transaction.atomic():
        row = locked(workspace, public_id)
        mine = SurveyRevision.objects.filter(survey=row, member=by.member, is_undone=False)
        last = mine.filter(kind__in=(RevisionKind.EDIT, RevisionKind.REDO)).order_by("-revision").first()
        return _revert(row, last, RevisionKind.UNDO, by=by)


def redo(workspace: Workspace, public_id: str, *, by: Actor) -> Applied:
    """Do again what the member undid last, unless he has changed something else since.

    Raises
    ------
    UnknownSurvey, SurveyArchived, NothingToUndo
    SurveyConflict
        Others have changed the same since: nothing was done.
    """
    with transaction.atomic():
        row = locked(workspace, public_id)
        mine = SurveyRevision.objects.filter(survey=row, member=by.member)
        newest = mine.filter(kind=RevisionKind.EDIT).order_by("-revision").first()
        undone = mine.filter(kind=RevisionKind.UNDO, is_undone=False).order_by("-revision").first()
        if undone is not None and newest is not None and newest.revision > undone.revision:
            undone = None
        return _revert(row, undone, RevisionKind.REDO, by=by)


def _revert(row: Survey, last: SurveyRevision | None, kind: RevisionKind, *, by: Actor) -> Applied:
    """Take a revision back as a new one; what others have changed elsewhere since stays."""
    before = (
        None
        if last is None
        else SurveyRevision.objects.filter(survey=row, revision=last.revision - 1).first()
    )
    if last is None or before is None:
        raise NothingToUndo(
            f"There is nothing of yours to {kind.value}.", hint="Look at the versions instead."
        )
    document, conflicts = merged(
        document_of(last.document), document_of(before.document), document_of(row.document)
    )
    if conflicts:
        raise SurveyConflict(conflicts, revision=row.revision)
    last.is_undone = True
    last.save(update_fields=["is_undone"])
    return keep(row, document, by=by, kind=kind)


def publish(
    workspace: Workspace, public_id: str, *, note: str = "", base: int | None = None, by: Actor
) -> int:
    """Publish the draft: it becomes the next version, which never changes, and collects answers from now on.

    Where the newest version is the same, it only collects again.

    Parameters
    ----------
    note
        What is new, in the publisher's words.
    base
        The revision that was looked at, where it matters that nobody has changed it since.

    Returns
    -------
    int
        The number of the version.

    Raises
    ------
    UnknownSurvey, SurveyArchived
    SurveyNotReady
        The check finds faults, or a question key is asked otherwise than before.
    SurveyConflict
        The draft was changed since it was looked at.
    """
    with transaction.atomic():
        row = locked(workspace, public_id)
        if base is not None and base != row.revision:
            raise SurveyConflict((), revision=row.revision)
        document = document_of(row.document)
        version = SurveyVersion.objects.filter(survey=row, number=row.version).first()
        newest = None if version is None else document_of(version.document)
        check_ready(workspace, document, newest)
        if newest != document:
            row.version += 1
            SurveyVersion.objects.create(
                survey=row,
                number=row.version,
                document=row.document,
                note=note.strip()[:_LONGEST_NOTE],
                published_by=by.member,
            )
        row.state = SurveyState.OPEN
        row.save(update_fields=["version", "state"])
        record(
            by,
            "survey.published",
            workspace_id=workspace.workspace_id,
            target=row.name,
            after={"version": row.version},
        )
    return int(row.version)


def close(workspace: Workspace, public_id: str, *, by: Actor) -> None:
    """Collect no more answers; what was collected stays.

    Raises
    ------
    UnknownSurvey, SurveyArchived, NotPublished
    """
    _turn(workspace, public_id, SurveyState.CLOSED, "survey.closed", by=by)


def reopen(workspace: Workspace, public_id: str, *, by: Actor) -> None:
    """Collect answers again by the newest version.

    Raises
    ------
    UnknownSurvey, SurveyArchived, NotPublished
    """
    _turn(workspace, public_id, SurveyState.OPEN, "survey.reopened", by=by)


def archive(workspace: Workspace, public_id: str, *, is_archived: bool = True, by: Actor) -> None:
    """Put a survey into the archive, or take it out; in the archive it is closed.

    Raises
    ------
    UnknownSurvey
    """
    with transaction.atomic():
        row = locked(workspace, public_id, archived=True)
        if row.is_archived == is_archived:
            return
        row.is_archived = is_archived
        if is_archived and row.state == SurveyState.OPEN:
            row.state = SurveyState.CLOSED
        row.save(update_fields=["is_archived", "state"])
        action = "survey.archived" if is_archived else "survey.unarchived"
        record(by, action, workspace_id=workspace.workspace_id, target=row.name)


def duplicate(workspace: Workspace, public_id: str, *, by: Actor) -> str:
    """Begin a survey with the draft of another one, its pictures too; return its public id.

    Question keys stay: answers to both come together.

    Raises
    ------
    UnknownSurvey
    """
    with transaction.atomic():
        row = locked(workspace, public_id, archived=True)
        made = create(workspace, document_of(row.document), by=by)
        copy = Survey.objects.get(public_id=made)
        written = row.document
        for picture in SurveyPicture.objects.filter(survey=row):
            kept = SurveyPicture.objects.create(
                survey=copy,
                data=picture.data,
                content_type=picture.content_type,
                sha256=picture.sha256,
                member=by.member,
            )
            written = written.replace(f'"{picture.public_id}"', f'"{kept.public_id}"')
        fill(copy, msgspec.structs.replace(document_of(written), key=copy.key))
        copy.save()
        SurveyRevision.objects.filter(survey=copy).update(document=copy.document)
    return made


def restore(workspace: Workspace, public_id: str, number: int, *, by: Actor) -> Applied:
    """Make a published version the draft again; the draft that stood there can be had back by undoing.

    Raises
    ------
    UnknownSurvey, SurveyArchived
    """
    with transaction.atomic():
        row = locked(workspace, public_id)
        version = SurveyVersion.objects.filter(survey=row, number=number).first()
        if version is None:
            raise UnknownSurvey(f"The survey has no version {number}.", hint="Look at its versions.")
        return keep(row, document_of(version.document), by=by)


def keep_picture(workspace: Workspace, public_id: str, data: bytes, *, by: Actor) -> str:
    """Keep a picture for questions to show; return its id.

    Raises
    ------
    UnknownSurvey, SurveyArchived, TooManyPictures
    PictureRefused
        It is no PNG, JPEG or WebP file below 1 MB.
    """
    kind, digest = check_picture(data), hashlib.sha256(data).hexdigest()
    with transaction.atomic():
        row = locked(workspace, public_id)
        known = SurveyPicture.objects.filter(survey=row, sha256=digest).first()
        if known is not None:
            return str(known.public_id)
        if SurveyPicture.objects.filter(survey=row).count() >= _MOST_PICTURES:
            raise TooManyPictures(
                f"A survey has at most {_MOST_PICTURES} pictures.", hint="Use those that are there."
            )
        made = SurveyPicture.objects.create(
            survey=row, data=data, content_type=kind, sha256=digest, member=by.member
        )
    return str(made.public_id)


def _turn(workspace: Workspace, public_id: str, state: SurveyState, action: str, *, by: Actor) -> None:
    with transaction.atomic():
        row = locked(workspace, public_id)
        if not row.version:
            raise NotPublished("The survey is not published yet.", hint="Publish it first.")
        if row.state == state:
            return
        row.state = state
        row.save(update_fields=["state"])
        record(by, action, workspace_id=workspace.workspace_id, target=row.name)


def _free_key(workspace: Workspace, key: str) -> str:
    """Return the key, with a number behind where it is taken."""
    found, number = key, 1
    while key_is_taken(workspace.workspace_id, found):
        number += 1
        found = f"{key[: 39 - len(str(number))]}-{number}"
    return found
