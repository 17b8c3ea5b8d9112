"""Sending invitations and reminders, and telling the log of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from safar.doors.web.homes import current_home
from safar.doors.web.mail import can_mail
from safar.doors.web.scribe import EventDraft, write
from safar.doors.web.segments.queries import members_page
from safar.doors.web.surveys.queries import published, state_of
from safar.listen.questionnaire.anatomy import Survey
from safar.observe.events import EventsQuestion, every_event
from safar.store.home import region_of
from safar.store.registry import Workspace
from safar.vocabulary.event import IDENTIFY
from safar.vocabulary.window import Window

from .contacts import opted_out, reached
from .facts import LinkFacts
from .letters import Taken, send_letter
from .models import Invitation, Link, OptOut, Round
from .rounds import AT_ONCE, invite

#: How far back events are looked for: those that were told late are asked about late, not never.
_LATE: Final = timedelta(days=2)
#: Events of one look: more than a workspace has in that time.
_MOST_EVENTS: Final = 10_000_000
#: After so long the process that claimed an invitation is taken for dead.
_CLAIMED_FOR: Final = timedelta(minutes=10)
#: Invitations sent in one go of the background.
_MOST_SENT: Final = 500


def address_of(token: str) -> str:
    """Return the whole address of a survey's link, its path alone where the installation does not know its own."""
    return f"{settings.PUBLIC_URL}/s/{token}"


def address_of_link(facts: LinkFacts) -> str:
    """Return where a link is answered: a kiosk on a page of its own."""
    address = address_of(facts.token)
    return f"{address}/kiosk" if facts.kind == Link.Kind.KIOSK else address


def can_send(channel: str) -> bool:
    """Whether this installation sends invitations itself; the others are taken away as a file."""
    return channel == Round.Channel.EMAIL and can_mail() and bool(settings.PUBLIC_URL)


def draw(workspace: Workspace, row: Round, now: datetime) -> None:
    """Judge everybody of a round that asks a segment, or named customers, at once; goes on where it stopped."""
    if row.named:
        invite(workspace, row, [(each, "") for each in row.named], now)
    after: tuple[int, int] | None = None
    while row.segment_id:
        page = members_page(workspace, row.segment_id, limit=AT_ONCE, after=after)
        invite(workspace, row, [(facts.customer_id, "") for facts, _ in page.customers], now)
        if page.next_after is None:
            break
        after = page.next_after
    Round.objects.filter(pk=row.pk).update(is_drawn=True, named=[])


def look(workspace: Workspace, row: Round, now: datetime) -> None:
    """Judge everybody to whom an event of a round happened long enough ago, since the round began."""
    delay = row.delay or timedelta(0)
    until = now - delay
    since = max(row.created_at, until - _LATE - delay)
    if since >= until:
        return
    log = current_home().log(workspace.workspace_id)
    question = EventsQuestion(names=tuple(row.event_names), window=Window(since, until), limit=_MOST_EVENTS)
    among = _members(workspace, row) if row.segment_id else None
    waiting = [
        (event.customer_id, event.event_id.hex)
        for event in every_event(log, question)
        if among is None or event.customer_id in among
    ]
    invite(workspace, row, waiting, now)
    Round.objects.filter(pk=row.pk).update(looked_until=until)


def send_waiting(workspace: Workspace, row: Round, now: datetime) -> int:
    """Send what waits in a round and remind where it is due; return how many went out.

    Each is claimed first, so that of two processes one sends it; what a killed one had claimed is sent by another a
    while later. Nothing goes out while the survey is closed, and nothing to whoever asked to be left alone since.
    """
    found = published(workspace, row.survey_id)
    if found is None or state_of(workspace, row.survey_id) != "open" or not can_send(row.channel):
        return 0
    sent = _send_first(workspace, row, found.survey)
    if row.remind_after is not None:
        sent += _remind(workspace, row, found.survey, now)
    return sent


def _send_first(workspace: Workspace, row: Round, survey: Survey) -> int:
    sent, log, region = 0, current_home().log(workspace.workspace_id), region_of(workspace)
    due = Invitation.objects.filter(of_round=row, status=Invitation.Status.WAITING).filter(_unclaimed())
    waiting = leave_alone(workspace, due.select_related("of_round").order_by("pk")[:_MOST_SENT])
    known = reached(log, [each.customer_id for each in waiting], row.channel, region)
    for invitation in waiting:
        mine = Invitation.objects.filter(pk=invitation.pk, status=Invitation.Status.WAITING)
        if not mine.filter(_unclaimed()).update(claimed_at=timezone.now()):
            continue
        to, address = known[invitation.customer_id].address, address_of(str(invitation.token))
        taken = send_letter(workspace, invitation, survey, to=to, address=address) if to else Taken.NEVER
        if taken is Taken.LATER:  # the server is away: the rest waits for it as well
            mine.update(claimed_at=None)
            break
        is_sent = taken is Taken.YES
        status = Invitation.Status.SENT if is_sent else Invitation.Status.FAILED
        mine.update(status=status, claimed_at=None, sent_at=timezone.now() if is_sent else None)
        sent += is_sent
    return sent


