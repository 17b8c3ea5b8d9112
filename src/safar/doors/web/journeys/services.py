"""Verbs of the desk Journeys: keep a question, name, pin and watch it, read its number, acknowledge an alert."""

from __future__ import annotations

from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from safar.doors.web.audit.actor import SYSTEM, Actor
from safar.doors.web.audit.services import record
from safar.doors.web.work.services import start
from safar.observe.question_json import told
from safar.store.registry import Workspace

from .errors import NotFollowed, UnknownSaved
from .metric import Metric
from .models import Alert, Reading, SavedQuestion

#: Readings of one question that are kept: half a year of days, and more while it is looked at often.
_MOST_READINGS: Final = 200


def note_export(
    workspace: Workspace, form: str, kind: str, *, customers: int | None = None, by: Actor
) -> None:
    """Note who took the numbers or the drawing of which question away, and of a list how many customers it names."""
    after: dict[str, str | int] = {"form": form, "kind": kind}
    if customers is None:
        record(by, "journeys.exported", workspace_id=workspace.workspace_id, after=after)
    else:
        after["customers"] = customers
        record(by, "journeys.customers_exported", workspace_id=workspace.workspace_id, after=after)


def start_answering(workspace: Workspace, question: Any, title: str, *, by: Actor) -> str:
    """Begin to answer a question in the background; return the id of the work.

    Raises
    ------
    WorkNotAllowed
    """
    from .jobs import answer_question  # noqa: PLC0415 - the job calls back to this module

    work = start(
        answer_question, by=by, workspace_id=workspace.workspace_id, title=title, question=told(question)
    )
    return str(work.work_id)


def save(workspace: Workspace, kind: str, query: str, title: str, notes: str, *, by: Actor) -> SavedQuestion:
    """Keep a question."""
    with transaction.atomic():
        found = SavedQuestion.objects.create(
            workspace_id=workspace.workspace_id,
            kind=kind,
            query=query,
            title=title,
            notes=notes,
            created_by=by.member,
        )
        record(by, "question.saved", workspace_id=workspace.workspace_id, target=title)
    return found


def change(workspace: Workspace, saved_id: int, *, by: Actor, **values: str) -> None:
    """Change the title, the notes or the query of a saved question.

    Raises
    ------
    UnknownSaved
    """
    with transaction.atomic():
        found = _locked(workspace, saved_id)
        before = {name: getattr(found, name) for name in values}
        differs = {name: value for name, value in values.items() if before[name] != value}
        if not differs:
            return
        for name, value in differs.items():
            setattr(found, name, value)
        if "query" in differs:  # another question has another number
            Reading.objects.filter(question=found).delete()
            found.reference, found.read_version = {}, ""
        found.save()
        record(
            by,
            "question.changed",
            workspace_id=workspace.workspace_id,
            target=found.title,
            before={name: before[name] for name in differs},
            after=differs,
        )


def delete(workspace: Workspace, saved_id: int, *, by: Actor) -> None:
    """Delete a saved question, with its readings and alerts.

    Raises
    ------
    UnknownSaved
    """
    with transaction.atomic():
        found = _locked(workspace, saved_id)
        record(by, "question.deleted", workspace_id=workspace.workspace_id, target=found.title)
        found.delete()


def pin(workspace: Workspace, saved_id: int, *, is_pinned: bool, by: Actor) -> None:
    """Put a saved question on Today, or take it off.

    Raises
    ------
    UnknownSaved, NotFollowed
    """
    with transaction.atomic():
        found = _locked(workspace, saved_id)
        _check_followed(found)
        if found.is_pinned == is_pinned:
            return
        found.is_pinned = is_pinned
        found.save(update_fields=["is_pinned"])
        action = "question.pinned" if is_pinned else "question.unpinned"
        record(by, action, workspace_id=workspace.workspace_id, target=found.title)


