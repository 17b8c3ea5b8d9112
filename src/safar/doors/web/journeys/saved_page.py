"""Saved questions in the reader's words: the list, what stands above the answer of one, the cards on Today."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from safar.doors.web.design.parts import EmptyState, Tab
from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.words import filled
from safar.show.locale import Locale
from safar.show.numbers import NO_VALUE
from safar.show.trend import TrendPoint, trend
from safar.store.registry import Workspace

from .followed_scores import FollowedKind, followed_kind
from .kind import KindPage
from .kinds import BY_KEY
from .metric import Metric, interval_in_words, value_in_words
from .page import address_of, tabs
from .queries import AlertFacts, SavedFacts

#: Readings that a card draws.
_DRAWN: Final = 30


@dataclass(frozen=True, slots=True)
class AlertLine:
    """An alert: its sentence, when it was raised, its question, and where it is acknowledged."""

    sentence: str
    when: str
    title: str
    href: str
    acknowledge_href: str


@dataclass(frozen=True, slots=True)
class PinnedCard:
    """A saved question on Today.

    Attributes
    ----------
    key, title, name
        Unique on the page; its own title; what the number is.
    value, sure
        The number; its interval and how many are behind it. A dash before it was read for the first time.
    read_at
        When.
    drawing
        How it went, as SVG; empty for fewer than two readings.
    href
        Its page.
    alert
        That it left its interval; empty where it did not.
    """

    key: str
    title: str
    name: str
    value: str
    sure: str
    read_at: str
    drawing: str
    href: str
    alert: str


@dataclass(frozen=True, slots=True)
class SavedPage:
    """What the template of the list is given."""

    workspace: Workspace
    tabs: tuple[Tab, ...]
    alerts: tuple[AlertLine, ...]
    table: Table
    may_save: bool


@dataclass(frozen=True, slots=True)
class SavedHead:
    """What stands above the answer of a saved question.

    Attributes
    ----------
    saved
        The facts.
    said
        Who saved it and when.
    can_follow, can_watch
        Whether its number can be pinned, and watched.
    is_changed
        The page asks something else than what is saved.
    alerts
        Open ones.
    """

    saved: SavedFacts
    said: str
    can_follow: bool
    can_watch: bool
    is_changed: bool
    alerts: tuple[AlertLine, ...]


def saved_href(workspace: Workspace, saved_id: int) -> str:
    """Return the stable address of a saved question."""
    return reverse(
        "journeys-saved-one", kwargs={"workspace_id": workspace.workspace_id, "saved_id": saved_id}
    )


def saved_page(
    workspace: Workspace,
    saved: tuple[SavedFacts, ...],
    alerts: tuple[AlertFacts, ...],
    locale: Locale,
    *,
    desk: str,
    may_save: bool,
) -> SavedPage:
    """Return the list, on a desk."""
    alarmed = {alert.saved.saved_id for alert in alerts}
    rows = tuple(_row(workspace, each, locale, has_alert=each.saved_id in alarmed) for each in saved)
    return SavedPage(
        workspace=workspace,
        tabs=tabs(workspace, "saved", desk=desk),
        alerts=tuple(alert_line(workspace, alert, locale) for alert in alerts),
        table=Table(
            caption=_("Saved questions, the newest first"),
            columns=(
                Column("title", _("Title")),
                Column("kind", _("Kind of question")),
                Column("value", _("Its number"), "number"),
                Column("interval", _("Interval"), "number"),
                Column("state", pgettext("saved question", "State")),
                Column("by", _("Saved by")),
                Column("when", _("When"), "when"),
            ),
            rows=rows,
            empty=EmptyState(
                _("No question is saved yet"),
                _(
                    "Ask something, and save it under its answer: it keeps its address, its notes and its number."
                ),
                _("Ask a question"),
                reverse(desk, kwargs={"workspace_id": workspace.workspace_id}),
            ),
        ),
        may_save=may_save,
    )


def saved_head(
    workspace: Workspace,
    kind: KindPage,
    saved: SavedFacts,
    alerts: tuple[AlertFacts, ...],
    locale: Locale,
    *,
    query: str,
) -> SavedHead:
    """Return what stands above the answer; ``query`` is the state of the page without the saved question."""
    return SavedHead(
        saved=saved,
        said=_said(saved, locale),
        can_follow=kind.metric is not None,
        can_watch=kind.metric is not None and kind.metric_unit != "count",
        is_changed=query != saved.query,
        alerts=tuple(
            alert_line(workspace, each, locale) for each in alerts if each.saved.saved_id == saved.saved_id
        ),
    )


def alert_line(workspace: Workspace, alert: AlertFacts, locale: Locale) -> AlertLine:
    """Return an alert as a sentence."""
    kind = followed_kind(alert.saved.kind)
    unit, name = (kind.metric_unit, str(kind.metric_name)) if kind else ("share", "")
    return AlertLine(
        sentence=filled(
            _("%(name)s is %(now)s now (%(interval_now)s). It was %(before)s (%(interval)s)."),
            name=name,
            now=value_in_words(alert.now.value, unit, locale),
            interval_now=interval_in_words(alert.now, unit, locale),
            before=value_in_words(alert.before.value, unit, locale),
            interval=interval_in_words(alert.before, unit, locale),
        ),
        when=locale.datetime(alert.raised_at),
        title=alert.saved.title,
        href=saved_href(workspace, alert.saved.saved_id),
        acknowledge_href=reverse(
            "journeys-alert", kwargs={"workspace_id": workspace.workspace_id, "alert_id": alert.alert_id}
        ),
    )


def pinned_cards(
    workspace: Workspace, saved: tuple[SavedFacts, ...], alerts: tuple[AlertFacts, ...], locale: Locale
) -> tuple[PinnedCard, ...]:
    """Return the cards of the questions that stand on Today."""
    told = {alert.saved.saved_id: alert_line(workspace, alert, locale).sentence for alert in alerts}
    cards = []
    for each in saved:
        kind = followed_kind(each.kind)
        if kind is not None:
            cards.append(_card(workspace, kind, each, told.get(each.saved_id, ""), locale))
    return tuple(cards)


def _card(
    workspace: Workspace, kind: FollowedKind, saved: SavedFacts, alert: str, locale: Locale
) -> PinnedCard:
    value, sure, read_at = NO_VALUE, _("It is read within the hour."), ""
    if saved.readings:
        at, metric = saved.readings[-1]
        value, sure = value_in_words(metric.value, kind.metric_unit, locale), _sure(metric, kind, locale)
        read_at = locale.datetime(at)
    points = [
        TrendPoint(
            locale.date(at),
            metric.value,
            value_in_words(metric.value, kind.metric_unit, locale),
            None if metric.interval is None else metric.interval.low,
            None if metric.interval is None else metric.interval.high,
        )
        for at, metric in saved.readings[-_DRAWN:]
    ]
    drawing = ""
    if len(points) > 1:
        title = filled(_("%(title)s over time"), title=saved.title)
        drawing = trend(points, title=title, kind="line", trend_id=f"pinned-{saved.saved_id}")
    return PinnedCard(
        key=f"pinned-{saved.saved_id}",
        title=saved.title,
        name=filled("%(kind)s: %(name)s", kind=str(kind.name), name=str(kind.metric_name)),
        value=value,
        sure=sure,
        read_at=read_at,
        drawing=drawing,
        href=saved_href(workspace, saved.saved_id),
        alert=alert,
    )


def _sure(metric: Metric, kind: FollowedKind, locale: Locale) -> str:
    if metric.interval is None:
        return ""
    return filled(
        _("%(level)s interval: %(interval)s, n = %(n)s"),
        level=locale.percent(metric.interval.level),
        interval=interval_in_words(metric, kind.metric_unit, locale),
        n=locale.number(metric.n),
    )


def _row(workspace: Workspace, saved: SavedFacts, locale: Locale, *, has_alert: bool) -> Row:
    page, kind = BY_KEY.get(saved.kind), followed_kind(saved.kind)
    value, interval = "", ""
    if kind is not None and saved.readings:
        metric = saved.readings[-1][1]
        value = value_in_words(metric.value, kind.metric_unit, locale)
        interval = interval_in_words(metric, kind.metric_unit, locale)
    state = Cell("")
    if has_alert:
        state = Cell(_("left its interval"), tone="warn")
    elif saved.is_watched:
        state = Cell(_("watched"), tone="good")
    elif saved.is_pinned:
        state = Cell(_("on Today"), tone="info")
    return Row(
        (
            Cell(saved.title, saved_href(workspace, saved.saved_id)),
            Cell(_kind_name(saved, page, kind), address_of(workspace, saved.kind) if page else ""),
            Cell(value),
            Cell(interval),
            state,
            Cell(saved.created_by),
            Cell(locale.datetime(saved.created_at)),
        ),
        f"saved-{saved.saved_id}",
    )


def _kind_name(saved: SavedFacts, page: KindPage | None, kind: FollowedKind | None) -> str:
    return str(page.name) if page else str(kind.name) if kind else saved.kind


def _said(saved: SavedFacts, locale: Locale) -> str:
    when = locale.datetime(saved.created_at)
    if not saved.created_by:
        return filled(_("Saved on %(when)s."), when=when)
    return filled(_("Saved by %(who)s on %(when)s."), who=saved.created_by, when=when)
