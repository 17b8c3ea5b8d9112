"""Group commit of answers: what was sent at once is kept in one transaction, then told to the log.

Whoever comes first keeps what waits; the others find it done. A group is kept by one process at a time: SQLite has it
so by itself, PostgreSQL by a lock. So counts of quotas are exact, and nothing is kept twice.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from django.db import DatabaseError, OperationalError, connection, transaction
from django.db.models import F
from django.utils import timezone

from safar.doors.web import scribe
from safar.doors.web.inviting.services import note_answered
from safar.listen.questionnaire.anatomy import Quota
from safar.listen.questionnaire.quality import DUPLICATE_WITHIN, Earlier, pattern
from safar.listen.questionnaire.walk import answers_on_the_way
from safar.vocabulary.errors import Refusal, SafarError

from . import rows as rows_of_table
from .log_events import drafts_of, tell_others
from .models import QuotaCount, Response, State
from .passage import Moved, Sent, answers_of, moved, walk_of
from .places import published_survey

logger: Final = logging.getLogger("safar.web")

#: Columns that a page changes.
_CHANGED: Final = (
    "walk", "answers", "language", "touched_at", "step", "marks", "state", "ending", "turned_away", "finished_at",
    "seconds",
)  # fmt: skip
#: The advisory lock of PostgreSQL that who keeps a group holds until it is kept.
_KEEPING: Final = 0x5AFA_0002
#: Of one group: no transaction is long.
_MOST: Final = 500
#: Earlier responses that are looked at for duplicates.
_MOST_BEFORE: Final = 100
#: Where others hold the tables a group is tried again after these many seconds each, as long as the first try is not
#: longer ago than the patience of respondents: one try alone waits for SQLite's lock a good while.
_PAUSES: Final = (0.1, 0.4, 1.6)
_PATIENCE_SECONDS: Final = 30.0


class AnswersNotKept(Refusal):
    """The tables take nothing at this moment; nothing of the answers was kept, and they may be sent again."""

    code = "answering.not_kept"


@dataclass(frozen=True, slots=True)
class _Waiting:
    sent: Sent
    done: Future[Moved]


class Keeper:
    """Keeps what respondents send to this process."""

    def __init__(self) -> None:
        self._waiting: list[_Waiting] = []
        self._logged: list[int] = []
        self._gate = threading.Lock()
        self._turn = threading.Lock()

    def keep(self, sent: Sent) -> Moved:
        """Keep what a respondent sent, and return where he is now; his answers are on disk then.

        When this ends a response, its events are in the log then as well. Where the log cannot take them (a full disk),
        the answers are kept all the same, and `write_waiting` tells the log later.

        Raises
        ------
        AnswersNotKept
            The tables were held by others for too long.
        """
        waiting = _Waiting(sent, Future())
        with self._gate:
            self._waiting.append(waiting)
        with self._turn:
            if not waiting.done.done():
                self._keep_waiting()
        return waiting.done.result()

    def _keep_waiting(self) -> None:
        with self._gate:
            group, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
            logged, self._logged = self._logged, []
        try:
            found = _kept_at_last([each.sent for each in group], logged)
        except AnswersNotKept as error:  # nobody's fault: alone none of them would fare better
            with self._gate:
                self._logged += logged
            for each in group:
                each.done.set_exception(error)
        except Exception as error:  # noqa: BLE001 - one of them may have been at fault; none of them was kept
            with self._gate:
                self._logged += logged
            if len(group) == 1:
                group[0].done.set_exception(error)
                return
            for each in group:
                try:
                    own = _kept_at_last([each.sent], [])[0]
                except Exception as its:  # noqa: BLE001 - told to the one who sent it
                    each.done.set_exception(its)
                else:
                    self._end([each], [own])
        else:
            self._end(group, found)

    def _end(self, group: Sequence[_Waiting], found: Sequence[Moved]) -> None:
        """Tell the log of a group that is kept, all at once, and let its respondents go on."""
        ended: dict[str, list[tuple[Moved, Sent]]] = defaultdict(list)
        for each, own in zip(group, found, strict=True):
            if own.row.state != State.OPEN and not own.is_stale and not own.row.is_test:
                ended[own.row.workspace_id].append((own, each.sent))
        try:
            for workspace_id, responses in ended.items():
                self._tell_log(workspace_id, responses)
        finally:
            for each, own in zip(group, found, strict=True):
                each.done.set_result(own)

    def _tell_log(self, workspace_id: str, responses: Sequence[tuple[Moved, Sent]]) -> None:
        """Tell the log, then others: whatever fails now is no respondent's business, and `write_waiting` makes up."""
        for found, sent in _written(workspace_id, responses):
            try:
                tell_others(sent.place.workspace, found.row)
            except (SafarError, OSError, DatabaseError) as error:
                logger.warning("others wait to be told of a response of %s: %s", workspace_id, error)
                continue
            with self._gate:
                self._logged.append(found.row.pk)
        with self._gate:
            is_idle = not self._waiting
        if is_idle:  # else the next group says so on its way
            self.note_logged()

    def note_logged(self) -> None:
        """Note which responses the log has; where the tables take nothing now, the next group or the sweep does."""
        with self._gate:
            logged, self._logged = self._logged, []
        if not logged:
            return
        try:
            rows_of_table.note_in_log(logged)
        except DatabaseError as error:
            logger.warning("%d responses are in the log, and not noted yet: %s", len(logged), error)
            with self._gate:
                self._logged += logged


KEEPER: Final = Keeper()


