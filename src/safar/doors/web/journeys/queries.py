"""What the desk Journeys reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final, cast

from django.utils.translation import get_language

from safar.act.questions import kind_of
from safar.doors.web.cases.queries import working_hours
from safar.doors.web.homes import current_home
from safar.doors.web.maps.queries import map_of, maps_of
from safar.doors.web.segments.queries import segments_of
from safar.doors.web.surveys.queries import asked_names
from safar.listen.answer_rows import all_scored_keys
from safar.maps.lived_question import lived_question
from safar.observe.behind import Cell
from safar.observe.customers import CustomerFacts, customer_facts
from safar.observe.steps import StepRule
from safar.store.registry import Workspace
from safar.vocabulary.errors import Refusal
from safar.vocabulary.interval import Interval
from safar.vocabulary.time_names import CalendarName

from .known import BoundStep, Known
from .metric import Metric
from .models import Alert, Reading, SavedQuestion

#: Customers of one page of a list.
BEHIND_ROWS: Final = 50
#: Maps whose steps are offered: those changed last.
_MOST_MAPS: Final = 20
#: Metrics of answers that are numbers without a scale.
_NUMBERS: Final = frozenset({"number"})
#: Saved questions of a workspace that are listed.
MOST_SAVED: Final = 500


@dataclass(frozen=True, slots=True)
class BehindAnswer:
    """Some of the customers behind a number.

    Attributes
    ----------
    customers
        In the order of the paths.
    next_after
        Key of the last one, to go on after; None at the end.
    """

    customers: tuple[CustomerFacts, ...]
    next_after: int | None


def known(workspace: Workspace) -> Known:
    """Return what forms offer to choose from."""
    log = current_home().log(workspace.workspace_id)
    info = log.info()
    return Known(
        log.present(),
        info.first_at,
        info.last_at,
        partial(all_scored_keys, log),
        partial(working_hours, workspace),
        partial(bound_steps, workspace),
        partial(question_words, workspace),
        partial(all_scored_keys, log, metrics=_NUMBERS),
        partial(segment_rules, workspace),
        workspace.currency,
        cast("CalendarName", workspace.calendar),
        workspace.time_zone,
    )


def question_words(workspace: Workspace) -> Mapping[str, str]:
    """Return what the surveys of a workspace ask with each question key, in the reader's language."""
    return asked_names(workspace, get_language() or workspace.language).questions


def segment_rules(workspace: Workspace) -> tuple[tuple[str, str], ...]:
    """Return the names of the segments of a workspace and the rules that say who belongs to them."""
    return tuple((each.name, each.text) for each in segments_of(workspace))


def bound_steps(workspace: Workspace) -> tuple[BoundStep, ...]:
    """Return the steps of the maps changed last that are bound to events, each rule once."""
    found: dict[StepRule, BoundStep] = {}
    for facts in maps_of(workspace)[:_MOST_MAPS]:
        opened = map_of(workspace, facts.public_id)
        if opened is None:
            continue
        try:
            bound = lived_question(opened.document, window=None).steps
        except Refusal:
            continue  # the map says itself what cannot be read
        rules = {each.step_id: each.events for each in bound if each.events is not None}
        for stage in opened.document.stages:
            for step in stage.steps:
                rule = rules.get(step.step_id)
                if rule is not None:
                    found.setdefault(rule, BoundStep(rule, step.name, opened.document.languages))
    return tuple(found.values())


def behind(workspace: Workspace, question: Any, cell: Cell, after: int | None) -> BehindAnswer | None:
    """Return a page of the customers behind a number; None where no single customers are.

    Raises
    ------
    CellRefused
        The answer has no such number.
    """
    kind = kind_of(question)
    if kind.adds is None:
        return None
    log = current_home().log(workspace.workspace_id)
    found = kind.behind(log, question, cell, limit=BEHIND_ROWS, after=after)
    facts = customer_facts(log, log.ids_of(found.persons)) if len(found.persons) else []
    return BehindAnswer(tuple(facts), int(found.persons[-1]) if found.has_more else None)


