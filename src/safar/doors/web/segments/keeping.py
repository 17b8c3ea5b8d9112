"""The live audiences of a workspace's segments: where they are kept, and what of them is written into tables."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from safar.act.audience_state import Held
from safar.act.audiences import AudienceChange, AudienceChanges, AudienceKeeper
from safar.doors.web.homes import current_home
from safar.observe.among import Segment as Definition
from safar.observe.executors import shared_executor
from safar.observe.segment_size import spending
from safar.observe.segment_text import segment_of as read_segment
from safar.store.registry import Workspace
from safar.vocabulary.errors import Refusal

from .models import Movement, Segment, SizeOfDay

logger: Final = logging.getLogger("safar.segments")

#: Below the workspace's folder.
_FOLDER: Final = "audiences"
#: So many of the last who came and left are kept of each segment.
MOST_MOVEMENTS: Final = 200


def keeper_of(workspace_id: str) -> AudienceKeeper:
    """Return who keeps the members of a workspace's segments."""
    return AudienceKeeper(current_home().workspace_folder(workspace_id) / _FOLDER)


def definition_of(row: Segment) -> Definition:
    """Return what a row defines, by its name.

    Raises
    ------
    RuleUnreadable
        The text was written for another version of the language.
    """
    found = read_segment(row.text)
    return Definition(row.name, found.did, found.also, found.now)


def bring_up_to_date(workspace: Workspace) -> AudienceChanges | None:
    """Bring the segments of a workspace up to what its log shows; None where it has none.

    Sizes, the counts of the day and the last movements are written; a crash before they are loses these counts, never
    a member.
    """
    place = workspace.workspace_id
    rows = list(Segment.objects.filter(workspace_id=place, is_archived=False))
    keeper = keeper_of(place)
    if not rows and keeper.held() is None:
        return None
    definitions: dict[str, Definition] = {}
    for row in rows:
        try:
            definitions[row.public_id] = definition_of(row)
        except Refusal as refusal:
            logger.warning("a segment of %s cannot be read: %s", place, refusal.code)
    log = current_home().log(place)
    changes = keeper.catch_up(log, definitions, executor=shared_executor())
    if changes.is_whole:
        _forget_gone(place, keeper)
    _write(workspace, rows, keeper, changes)
    return changes


def _write(
    workspace: Workspace, rows: list[Segment], keeper: AudienceKeeper, changes: AudienceChanges
) -> None:
    now = timezone.now()
    day = now.astimezone(ZoneInfo(workspace.time_zone)).date()
    has_day = set(
        SizeOfDay.objects.filter(segment__in=rows, on=day).values_list("segment__public_id", flat=True)
    )
    is_quiet = changes.looked_at == 0
    held = keeper.held()
    if held is None:
        return
    spent = spending(current_home().log(workspace.workspace_id), workspace.currency)
    values = spent.beside(held.standings.persons)
    with transaction.atomic():
        for row in rows:
            change = changes.segments.get(row.public_id)
            if change is None or (is_quiet and row.size_at is not None and row.public_id in has_day):
                continue
            members = held.standings.members(held.columns[row.public_id][1])
            share = spent.share_in(values[members])
            Segment.objects.filter(pk=row.pk).update(
                size=change.size, customers=changes.customers, value_share=share, size_at=now
            )
            _write_day(row, change, changes.customers, share, day)
            _write_movements(row, change, now, held)


def _write_day(
    row: Segment, change: AudienceChange, customers: int, share: float | None, day: object
) -> None:
    values = {"size": change.size, "customers": customers, "value_share": share}
    entered, left = len(change.entered), len(change.left)
    _, is_new = SizeOfDay.objects.get_or_create(
        segment=row, on=day, defaults={**values, "entered": entered, "left": left}
    )
    if not is_new:
        SizeOfDay.objects.filter(segment=row, on=day).update(
            **values, entered=F("entered") + entered, left=F("left") + left
        )


def _write_movements(row: Segment, change: AudienceChange, now: datetime, held: Held) -> None:
    # Of an erased person nothing is written any more.
    left = change.left[np.isin(change.left, held.standings.persons, assume_unique=True)]
    moved = [(key, True) for key in change.entered[-MOST_MOVEMENTS:].tolist()]
    moved += [(key, False) for key in left[-MOST_MOVEMENTS:].tolist()]
    if not moved:
        return
    Movement.objects.bulk_create(
        Movement(segment=row, person=f"{key:016x}", has_entered=has_entered, at=now)
        for key, has_entered in moved
    )
    kept = list(
        Movement.objects.filter(segment=row).order_by("-id").values_list("pk", flat=True)[:MOST_MOVEMENTS]
    )
    Movement.objects.filter(segment=row).exclude(pk__in=kept).delete()


def _forget_gone(place: str, keeper: AudienceKeeper) -> None:
    """Forget movements of persons who are in the log no more: erased ones among them."""
    held = keeper.held()
    persons = Movement.objects.filter(segment__workspace_id=place).values_list("person", flat=True).distinct()
    known = set() if held is None else {f"{key:016x}" for key in held.standings.persons.tolist()}
    gone = [person for person in persons if person not in known]
    Movement.objects.filter(segment__workspace_id=place, person__in=gone).delete()