def _written(workspace_id: str, responses: Sequence[tuple[Moved, Sent]]) -> Sequence[tuple[Moved, Sent]]:
    """Write the events of responses that have ended, all at once; return of which the log has them.

    Where it does not take them together, one of them may be at fault: each is written alone.
    """
    try:
        drafts = (
            draft
            for found, sent in responses
            for draft in drafts_of(found.row, sent.survey, found.walk, found.answers)
        )
        scribe.write(workspace_id, list(drafts))
    except Exception as error:  # noqa: BLE001 - the answers are kept, whatever is wrong with their events
        if len(responses) > 1:
            return [written for each in responses for written in _written(workspace_id, [each])]
        logger.warning("a response waits for the log of %s: %s", workspace_id, error)
        return ()
    return responses


def _kept_at_last(group: Sequence[Sent], logged: Sequence[int]) -> list[Moved]:
    """Keep a group; where the tables are held by others, or a server went away, again a little later."""
    began = time.monotonic()
    for pause in (*_PAUSES, None):
        try:
            return _kept(group, logged)
        except OperationalError as error:
            if pause is None or time.monotonic() - began > _PATIENCE_SECONDS:
                raise AnswersNotKept(
                    "The answers were not kept: the tables take nothing at this moment.",
                    hint="Send them again.",
                ) from error
            logger.warning("%d pages of respondents are tried again: %s", len(group), error)
            connection.close_if_unusable_or_obsolete()
            time.sleep(pause)
    raise AssertionError


def _kept(group: Sequence[Sent], logged: Sequence[int]) -> list[Moved]:
    """Keep a group in one transaction."""
    with one_group():
        rows = _known(group)
        before = _before(group)
        found = []
        touched: dict[str, Response] = {}
        for sent in group:
            outcome = moved(rows.get(sent.ticket.public_id), sent, _Others(sent, before))
            found.append(outcome)
            if not outcome.is_stale:
                if outcome.row.invitation_id and outcome.row.state != State.OPEN:
                    note_answered(sent.place.token, at=sent.at)
                rows[outcome.row.public_id] = touched[outcome.row.public_id] = outcome.row
        begun = [row for row in touched.values() if row.pk is None]
        for row in touched.values():
            if row.pk is not None:
                rows_of_table.update(row, _CHANGED)
        rows_of_table.insert(begun)
        if logged:
            rows_of_table.note_in_log(logged)
    return found


@contextmanager
def one_group() -> Iterator[None]:
    """Lend a transaction that no other process keeps answers beside, and that is on the disk when it ends."""
    is_sqlite = connection.vendor == "sqlite"
    if (
        is_sqlite
    ):  # the file's usual way is to leave the flush to the system; an answer given is to stay given
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=FULL")
    try:
        with transaction.atomic():
            if not is_sqlite:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_KEEPING])
            yield
    finally:
        if is_sqlite:
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA synchronous=NORMAL")


class _Others:
    """Other responses to the survey, whose counts nobody else changes while a group is kept."""

    def __init__(self, sent: Sent, before: Mapping[str, Sequence[Response]]) -> None:
        self._of: dict[str, Any] = {
            "workspace_id": sent.place.workspace.workspace_id,
            "survey_id": sent.place.survey_id,
        }
        self._public_id = sent.ticket.public_id
        self._before = before.get(sent.visitor, ())

    def is_full(self, quota: Quota) -> bool:
        """Whether it takes nobody any more."""
        counted = QuotaCount.objects.filter(**self._of, quota_id=quota.quota_id).values_list(
            "count", flat=True
        )
        return (counted.first() or 0) >= quota.limit

    def take(self, quotas: tuple[Quota, ...]) -> Quota | None:
        """Count one response in all of them, or in none where one is full: that one is returned."""
        full = next((each for each in quotas if self.is_full(each)), None)
        for each in quotas if full is None else ():
            row, _ = QuotaCount.objects.get_or_create(**self._of, quota_id=each.quota_id)
            QuotaCount.objects.filter(pk=row.pk).update(count=F("count") + 1)
        return full

    def earlier(self) -> Iterator[Earlier]:
        """Yield what the same visitor has sent before, of late."""
        for row in self._before:
            if row.survey_id != self._of["survey_id"] or row.public_id == self._public_id:
                continue
            survey = published_survey(row.workspace_id, row.survey_id, row.version)
            counting = answers_on_the_way(survey, walk_of(row, survey), answers_of(row))
            yield Earlier(pattern(counting), row.visitor, row.finished_at)


def _known(group: Sequence[Sent]) -> dict[str, Response]:
    """Return the responses of a group that have begun, by public id."""
    ids = _found("public_id", "public_id IN", [sent.ticket.public_id for sent in group])
    return {row.public_id: row for row in Response.objects.filter(public_id__in=ids)} if ids else {}


def _before(group: Sequence[Sent]) -> dict[str, list[Response]]:
    """Return what visitors of a group have sent of late, by visitor: most have sent nothing."""
    since = connection.ops.adapt_datetimefield_value(timezone.now() - DUPLICATE_WITHIN)
    visitors = [sent.visitor for sent in group if sent.visitor]
    ids = (
        _found("id", "NOT (visitor = '') AND finished_at > %s AND visitor IN", visitors, since)
        if visitors
        else []
    )
    found: dict[str, list[Response]] = defaultdict(list)
    for row in Response.objects.filter(pk__in=ids) if ids else ():
        found[row.visitor].append(row)
    return found


def _found(column: str, condition: str, names: Sequence[str], *before: Any) -> list[Any]:
    """Return a column of responses that a condition with a list of names holds for, the newest of them.

    Written out, for it is asked with every page that is sent, and nearly always finds nothing.
    """
    places = ", ".join(["%s"] * len(names))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {column} FROM answering_response WHERE {condition} ({places})"  # noqa: S608 - no word of others
            f" ORDER BY id DESC LIMIT {max(_MOST_BEFORE, len(names))}",
            [*before, *names],
        )
        return [value for (value,) in cursor.fetchall()]
