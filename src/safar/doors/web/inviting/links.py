"""Links: addresses of a survey that whoever has them may answer at."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone

from safar.doors.web.audit.actor import Actor
from safar.doors.web.audit.services import record
from safar.store.registry import Workspace
from safar.vocabulary.dates import FIRST_YEAR, LAST_YEAR

from .errors import RoundRefused, UnknownLink
from .facts import LinkFacts
from .models import Invitation, Link
from .widget_rules import read_rules, told_rules

#: Letters that cannot be taken for one another when an address is read aloud or typed from a wall.
_LETTERS: Final = "abcdefghijkmnpqrstuvwxyz23456789"
#: 32¹⁰ addresses: a guesser finds none. An invitation's is longer, for it answers in somebody's name.
_OPEN_LETTERS: Final = 10
_PERSONAL_LETTERS: Final = 20
_FIRST: Final = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC)
_LAST: Final = datetime(LAST_YEAR, 1, 1, tzinfo=UTC)


def open_token() -> str:
    """Return a token short enough to be typed."""
    return _drawn(_OPEN_LETTERS)


def personal_token() -> str:
    """Return a token that nobody guesses: 100 bits."""
    return _drawn(_PERSONAL_LETTERS)


def _drawn(letters: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(letters))


def make_link(
    workspace: Workspace,
    survey_id: str,
    kind: str,
    *,
    by: Actor,
    name: str = "",
    channel: str = "web",
    language: str = "",
    hidden: Mapping[str, str] | None = None,
    origins: Sequence[str] = (),
    appears: Mapping[str, object] | None = None,
    closes_at: datetime | None = None,
) -> LinkFacts:
    """Make a link to a survey.

    Parameters
    ----------
    kind
        One of `Link.Kind`.
    origins
        Of a widget: ``https://shop.example``, each an origin whose pages may show it.

    closes_at
        Aware; of a year that every calendar shows.

    Raises
    ------
    RoundRefused
        The kind is unknown, an origin is none, or the link would close before or after those years.
    """
    if kind not in Link.Kind.values:
        raise RoundRefused(
            f"There are no links of kind {kind!r}.", hint=f"One of {', '.join(Link.Kind.values)}."
        )
    if closes_at is not None and not _FIRST <= closes_at < _LAST:
        raise RoundRefused(
            "A link cannot close so far from now.", hint=f"Write a year from {FIRST_YEAR} to {LAST_YEAR - 1}."
        )
    with transaction.atomic():
        row = Link.objects.create(
            workspace_id=workspace.workspace_id,
            survey_id=survey_id,
            token=open_token(),
            kind=kind,
            name=name.strip()[:120],
            channel=channel.strip()[:32] or "web",
            language=language,
            hidden=dict(hidden or {}),
            origins=[origin_of(each) for each in origins],
            appears=dict(appears or {}),
            closes_at=closes_at,
            created_by=by.member,
        )
        record(by, "survey.link_made", workspace_id=workspace.workspace_id, target=row.name or row.token)
    return facts_of_link(row)


def change_widget(
    workspace: Workspace, token: str, *, origins: Sequence[str], appears: Mapping[str, object], by: Actor
) -> None:
    """Say on which sites a survey appears, and when; see `widget_rules`.

    Raises
    ------
    UnknownLink
    RoundRefused
        An origin is none.
    WidgetRefused
    """
    rules = told_rules(read_rules(appears))
    with transaction.atomic():
        rows = Link.objects.select_for_update().filter(workspace_id=workspace.workspace_id, token=token)
        row = rows.filter(kind=Link.Kind.WIDGET).first()
        if row is None:
            raise UnknownLink("There is no such link here.", hint="Look at the links of the survey.")
        row.origins = list(dict.fromkeys(origin_of(each) for each in origins))
        row.appears = rules
        row.save(update_fields=["origins", "appears"])
        record(by, "survey.link_appears", workspace_id=workspace.workspace_id, target=row.name or row.token)


def close_link(workspace: Workspace, token: str, *, is_closed: bool = True, by: Actor) -> None:
    """End a link, or let it work again.

    Raises
    ------
    UnknownLink
    """
    with transaction.atomic():
        row = (
            Link.objects.select_for_update().filter(workspace_id=workspace.workspace_id, token=token).first()
        )
        if row is None:
            raise UnknownLink("There is no such link here.", hint="Look at the links of the survey.")
        if (row.closed_at is not None) is is_closed:
            return
        row.closed_at = timezone.now() if is_closed else None
        row.save(update_fields=["closed_at"])
        verb = "survey.link_closed" if is_closed else "survey.link_opened"
        record(by, verb, workspace_id=workspace.workspace_id, target=row.name or row.token)


def link(token: str) -> LinkFacts | None:
    """Return where a token leads: that of a link, or of a customer's invitation; None where there is none."""
    row = Link.objects.filter(token=token).first()
    if row is not None:
        return facts_of_link(row)
    invitation = Invitation.objects.select_related("of_round").filter(token=token).first() if token else None
    if invitation is None:
        return None
    why = ""
    if invitation.status == Invitation.Status.ANSWERED:
        why = "answered"
    elif invitation.ends_at is not None and invitation.ends_at <= timezone.now():
        why = "over"
    return LinkFacts(
        workspace_id=invitation.workspace_id,
        survey_id=invitation.survey_id,
        token=token,
        kind="personal",
        name=invitation.of_round.name,
        channel=invitation.of_round.channel,
        language=invitation.language,
        customer_id=invitation.customer_id,
        invitation_id=invitation.public_id,
        closes_at=invitation.ends_at,
        created_at=invitation.judged_at,
        why=why,
    )


def links_of(workspace: Workspace, survey_id: str) -> tuple[LinkFacts, ...]:
    """Return the links of a survey, oldest first."""
    rows = Link.objects.filter(workspace_id=workspace.workspace_id, survey_id=survey_id).order_by("id")
    return tuple(facts_of_link(row) for row in rows)


def facts_of_link(row: Link) -> LinkFacts:
    """Return what is told of a link."""
    is_over = row.closes_at is not None and row.closes_at <= timezone.now()
    return LinkFacts(
        workspace_id=row.workspace_id,
        survey_id=row.survey_id,
        token=row.token,
        kind=row.kind,
        name=row.name,
        channel=row.channel,
        language=row.language,
        hidden=row.hidden,
        origins=tuple(row.origins),
        appears=row.appears,
        closes_at=row.closes_at,
        created_at=row.created_at,
        why="closed" if row.closed_at is not None else "over" if is_over else "",
    )


def origin_of(text: str) -> str:
    """Return an origin as browsers send it.

    Raises
    ------
    RoundRefused
        It names no page of the web.
    """
    try:
        parts = urlsplit(text.strip())
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        parts, port = urlsplit(""), ""
    if parts.scheme not in {"http", "https"} or not parts.hostname or any(c in text for c in "'\"; ,\n"):
        raise RoundRefused(
            f"{text[:200]!r} is no origin of pages.",
            hint="Write it as https://shop.example",
            origin=text[:200],
        )
    return f"{parts.scheme}://{parts.hostname.lower()}{port}"