@dataclass(frozen=True, slots=True)
class SavedFacts:
    """A saved question.

    Attributes
    ----------
    saved_id, kind, query, title, notes, created_at, is_pinned, is_watched
        As kept.
    created_by
        A name or an address; empty for who is gone.
    readings
        Its number over time, oldest first, each with when it was read.
    reference
        What a watched one is compared with.
    """

    saved_id: int
    kind: str
    query: str
    title: str
    notes: str
    created_by: str
    created_at: datetime
    is_pinned: bool
    is_watched: bool
    readings: tuple[tuple[datetime, Metric], ...]
    reference: Metric | None


@dataclass(frozen=True, slots=True)
class AlertFacts:
    """That the number of a saved question left its interval, and nobody has acknowledged it."""

    alert_id: int
    saved: SavedFacts
    raised_at: datetime
    before: Metric
    now: Metric


def saved_questions(workspace: Workspace, *, pinned: bool = False) -> tuple[SavedFacts, ...]:
    """Return the saved questions of a workspace, or those on Today: the newest first."""
    rows = SavedQuestion.objects.filter(workspace_id=workspace.workspace_id).select_related("created_by")
    if pinned:
        rows = rows.filter(is_pinned=True)
    found = list(rows.order_by("-id")[:MOST_SAVED])
    readings = _readings([row.pk for row in found])
    return tuple(_facts(row, readings.get(row.pk, ())) for row in found)


def saved_question(workspace: Workspace, saved_id: int) -> SavedFacts | None:
    """Return a saved question of the workspace, or None."""
    row = (
        SavedQuestion.objects.filter(workspace_id=workspace.workspace_id, pk=saved_id)
        .select_related("created_by")
        .first()
    )
    return None if row is None else _facts(row, _readings([row.pk]).get(row.pk, ()))


def saved_as(workspace: Workspace, query: str) -> SavedFacts | None:
    """Return the score that is watched under a query; None where it is not."""
    rows = SavedQuestion.objects.filter(
        workspace_id=workspace.workspace_id, kind__startswith="score-", query=query
    )
    row = rows.select_related("created_by").first()
    return None if row is None else _facts(row, ())


def open_alerts(workspace: Workspace) -> tuple[AlertFacts, ...]:
    """Return the alerts that nobody has acknowledged, the newest first."""
    rows = (
        Alert.objects.filter(question__workspace_id=workspace.workspace_id, acknowledged_at=None)
        .select_related("question", "question__created_by")
        .order_by("-id")[:MOST_SAVED]
    )
    found = []
    for row in rows:
        before, now = Metric.read(row.before), Metric.read(row.now)
        if before is not None and now is not None:
            found.append(AlertFacts(row.pk, _facts(row.question, ()), row.raised_at, before, now))
    return tuple(found)


def _readings(saved_ids: list[int]) -> dict[int, tuple[tuple[datetime, Metric], ...]]:
    """Return the readings of questions, the last one of each day."""
    found: dict[int, dict[object, tuple[datetime, Metric]]] = {}
    rows = Reading.objects.filter(question_id__in=saved_ids).order_by("id").select_related("question")
    for row in rows:
        interval = None if row.low is None or row.high is None else Interval(row.low, row.high)
        by_day = found.setdefault(row.question.pk, {})
        by_day[row.read_at.date()] = (row.read_at, Metric(row.value, interval, row.n))
    return {saved_id: tuple(by_day.values()) for saved_id, by_day in found.items()}


def _facts(row: SavedQuestion, readings: tuple[tuple[datetime, Metric], ...]) -> SavedFacts:
    return SavedFacts(
        saved_id=row.pk,
        kind=row.kind,
        query=row.query,
        title=row.title,
        notes=row.notes,
        created_by=str(row.created_by) if row.created_by is not None else "",
        created_at=row.created_at,
        is_pinned=row.is_pinned,
        is_watched=row.is_watched,
        readings=readings,
        reference=Metric.read(row.reference),
    )
