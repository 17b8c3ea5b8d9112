"""The personal links of a round as rows of a file: for texts that another tool sends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from django.db import transaction
from django.utils import timezone

from safar.doors.web.homes import current_home
from safar.doors.web.surveys.queries import published
from safar.store.home import region_of
from safar.store.registry import Workspace

from .contacts import reached
from .letters import sms_text
from .models import Invitation
from .sending import address_of, leave_alone, tell_sent

_AT_ONCE: Final = 200


def link_rows(
    workspace: Workspace,
    round_id: str,
    messages: Callable[[str], int],
    *,
    again: bool = False,
    whole: Callable[[str], str] = str,
) -> Iterator[tuple[str, str, str, str, str, int]]:
    """Yield each invitation that waits: customer, address, language, link, text, how many short messages it takes.

    Each then counts as sent: who takes the file sends them. Of two members who take it at once each gets others.

    Parameters
    ----------
    again
        Those that count as sent and are not answered as well: for a file that got lost.
    whole
        Makes an address whole where the installation does not know its own.
    """
    log, region, last = current_home().log(workspace.workspace_id), region_of(workspace), 0
    while piece := _taken(workspace, round_id, last, again=again):
        last = piece[-1].pk
        tell_sent(workspace)
        rows = leave_alone(workspace, piece)
        by_customer = (
            reached(log, [row.customer_id for row in rows], rows[0].of_round.channel, region) if rows else {}
        )
        for row in rows:
            found = published(workspace, row.survey_id)
            if found is None:
                return
            known = by_customer[row.customer_id]
            address = whole(address_of(str(row.token)))
            language = row.language or workspace.language
            text = sms_text(workspace, row.of_round, language, found.survey, address)
            yield row.customer_id, known.address, language, address, text, messages(text)


def _taken(workspace: Workspace, round_id: str, after: int, *, again: bool) -> list[Invitation]:
    """Return the next invitations of the file, which count as sent from now on."""
    wanted = [Invitation.Status.WAITING, *((Invitation.Status.SENT,) if again else ())]
    rows = Invitation.objects.filter(
        workspace_id=workspace.workspace_id, of_round__public_id=round_id, status__in=wanted, pk__gt=after
    )
    with transaction.atomic():
        locked = list(
            rows.select_for_update(of=("self",)).select_related("of_round").order_by("pk")[:_AT_ONCE]
        )
        leave_alone(workspace, locked)
        Invitation.objects.filter(pk__in=[row.pk for row in locked], status=Invitation.Status.WAITING).update(
            status=Invitation.Status.SENT, sent_at=timezone.now()
        )
    return locked
