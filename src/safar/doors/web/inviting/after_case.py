"""Asking one customer again after his case, at once: whoever asks is told what became of it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from safar.doors.web.audit.actor import Actor
from safar.doors.web.audit.services import record
from safar.doors.web.surveys.queries import published
from safar.store.registry import Workspace

from .errors import NotPublished
from .models import Invitation, Round
from .rounds import invite, look_soon, usual_channel
from .sending import can_send

_OPEN_FOR: Final = timedelta(days=14)
_LONGEST_NAME: Final = 120


@dataclass(frozen=True, slots=True)
class AskedAgain:
    """What became of asking a customer again.

    Attributes
    ----------
    round_id
        Public id of the round that was made for it.
    verdict
        ``waiting`` for one who is asked; else why he is not: another status of an invitation.
    is_mailed
        Whether this installation sends it; else its link is taken from the round.
    """

    round_id: str
    verdict: str
    is_mailed: bool

    @property
    def is_asked(self) -> bool:
        """Whether he is asked."""
        return self.verdict == Invitation.Status.WAITING


def invite_after_case(
    workspace: Workspace, survey_id: str, customer_id: str, *, name: str, by: Actor
) -> AskedAgain:
    """Ask one customer again after his case.

    That he has just answered, or was asked the same lately, is why there is a case: it holds nothing up. That he asked
    to be left alone, has not agreed, or was asked as often as the budget of contacts allows, does.

    Raises
    ------
    NotPublished
        The survey has nothing that could be answered.
    """
    if published(workspace, survey_id) is None:
        raise NotPublished("The survey is not published.", hint="Publish it first.")
    now, channel = timezone.now(), usual_channel()
    with transaction.atomic():
        row = Round.objects.create(
            workspace_id=workspace.workspace_id,
            public_id=secrets.token_hex(8),
            survey_id=survey_id,
            name=name.strip()[:_LONGEST_NAME],
            channel=channel,
            open_for=_OPEN_FOR,
            looked_until=now,
            is_drawn=True,
            created_by=by.member,
            created_at=now,
        )
        record(by, "survey.round_started", workspace_id=workspace.workspace_id, target=row.name)
    invite(workspace, row, [(customer_id, "")], now, after_case=True)
    verdict = Invitation.objects.values_list("status", flat=True).get(of_round=row)
    look_soon(workspace.workspace_id)
    return AskedAgain(str(row.public_id), str(verdict), can_send(channel))
