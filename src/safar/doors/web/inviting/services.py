"""Verbs of asking: make a link, begin a round, keep what became of an invitation."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from safar.doors.web.audit.actor import Actor
from safar.store.registry import Workspace

from .after_case import AskedAgain, invite_after_case
from .budgets import change_budget
from .foreseen import foreseen_of
from .forgetting import forget_customer
from .letters import Taken
from .links import change_widget, close_link, make_link
from .rounds import RoundPlan, may_hear, start_round, stop_round, usual_channel
from .sending import note_answered as _note_answered
from .sending import note_opened as _note_opened
from .sending import opt_out
from .writing import Note, addresses_of, can_write, leave, leaves, left_alone, send_note

__all__ = [
    "AskedAgain",
    "Note",
    "RoundPlan",
    "Taken",
    "addresses_of",
    "can_write",
    "change_budget",
    "change_widget",
    "close_link",
    "foreseen_of",
    "forget_customer",
    "invite",
    "invite_after_case",
    "leave",
    "leaves",
    "left_alone",
    "make_link",
    "may_hear",
    "note_answered",
    "note_opened",
    "opt_out",
    "send_note",
    "start_round",
    "stop_round",
    "usual_channel",
]


def invite(
    workspace: Workspace,
    survey_id: str,
    *customer_ids: str,
    by: Actor,
    channel: str = "",
    name: str = "",
    open_for: timedelta = timedelta(days=14),
) -> str:
    """Ask these customers at once, within the budget of contacts; return the round's public id.

    Parameters
    ----------
    channel
        ``email`` or ``sms``; mail where the installation has a server when empty.

    Raises
    ------
    NotPublished, RoundRefused
    """
    plan = RoundPlan(
        name=name or _("Asked again"),
        channel=channel or usual_channel(),
        customer_ids=customer_ids,
        open_for=open_for,
    )
    return start_round(workspace, survey_id, plan, by=by)


def note_opened(token: str, at: datetime | None = None) -> None:
    """Keep that somebody opened his invitation; of an open link nothing is kept."""
    _note_opened(token, at or timezone.now())


def note_answered(token: str, at: datetime | None = None) -> bool:
    """Keep that an invitation is answered; of two who answer it at once one is told True."""
    return _note_answered(token, at or timezone.now())
