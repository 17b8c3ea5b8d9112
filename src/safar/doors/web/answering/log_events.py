"""What the log, and others after it, are told of a response that has ended."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Final

from safar.doors.web.cases.services import nudge
from safar.doors.web.hooks.services import announce
from safar.doors.web.scribe import EventDraft
from safar.listen.questionnaire.anatomy import Answer, Survey
from safar.listen.questionnaire.events import Response as Ended
from safar.listen.questionnaire.events import events_of
from safar.listen.questionnaire.walk import Walk
from safar.store.registry import Workspace

from .models import Response, State
from .places import WIDGET

#: Properties that hold what somebody wrote, or what a link said of him, such as his team.
_PERSONAL: Final = frozenset({"verbatim", "verbatim_key", "other", "hidden"})
#: The kind of responses that came by no link.
BROUGHT: Final = "import"


def drafts_of(row: Response, survey: Survey, walk: Walk, answers: Mapping[str, Answer]) -> list[EventDraft]:
    """Return the events of a response: the same ones whenever they are made.

    Whom a full quota turned away, and who gave up, has no complete response; the event that ends it tells them apart.
    A survey that shows single responses to nobody tells the log neither who answered, nor what his link said of him,
    nor what he wrote: events are read one by one.
    """
    keeps_to_itself = survey.least_cell > 1
    is_known = bool(row.customer_id) and not keeps_to_itself
    ended = Ended(
        response_id=row.public_id,
        survey_id=row.survey_id,
        version=row.version,
        customer_id=row.customer_id if is_known else unknown_customer(row.public_id),
        is_known=is_known and row.kind != WIDGET,
        ended_at=row.finished_at or row.touched_at,
        channel=row.channel,
        invitation_id="" if keeps_to_itself else row.invitation_id,
        seconds=row.seconds,
        is_complete=row.state == State.COMPLETE,
        is_screened=row.state == State.SCREENED,
        marks=tuple(row.marks),
    )
    return [
        EventDraft(
            key=draft.key,
            name=draft.name,
            customer_id=draft.customer_id,
            occurred_at=draft.occurred_at,
            channel=draft.channel,
            source=source_of(row),
            properties=_of_nobody(draft.properties) if keeps_to_itself else draft.properties,
        )
        for draft in events_of(survey, walk, answers, ended)
    ]


def _of_nobody(properties: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in properties.items() if name not in _PERSONAL}


def source_of(row: Response) -> str:
    """Return what the events of a response come from; those that a file brought are removed by it."""
    return f"survey-file:{row.link}" if row.kind == BROUGHT and row.link else "survey"


#: How the id of a customer whom nobody knows begins.
_UNKNOWN: Final = "respondent-"
#: Whether anybody wants to be told of responses is asked again after so long.
_QUIET_SECONDS: Final = 2.0
_quiet_until: dict[str, float] = {}


def tell_others(workspace: Workspace, row: Response) -> None:
    """Let rules look at once, and webhooks know, that a response is in the log."""
    nudge(workspace)
    place = workspace.workspace_id
    if row.state != State.COMPLETE or time.monotonic() < _quiet_until.get(place, 0.0):
        return
    told = announce(
        workspace,
        "response.completed",
        {
            "response_id": row.public_id,
            "survey_id": row.survey_id,
            "survey_version": row.version,
            "invitation_id": row.invitation_id,
            "language": row.language,
            "channel": row.channel,
            "finished_at": row.finished_at.isoformat() if row.finished_at else "",
            "seconds": row.seconds,
            "marks": list(row.marks),
        },
        customer_id=row.customer_id,
    )
    if not told:
        _quiet_until[place] = time.monotonic() + _QUIET_SECONDS


def unknown_customer(public_id: str) -> str:
    """Return who answered where nobody knows: each response is somebody's own.

    >>> unknown_customer("Qk3")
    'respondent-Qk3'
    """
    return f"{_UNKNOWN}{public_id}"


def response_of_unknown(customer_id: str) -> str:
    """Return which response somebody unknown gave; empty for a customer of another name.

    >>> response_of_unknown("respondent-Qk3"), response_of_unknown("ali")
    ('Qk3', '')
    """
    return customer_id.removeprefix(_UNKNOWN) if customer_id.startswith(_UNKNOWN) else ""
