"""The number of a saved question as it is now: asked again as its page would ask, in the calendar of the workspace."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, cast

from django.http import QueryDict

from safar.doors.web.design.answers import kept_answer
from safar.doors.web.homes import current_home
from safar.show.locale import Locale
from safar.store.log import Log
from safar.store.registry import Workspace
from safar.vocabulary.errors import Refusal
from safar.vocabulary.time_names import CalendarName, Language

from .asking import TooLong, compute, patient
from .followed_scores import FollowedKind, followed_kind, score_now
from .forms import QuestionForm
from .kind import KindPage
from .kinds import BY_KEY
from .models import Alert, SavedQuestion
from .queries import known
from .services import note_reading


def locale_of(workspace: Workspace) -> Locale:
    """Return how the workspace itself counts days and weeks: what is read without a reader is read so."""
    return Locale(
        cast("Language", workspace.language),
        calendar=cast("CalendarName", workspace.calendar),
        time_zone=workspace.time_zone,
        currency=workspace.currency,
    )


def asked_by(workspace: Workspace, saved: SavedQuestion) -> tuple[KindPage, Any] | None:
    """Return the kind and the question of a saved question; None where it cannot be asked any more."""
    kind = BY_KEY.get(saved.kind)
    if kind is None:
        return None
    form: QuestionForm = kind.form(known(workspace), QueryDict(saved.query), locale=locale_of(workspace))
    if not form.is_valid():
        return None
    try:
        return kind, form.question()
    except Refusal:
        return None


def read_soon(workspace: Workspace, saved_id: int) -> None:
    """Read the number of a saved question while its reader waits; where it takes longer, the clock reads it."""
    saved = SavedQuestion.objects.filter(pk=saved_id, workspace_id=workspace.workspace_id).first()
    if saved is not None:
        with suppress(TooLong, Refusal), patient():
            read_number(workspace, saved)


def read_number(workspace: Workspace, saved: SavedQuestion) -> Alert | None:
    """Ask a saved question again and note its number; return the alert where it has left its interval.

    Raises
    ------
    Refusal
        The library does not answer it any more.
    """
    log = current_home().log(workspace.workspace_id)
    version = log.version
    kind = followed_kind(saved.kind)
    if kind is not None and kind.is_score:
        return _read_score(saved, log, kind, version)
    asked = asked_by(workspace, saved)
    if asked is None or asked[0].metric is None or saved.read_version == version or not log.info().events:
        return None
    kept = kept_answer(workspace.workspace_id, log, compute, asked[1])
    metric = asked[0].metric(kept.answer)
    return None if metric is None else note_reading(saved.pk, metric, version)


def _read_score(saved: SavedQuestion, log: Log, kind: FollowedKind, version: str) -> Alert | None:
    """Read a score again; one that is on another kind of scale now is another number, and not compared."""
    if saved.read_version == version:
        return None
    found = score_now(log, saved.query)
    if found is None or found[0] != kind.metric_unit:
        return None
    return note_reading(saved.pk, found[1], version)