def watch(workspace: Workspace, saved_id: int, *, is_watched: bool, by: Actor) -> None:
    """Let a saved question tell when its number leaves the interval that it has now, or not any more.

    Raises
    ------
    UnknownSaved, NotFollowed
    """
    with transaction.atomic():
        found = _locked(workspace, saved_id)
        _check_followed(found, watched=True)
        if found.is_watched == is_watched:
            return
        found.is_watched = is_watched
        latest = _latest(found)
        found.reference = _told(latest) if is_watched and latest is not None else {}
        found.save(update_fields=["is_watched", "reference"])
        if not is_watched:
            Alert.objects.filter(question=found, acknowledged_at=None).delete()
        action = "question.watched" if is_watched else "question.unwatched"
        record(by, action, workspace_id=workspace.workspace_id, target=found.title)


def acknowledge(workspace: Workspace, alert_id: int, *, by: Actor) -> None:
    """Note that somebody has seen an alert: from now on the number is compared with what it is now.

    Raises
    ------
    UnknownSaved
    """
    with transaction.atomic():
        alert = (
            Alert.objects.select_for_update(of=("self",))
            .select_related("question")
            .filter(pk=alert_id, question__workspace_id=workspace.workspace_id)
            .first()
        )
        if alert is None:
            raise UnknownSaved("There is no such alert.", hint="Look at the list of saved questions.")
        if alert.acknowledged_at is not None:
            return
        alert.acknowledged_at, alert.acknowledged_by = timezone.now(), by.member
        alert.save(update_fields=["acknowledged_at", "acknowledged_by"])
        saved = alert.question
        latest = _latest(saved)
        saved.reference = alert.now if latest is None else _told(latest)
        saved.save(update_fields=["reference"])
        record(by, "question.alert_acknowledged", workspace_id=workspace.workspace_id, target=saved.title)


def note_reading(saved_id: int, metric: Metric, version: str) -> Alert | None:
    """Keep the number of a saved question as it is now; return the alert where it has left its interval.

    A number is read once for each version of the log. While an alert is open there is no second one.
    """
    with transaction.atomic():
        found = SavedQuestion.objects.select_for_update().filter(pk=saved_id).first()
        if found is None or found.read_version == version:
            return None
        Reading.objects.create(
            question=found,
            value=metric.value,
            low=None if metric.interval is None else metric.interval.low,
            high=None if metric.interval is None else metric.interval.high,
            n=metric.n,
        )
        readings = Reading.objects.filter(question=found)
        kept = readings.order_by("-id").values_list("pk", flat=True)[:_MOST_READINGS]
        readings.exclude(pk__in=list(kept)).delete()
        found.read_version = version
        before = Metric.read(found.reference)
        if found.is_watched and before is None:
            found.reference = metric.told
        found.save(update_fields=["read_version", "reference"])
        if not found.is_watched or before is None or not metric.has_left(before):
            return None
        if Alert.objects.filter(question=found, acknowledged_at=None).exists():
            return None
        alert = Alert.objects.create(question=found, before=before.told, now=metric.told)
        record(SYSTEM, "question.alert_raised", workspace_id=found.workspace_id, target=found.title)
        return alert


def _locked(workspace: Workspace, saved_id: int) -> SavedQuestion:
    found = SavedQuestion.objects.select_for_update().filter(pk=saved_id, workspace_id=workspace.workspace_id)
    saved = found.first()
    if saved is None:
        raise UnknownSaved("There is no such saved question.", hint="Look at the list of saved questions.")
    return saved


def _check_followed(saved: SavedQuestion, *, watched: bool = False) -> None:
    from .followed_scores import followed_kind  # noqa: PLC0415 - the kinds' pages stand on this module

    kind = followed_kind(saved.kind)
    if kind is None or (watched and kind.metric_unit == "count"):
        raise NotFollowed(
            f"A question of the kind {saved.kind} has no number to follow.",
            hint="Pin or watch a funnel, for example.",
            kind=saved.kind,
        )


def _latest(saved: SavedQuestion) -> Reading | None:
    return Reading.objects.filter(question=saved).order_by("-id").first()


def _told(reading: Reading) -> dict[str, Any]:
    return {"value": reading.value, "low": reading.low, "high": reading.high, "n": reading.n}
