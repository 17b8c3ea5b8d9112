"""Reads of the log of changes, as frozen facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import QuerySet

from safar.doors.web.members.queries import list_members

from .models import Change
from .sentences import all_change_sentences

#: From how many changes the lists to choose from are made.
_LATEST: Final = 10_000


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
    """Return who has changed anything in a workspace lately, by name; of a longer log its members too.

    A log is kept for ever: to read all of it for a list to choose from would take longer every year.
    """
    rows, is_longer = _latest(workspace_id)
    found = set(rows.exclude(actor_name="").values_list("actor_name", flat=True).distinct())
    if is_longer:
        found.update(member.email for member in list_members(workspace_id or None))
    return sorted(found)


def actions_of(workspace_id: str) -> list[str]:
    """Return which actions a workspace's log of changes holds lately, sorted; of a longer log all that are known."""
    rows, is_longer = _latest(workspace_id)
    found = set(rows.values_list("action", flat=True).distinct())
    return sorted(found.union(all_change_sentences()) if is_longer else found)


def _latest(workspace_id: str) -> tuple[QuerySet[Change], bool]:
    """Return the latest changes, and whether there are older ones."""
    rows = Change.objects.filter(workspace_id=workspace_id)
    older = rows.order_by("-pk").values_list("pk", flat=True)[_LATEST : _LATEST + 1]
    newest_older = next(iter(older), None)
    return (rows, False) if newest_older is None else (rows.filter(pk__gt=newest_older), True)


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