def _remind(workspace: Workspace, row: Round, survey: Survey, now: datetime) -> int:
    """Remind once: a process that dies meanwhile may leave one reminder out, and sends none twice."""
    sent, log, region = 0, current_home().log(workspace.workspace_id), region_of(workspace)
    late = Invitation.objects.filter(
        of_round=row,
        status=Invitation.Status.SENT,
        reminded_at=None,
        sent_at__lte=now - (row.remind_after or timedelta(0)),
        ends_at__gt=now,
    )
    waiting = leave_alone(workspace, late.select_related("of_round").order_by("pk")[:_MOST_SENT])
    known = reached(log, [each.customer_id for each in waiting], row.channel, region)
    for invitation in waiting:
        mine = Invitation.objects.filter(pk=invitation.pk)
        if not mine.filter(reminded_at=None, status=Invitation.Status.SENT).update(reminded_at=now):
            continue
        to, address = known[invitation.customer_id].address, address_of(str(invitation.token))
        if not to:
            continue
        taken = send_letter(workspace, invitation, survey, to=to, address=address, is_reminder=True)
        if taken is Taken.LATER:
            mine.update(reminded_at=None)
            break
        sent += taken is Taken.YES
    return sent


def leave_alone(workspace: Workspace, rows: Iterable[Invitation]) -> list[Invitation]:
    """Return those of some invitations that may go out; who asked to be left alone meanwhile is asked no more."""
    found = list(rows)
    out = opted_out(workspace, [invitation.customer_id for invitation in found])
    if out:
        over = [invitation.pk for invitation in found if invitation.customer_id in out]
        Invitation.objects.filter(pk__in=over, status=Invitation.Status.WAITING).update(
            status=Invitation.Status.OPTED_OUT
        )
    return [invitation for invitation in found if invitation.customer_id not in out]


def tell_sent(workspace: Workspace) -> int:
    """Tell the log of invitations that went out and that it does not know of yet; return how many.

    An event's id comes from its invitation: telling again after a kill tells nothing twice.
    """
    rows = Invitation.objects.filter(
        workspace_id=workspace.workspace_id, sent_at__isnull=False, told_at__isnull=True
    )
    told = 0
    while piece := list(rows.select_related("of_round").order_by("pk")[:_MOST_SENT]):
        write(workspace.workspace_id, [_sent_event(workspace, invitation) for invitation in piece])
        Invitation.objects.filter(pk__in=[each.pk for each in piece]).update(told_at=timezone.now())
        told += len(piece)
    return told


def _sent_event(workspace: Workspace, invitation: Invitation) -> EventDraft:
    row = invitation.of_round
    found = published(workspace, row.survey_id)
    return EventDraft(
        key=("survey_sent", invitation.public_id),
        name="survey_sent",
        customer_id=invitation.customer_id,
        occurred_at=invitation.sent_at or invitation.judged_at,
        channel=row.channel,
        properties={
            "survey": found.survey.key if found is not None else row.survey_id,
            "survey_id": row.survey_id,
            "invitation_id": invitation.public_id,
            "round": row.name,
        },
    )


def _unclaimed() -> Q:
    return Q(claimed_at=None) | Q(claimed_at__lt=timezone.now() - _CLAIMED_FOR)


def note_opened(token: str, now: datetime) -> None:
    """Keep that somebody opened his invitation."""
    Invitation.objects.filter(token=token, opened_at=None).update(opened_at=now)


def note_answered(token: str, now: datetime) -> bool:
    """Keep that an invitation is answered; return whether it was open until now: of two at once one is told so."""
    return bool(
        Invitation.objects.filter(token=token, answered_at=None).update(
            answered_at=now, status=Invitation.Status.ANSWERED
        )
    )


def opt_out(token: str, now: datetime) -> bool:
    """Ask the customer of an invitation nothing again, and tell the log; return whether there is such an invitation."""
    row = Invitation.objects.filter(token=token).first() if token else None
    if row is None:
        return False
    with transaction.atomic():
        OptOut.objects.get_or_create(
            workspace_id=row.workspace_id, customer_id=row.customer_id, defaults={"at": now}
        )
    write(
        row.workspace_id,
        [
            EventDraft(
                key=("surveys_opted_out", row.public_id),
                name=IDENTIFY,
                customer_id=row.customer_id,
                occurred_at=now,
                properties={"consents": {"surveys": False}},
            )
        ],
    )
    return True


def lapse(now: datetime) -> int:
    """Close invitations whose time is over; return how many."""
    return Invitation.objects.filter(status=Invitation.Status.SENT, ends_at__lte=now).update(
        status=Invitation.Status.LAPSED
    )


def _members(workspace: Workspace, row: Round) -> frozenset[str]:
    found: set[str] = set()
    after: tuple[int, int] | None = None
    while True:
        page = members_page(workspace, row.segment_id, limit=5_000, after=after)
        found.update(facts.customer_id for facts, _ in page.customers)
        if page.next_after is None:
            return frozenset(found)
        after = page.next_after
