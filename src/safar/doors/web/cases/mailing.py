"""Messages on their way: the log hears of each customer who is told; who can be mailed is, and who is thanked."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from safar.doors.web import scribe
from safar.doors.web.design.words import filled
from safar.doors.web.inviting.services import (
    Note,
    Taken,
    addresses_of,
    can_write,
    left_alone,
    send_note,
)
from safar.store.registry import Workspace

from .models import CaseEntry, EntryKind, Thanked, Told
from .thanking import offered

#: The event that the log keeps of each customer who was told.
TOLD_EVENT: Final = "told_what_was_done"
_AT_ONCE: Final = 500
#: After so long the process that claimed a mail is taken for dead.
_CLAIMED_FOR: Final = timedelta(minutes=10)


def write_told(workspace: Workspace) -> int:
    """Tell the log of customers who were told and of whom it does not know yet; return how many.

    An event's id comes from message and customer: telling again after a kill tells nothing twice.
    """
    rows, count = _of(workspace).filter(in_log=False), 0
    while piece := list(rows.order_by("pk")[:_AT_ONCE]):
        scribe.write(
            workspace.workspace_id,
            [
                scribe.EventDraft(
                    key=(TOLD_EVENT, row.telling.public_id, row.customer_id),
                    name=TOLD_EVENT,
                    customer_id=row.customer_id,
                    occurred_at=row.telling.made_at,
                    properties={
                        "telling": row.telling.public_id,
                        "title": row.telling.title,
                        "language": row.language,
                    },
                )
                for row in piece
            ],
        )
        Told.objects.filter(pk__in=[row.pk for row in piece]).update(in_log=True)
        count += len(piece)
    return count


def send_told(workspace: Workspace) -> int:
    """Mail what waits; return how many mails went out.

    Each is claimed first, so that of two processes one sends it; what a killed one had claimed is sent a while later,
    as the same mail. Where the mail server is away, the rest waits for it.
    """
    if not can_write():
        return 0
    sent = 0
    while piece := list(_of(workspace).filter(_due()).order_by("pk")[:_AT_ONCE]):
        customers = [row.customer_id for row in piece]
        addresses, alone = addresses_of(workspace, customers), left_alone(workspace, customers)
        for row in piece:
            mine = Told.objects.filter(pk=row.pk)
            if not mine.filter(_due()).update(claimed_at=timezone.now()):
                continue
            status = Told.Status.OPTED_OUT if row.customer_id in alone else Told.Status.NO_ADDRESS
            if row.customer_id in addresses and row.customer_id not in alone:
                taken = send_note(workspace, _note(row), addresses[row.customer_id])
                if taken is Taken.LATER:
                    mine.update(claimed_at=None)
                    return sent
                status = Told.Status.SENT if taken is Taken.YES else Told.Status.FAILED
                sent += taken is Taken.YES
            mine.update(status=status, claimed_at=None)
    return sent


def send_thanks(workspace: Workspace) -> int:
    """Mail the thanks that wait, and note at their cases what became of them; return how many mails went out.

    As `send_told`: each is claimed first, and where the mail server is away the rest waits for it.
    """
    sent = 0
    rows = Thanked.objects.filter(case__workspace_id=workspace.workspace_id).select_related("case")
    for row in rows.filter(_due()).order_by("pk")[:_AT_ONCE] if can_write() else ():
        mine = Thanked.objects.filter(pk=row.pk)
        if not mine.filter(_due()).update(claimed_at=timezone.now()):
            continue
        address = addresses_of(workspace, [row.customer_id]).get(row.customer_id, "")
        if left_alone(workspace, [row.customer_id]):
            status = Thanked.Status.OPTED_OUT
        elif not address:
            status = Thanked.Status.NO_ADDRESS
        else:
            taken = send_note(workspace, _thanks(workspace, row), address)
            if taken is Taken.LATER:
                mine.update(claimed_at=None)
                return sent
            status = Thanked.Status.SENT if taken is Taken.YES else Thanked.Status.FAILED
            sent += taken is Taken.YES
        with transaction.atomic():
            mine.update(status=status, claimed_at=None)
            CaseEntry.objects.create(case=row.case, kind=EntryKind.THANKED, facts={"status": str(status)})
    return sent


def _thanks(workspace: Workspace, row: Thanked) -> Note:
    with translation.override(row.language):
        subject = filled(_("%(company)s thanks you"), company=workspace.name)
    return Note(row.customer_id, f"thanks.{row.case.public_id}.{row.pk}", row.language, subject, row.text)


def _note(row: Told) -> Note:
    telling = row.telling
    text = offered(telling.texts, row.language)
    language = next((each for each, words in telling.texts.items() if words == text), row.language)
    return Note(row.customer_id, f"told.{telling.public_id}.{row.pk}", language, telling.title, text)


def _due() -> Q:
    """Return which mails nobody is sending."""
    unclaimed = Q(claimed_at=None) | Q(claimed_at__lt=timezone.now() - _CLAIMED_FOR)
    return Q(status=Told.Status.WAITING) & unclaimed


def _of(workspace: Workspace) -> QuerySet[Told]:
    rows = Told.objects.filter(telling__workspace_id=workspace.workspace_id)
    return rows.select_related("telling")
