"""Reads of the log of changes, as frozen facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from .models import Change


@dataclass(frozen=True, slots=True)
class ChangesQuestion:
    """Which changes.

    Attributes
    ----------
    workspace_id
        Of which workspace; empty for those of the installation.
    actor
        Only by this address, token or user of the machine; empty for everybody.
    action
        Only this dotted verb; empty for all.
    since, until
        Aware instants, half-open; None for no bound.
    """

    workspace_id: str
    actor: str = ""
    action: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class ChangeFacts:
    """One change.

    Attributes
    ----------
    number
        Grows with time; the key by which pages follow each other.
    at
        Aware UTC instant.
    action, target
        What was done, to what.
    actor_kind
        ``member``, ``token``, ``terminal`` or ``system``.
    actor, address
        Who did it, and from which network address.
    before, after
        The values that differ.
    """

    number: int
    at: datetime
    action: str
    target: str
    actor_kind: str
    actor: str
    address: str
    before: Mapping[str, object]
    after: Mapping[str, object]


def changes(
    question: ChangesQuestion, *, before: int | None = None, limit: int = 50
) -> tuple[list[ChangeFacts], int | None]:
    """Return changes, newest first, and the number to go on before; None at the end.

    Parameters
    ----------
    before
        Only those with a smaller number.
    limit
        At most so many.
    """
    rows = _asked(question)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = [_facts(row) for row in rows.order_by("-pk")[: limit + 1]]
    return found[:limit], found[limit - 1].number if len(found) > limit else None


def every_change(question: ChangesQuestion) -> Iterator[ChangeFacts]:
    """Return all of them, newest first, read as they are taken."""
    for row in _asked(question).order_by("-pk").iterator(chunk_size=500):
        yield _facts(row)


def actors_of(workspace_id: str) -> list[str]:
    """Return who has changed anything in a workspace, by name."""
    names = Change.objects.filter(workspace_id=workspace_id).exclude(actor_name="")
    return sorted(names.values_list("actor_name", flat=True).distinct())


def actions_of(workspace_id: str) -> list[str]:
    """Return which actions a workspace's log of changes holds, sorted."""
    found = Change.objects.filter(workspace_id=workspace_id).values_list("action", flat=True)
    return sorted(found.distinct())


def _asked(question: ChangesQuestion) -> QuerySet[Change]:
    rows = Change.objects.filter(workspace_id=question.workspace_id)
    if question.actor:
        rows = rows.filter(actor_name=question.actor)
    if question.action:
        rows = rows.filter(action=question.action)
    if question.since is not None:
        rows = rows.filter(at__gte=question.since)
    if question.until is not None:
        rows = rows.filter(at__lt=question.until)
    return rows


def _facts(row: Change) -> ChangeFacts:
    return ChangeFacts(
        number=row.pk,
        at=row.at,
        action=row.action,
        target=row.target,
        actor_kind=row.actor_kind,
        actor=row.actor_name,
        address=row.actor_address,
        before=row.before,
        after=row.after,
    )
