"""Verbs of answering: give up what nobody comes back to, tell the log what it has not heard, erase."""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from django.db import DatabaseError, transaction
from django.db.models import Q
from django.utils import timezone

from safar.doors.web import scribe
from safar.doors.web.homes import current_home
from safar.listen.questionnaire.walk import WalkLost
from safar.store.registry import Workspace
from safar.vocabulary.errors import Refusal, SafarError

from .files import remove_files
from .keeping import KEEPER, one_group
from .log_events import drafts_of, response_of_unknown, tell_others
from .models import Response, ResponseFile, State
from .passage import answers_of, walk_of
from .places import NowhereToAnswer, published_survey

logger: Final = logging.getLogger("safar.web")

#: Who comes back later than this finds his response given up.
GIVEN_UP_AFTER: Final = timedelta(hours=24)
#: What ended longer ago and is not in the log was left behind by a process that died, or by a full disk.
_LEFT_BEHIND: Final = timedelta(minutes=1)
_PIECE: Final = 500
#: So long one sweep tells the log; the next one goes on.
_SWEEP_SECONDS: Final = 50.0


def give_up(now: datetime) -> int:
    """Let responses end that nobody has touched for a day: what was answered is told to the log as not complete.

    Returns
    -------
    int
        How many were given up.
    """
    count = 0
    idle = Response.objects.filter(state=State.OPEN, touched_at__lt=now - GIVEN_UP_AFTER)
    while True:
        with one_group():
            pks = list(idle.order_by("pk").values_list("pk", flat=True)[:_PIECE])
            count += Response.objects.filter(pk__in=pks).update(state=State.STOPPED)
        if len(pks) < _PIECE:
            return count


def write_waiting(now: datetime | None = None) -> int:
    """Tell the log, and others after it, of every response that ended and is not in it; return how many.

    Their events are the same whenever they are made, so one that the log has already is not doubled. Workspaces take
    turns, piece by piece: where one's log takes nothing, those of the others do.

    Parameters
    ----------
    now
        What ended within the last minute is on its way; all are told when None.
    """
    KEEPER.note_logged()
    rows = Response.objects.filter(in_log=False, is_test=False).exclude(state=State.OPEN)
    if now is not None:
        rows = rows.filter(touched_at__lt=now - _LEFT_BEHIND)
    places = sorted(set(rows.order_by().values_list("workspace_id", flat=True)))
    last, count, until = dict.fromkeys(places, 0), 0, time.monotonic() + _SWEEP_SECONDS
    while last and time.monotonic() < until:
        for place in list(last):
            piece = list(rows.filter(workspace_id=place, pk__gt=last[place]).order_by("pk")[:_PIECE])
            try:
                count += _tell(place, piece)
            except (
                SafarError,
                OSError,
                DatabaseError,
            ) as error:  # a full disk, most likely: it is tried again
                logger.warning("responses of %s wait for the log: %s", place, error)
                piece = []
            if len(piece) == _PIECE:
                last[place] = piece[-1].pk
            else:
                del last[place]
    return count


def _tell(place: str, piece: Sequence[Response]) -> int:
    """Tell the log, then others, of responses of one workspace; return of how many."""
    drafts: dict[int, list[scribe.EventDraft]] = {}
    for row in piece:
        try:
            survey = published_survey(row.workspace_id, row.survey_id, row.version)
            drafts[row.pk] = drafts_of(row, survey, walk_of(row, survey), answers_of(row))
        except (NowhereToAnswer, WalkLost) as error:
            logger.warning("a response of %s stays out of the log: %s", place, error.code)
    lost = [row.pk for row in piece if row.pk not in drafts]
    if lost:
        Response.objects.filter(pk__in=lost).update(in_log=True)
    written = _written(place, drafts)
    workspace, told = current_home().workspace(place), []
    try:
        for row in piece:
            if row.pk in written:
                tell_others(workspace, row)
                told.append(row.pk)
    finally:
        Response.objects.filter(pk__in=told).update(in_log=True)
    return len(told)


def _written(place: str, drafts: Mapping[int, list[scribe.EventDraft]]) -> set[int]:
    """Write the events of responses, all at once; where the log refuses some, those of the others.

    Raises
    ------
    Refusal
        It takes none of them.
    """
    try:
        scribe.write(place, [draft for own in drafts.values() for draft in own])
    except Refusal:
        written = set()
        for pk, own in drafts.items():
            try:
                scribe.write(place, own)
            except Refusal as error:
                logger.warning("the log of %s refuses a response: %s", place, error)
            else:
                written.add(pk)
        if not written:
            raise
        return written
    return set(drafts)


def forget_customer(workspace: Workspace, customer_ids: Collection[str]) -> int:
    """Remove the responses of an erased customer, and the files that came with them; return how many responses."""
    own = [public_id for each in customer_ids if (public_id := response_of_unknown(each))]
    theirs = Q(customer_id__in=[each for each in customer_ids if each]) | Q(public_id__in=own)
    rows = Response.objects.filter(theirs, workspace_id=workspace.workspace_id)
    return _remove(workspace.workspace_id, rows.values_list("public_id", flat=True))


def forget_before(workspace: Workspace, instant: datetime) -> int:
    """Remove responses that were touched last before an instant: a workspace keeps them as long as its events."""
    rows = Response.objects.filter(workspace_id=workspace.workspace_id, touched_at__lt=instant)
    return _remove(workspace.workspace_id, rows.values_list("public_id", flat=True))


def forget_as_kept(now: datetime | None = None) -> int:
    """Remove, in every workspace, what is older than it keeps; return how many responses."""
    now = now or timezone.now()
    count = 0
    for workspace in current_home().workspaces():
        if workspace.retention_days is not None:
            count += forget_before(workspace, now - timedelta(days=workspace.retention_days))
    return count


def clear_loose_files(now: datetime) -> int:
    """Remove files whose page was never kept, a day after they came; return how many."""
    count = 0
    old = ResponseFile.objects.filter(sent_at__lt=now - GIVEN_UP_AFTER)
    known = Response.objects.values("public_id")
    for row in old.exclude(response_id__in=known)[:_PIECE]:
        row.delete()
        remove_files(row.workspace_id, [row.public_id])
        count += 1
    return count


def _remove(workspace_id: str, public_ids: Collection[str]) -> int:
    count = 0
    for piece in _pieces(list(public_ids)):
        with one_group():
            files = ResponseFile.objects.filter(workspace_id=workspace_id, response_id__in=piece)
            names = list(files.values_list("public_id", flat=True))
            files.delete()
            gone, _ = Response.objects.filter(workspace_id=workspace_id, public_id__in=piece).delete()
            count += gone
            transaction.on_commit(partial(remove_files, workspace_id, names))
    return count


def _pieces(names: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(names), _PIECE):
        yield names[start : start + _PIECE]
