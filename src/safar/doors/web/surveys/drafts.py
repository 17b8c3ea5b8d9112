"""The draft of a survey in its row: read, locked, written; and its revisions, by which two members write at once."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import Final

import msgspec
from django.utils import timezone

from safar.doors.web.audit.actor import Actor
from safar.doors.web.audit.services import record
from safar.listen.questionnaire.anatomy import Survey as Document
from safar.listen.questionnaire.anatomy import read, told
from safar.listen.questionnaire.limits import check_limits
from safar.maps.anatomy import said
from safar.store.registry import Workspace

from .errors import BaseUnknown, KeyStays, SurveyArchived, UnknownSurvey
from .models import RevisionKind, Survey, SurveyRevision

#: So many are kept: further back nothing is undone, and a page that was open so long is loaded anew.
_MOST_REVISIONS: Final = 200
#: Edits of one member that follow each other so soon are one change in the log of changes.
_ONE_CHANGE: Final = timedelta(minutes=10)


class Applied(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a change: the newest revision (base the next change on it), and the draft at it."""

    revision: int
    survey: Document


@lru_cache(maxsize=128)
def document_of(written: str) -> Document:
    """Return the survey of a column; the same object for the same text, for it is immutable."""
    return read(msgspec.json.decode(written))


def written(document: Document) -> str:
    """Return a survey as a column keeps it."""
    return msgspec.json.encode(told(document)).decode()


def locked(workspace: Workspace, public_id: str, *, archived: bool = False) -> Survey:
    """Return a survey's row, locked until the transaction ends.

    Raises
    ------
    UnknownSurvey, SurveyArchived
    """
    rows = Survey.objects.select_for_update(of=("self",))
    row = rows.filter(workspace_id=workspace.workspace_id, public_id=public_id).first()
    if row is None:
        raise UnknownSurvey("There is no such survey.", hint="Look at the list of surveys.")
    if row.is_archived and not archived:
        raise SurveyArchived("The survey is archived.", hint="Take it out of the archive first.")
    return row


def document_at(row: Survey, revision: int) -> Document:
    """Return the draft at one of its revisions.

    Raises
    ------
    BaseUnknown
    """
    if revision == row.revision:
        return document_of(row.document)
    found = SurveyRevision.objects.filter(survey=row, revision=revision).first()
    if found is None:
        raise BaseUnknown(
            f"The survey is at revision {row.revision}; revision {revision} is not kept.",
            hint="Read the survey again.",
            base=revision,
            revision=row.revision,
        )
    return document_of(found.document)


def check_key(row: Survey, key: str) -> None:
    """Check that a survey may be called this in the events of its answers.

    Raises
    ------
    KeyStays
    """
    if key == row.key:
        return
    if row.version:
        raise KeyStays(
            f"The survey is published as {row.key!r}; its answers are known by that.",
            hint="Duplicate it to ask the same under another key.",
            key=row.key,
        )
    if key_is_taken(row.workspace_id, key):
        raise KeyStays(f"Another survey has the key {key!r}.", hint="Choose another one.", key=key)


def key_is_taken(workspace_id: str, key: str) -> bool:
    """Whether a survey of the workspace has this key, archived or not."""
    return Survey.objects.filter(workspace_id=workspace_id, key=key).exists()


def fill(row: Survey, document: Document) -> None:
    """Put a draft into a row, with what lists show of it.

    Raises
    ------
    SurveyTooLarge, LanguageUnreadable, SignRefused
    """
    check_limits(document)
    row.document = written(document)
    row.key = document.key
    row.name = said(document.name, *document.languages)[:400]
    row.names = dict(document.name)
    row.languages = list(document.languages)
    row.questions = len(document.questions)


def keep(row: Survey, document: Document, *, by: Actor, kind: RevisionKind = RevisionKind.EDIT) -> Applied:
    """Keep a draft as the next revision; one that changes nothing is none.

    Raises
    ------
    KeyStays, SurveyTooLarge, LanguageUnreadable, SignRefused
    """
    if document == document_of(row.document):
        return Applied(revision=row.revision, survey=document)
    check_key(row, document.key)
    is_noted = _was_just_noted(row, by)
    row.revision += 1
    fill(row, document)
    row.changed_at, row.changed_by = timezone.now(), by.member
    row.save()
    note_revision(row, by=by, kind=kind)
    if not is_noted:
        record(
            by,
            "survey.edited",
            workspace_id=row.workspace_id,
            target=row.name,
            after={"revision": row.revision},
        )
    return Applied(revision=row.revision, survey=document)


def note_revision(row: Survey, *, by: Actor, kind: RevisionKind = RevisionKind.EDIT) -> None:
    """Keep the row's draft as one of its revisions, and forget the oldest."""
    SurveyRevision.objects.create(
        survey=row,
        revision=row.revision,
        kind=kind,
        document=row.document,
        member=by.member,
        at=row.changed_at,
    )
    SurveyRevision.objects.filter(survey=row, revision__lte=row.revision - _MOST_REVISIONS).delete()


def _was_just_noted(row: Survey, by: Actor) -> bool:
    """Whether the change goes on what the same member has just been doing: autosave is no change a second."""
    latest = SurveyRevision.objects.filter(survey=row).order_by("-revision").first()
    if latest is None or latest.member_id != (by.member.pk if by.member else None):  # type: ignore[attr-defined]
        return False
    return bool(timezone.now() - latest.at < _ONE_CHANGE) and latest.revision > 1
