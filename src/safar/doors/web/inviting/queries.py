"""Reads of links, rounds and invitations, for the pages and for other apps."""

from __future__ import annotations

from typing import Final

from django.db.models import Count

from safar.listen.contact_budget import ContactBudget
from safar.store.registry import Workspace
from safar.vocabulary.interval import Estimate, share

from .budgets import budget_of
from .facts import InvitationFacts, LinkFacts, RoundFacts
from .links import link, links_of
from .models import Invitation, Round

__all__ = [
    "ContactBudget",
    "InvitationFacts",
    "LinkFacts",
    "RoundFacts",
    "budget_of",
    "invitations_of",
    "link",
    "links_of",
    "response_rate",
    "round_of",
    "rounds_of",
]

#: Invitations that reached somebody.
_OUT: Final = (Invitation.Status.SENT, Invitation.Status.ANSWERED, Invitation.Status.LAPSED)


def rounds_of(workspace: Workspace, survey_id: str) -> tuple[RoundFacts, ...]:
    """Return the rounds of a survey, newest first."""
    rows = Round.objects.filter(workspace_id=workspace.workspace_id, survey_id=survey_id)
    return tuple(_facts(row) for row in rows.select_related("created_by").order_by("-id"))


def round_of(workspace: Workspace, public_id: str) -> RoundFacts | None:
    """Return one round, or None."""
    rows = Round.objects.filter(workspace_id=workspace.workspace_id, public_id=public_id)
    row = rows.select_related("created_by").first()
    return None if row is None else _facts(row)


def response_rate(workspace: Workspace, survey_id: str) -> Estimate | None:
    """Return the share of invitations that went out and were answered, over all rounds; None without any.

    By Wilson. Those that still run count as not answered yet.
    """
    rows = Invitation.objects.filter(workspace_id=workspace.workspace_id, survey_id=survey_id)
    counts = dict(rows.filter(status__in=_OUT).values_list("status").annotate(count=Count("pk")))
    return share(counts.get(Invitation.Status.ANSWERED, 0), sum(counts.values()))


def invitations_of(
    workspace: Workspace, round_id: str, *, status: str = "", after: int = 0, limit: int = 100
) -> tuple[tuple[InvitationFacts, ...], int | None]:
    """Return invitations of a round in the order they were judged, and where the next page begins."""
    rows = Invitation.objects.filter(
        workspace_id=workspace.workspace_id, of_round__public_id=round_id, pk__gt=after
    )
    if status:
        rows = rows.filter(status=status)
    found = list(rows.order_by("pk")[: limit + 1])
    shown = found[:limit]
    facts = tuple(
        InvitationFacts(
            public_id=row.public_id,
            customer_id=row.customer_id,
            status=row.status,
            token=row.token or "",
            language=row.language,
            judged_at=row.judged_at,
            sent_at=row.sent_at,
            reminded_at=row.reminded_at,
            opened_at=row.opened_at,
            answered_at=row.answered_at,
        )
        for row in shown
    )
    return facts, shown[-1].pk if len(found) > limit else None


def _facts(row: Round) -> RoundFacts:
    counted = Invitation.objects.filter(of_round=row).values_list("status").annotate(count=Count("pk"))
    return RoundFacts(
        public_id=row.public_id,
        survey_id=row.survey_id,
        name=row.name,
        channel=row.channel,
        trigger=row.trigger,
        segment_id=row.segment_id,
        event_names=tuple(row.event_names),
        delay=row.delay,
        rate=row.rate,
        remind_after=row.remind_after,
        open_for=row.open_for,
        created_at=row.created_at,
        created_by="" if row.created_by is None else str(row.created_by),
        stopped_at=row.stopped_at,
        is_drawn=row.is_drawn,
        counts=dict(counted),
    )
