"""The report of cases, and what is behind them: step by root cause, put on the map by one press."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_POST, require_safe

from safar.doors.web.audit.actor import Actor
from safar.doors.web.design.parts import Tab
from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.toasts import toast
from safar.doors.web.design.words import filled
from safar.doors.web.events.words import cut, visible
from safar.doors.web.members.guard import DeskRequest, desk
from safar.doors.web.members.policies import Capability
from safar.show.locale import Locale
from safar.store.registry import Workspace
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate

from .hearing import Places, StepPlace, places_of, step_name
from .mapping import put_on_map
from .page import frame, none_opened, telling_address
from .report import Behind, CaseReport, Opportunity, case_report, opportunities
from .rule_words import topic_names
from .words import cause_name, outcome_name

#: Days that can be looked at.
_PERIODS: Final = (30, 90, 365)
_MOST_LINES: Final = 40


@dataclass(frozen=True, slots=True)
class ReportFact:
    """A number of the report, with how sure it is and from how many."""

    name: str
    value: str
    sure: str


@dataclass(frozen=True, slots=True)
class OpportunityLine:
    """Something behind cases, in words."""

    title: str
    step: str
    people: str
    severity: str
    topics: str
    live: str
    key: str
    queue_href: str
    map_href: str
    can_be_mapped: bool
    tell_href: str


@require_safe
@desk(Capability.SEE_NUMBERS)
def report(request: DeskRequest, workspace: Workspace) -> HttpResponse:
    """Show how cases fared."""
    locale, days = request.reader.locale(workspace), _days(request)
    until = datetime.now(UTC)
    found = case_report(workspace, until - timedelta(days=days), until)
    language = locale.language
    context = {
        "frame": frame(workspace, frozenset(request.capabilities), "case-report"),
        "periods": _periods(days, locale),
        "facts": _facts(found, locale),
        "tables": (
            _table(
                _("Root causes"),
                [(cause_name(dict(each.names), language), each) for each in found.causes],
                locale,
            ),
            _table(_("How they ended"), [(outcome_name(each.key), each) for each in found.outcomes], locale),
            _table(
                _("Which rule opened them"),
                [(each.key or _("By hand"), each) for each in found.rules],
                locale,
            ),
        ),
        "is_empty": not found.opened and not found.closed,
        "empty": none_opened(
            _("No cases in this time"),
            _("The report counts them as soon as a rule opens one."),
            workspace,
            frozenset(request.capabilities),
        ),
        "desk": "listen",
    }
    return render(request, "cases/report.html", context)


@require_safe
@desk(Capability.SEE_NUMBERS)
def behind(request: DeskRequest, workspace: Workspace) -> HttpResponse:
    """Show what is behind the cases, by step and root cause."""
    locale, days, places = request.reader.locale(workspace), _days(request), places_of(workspace)
    found = opportunities(workspace, datetime.now(UTC) - timedelta(days=days))
    context = {
        "frame": frame(workspace, frozenset(request.capabilities), "case-opportunities"),
        "periods": _periods(days, locale),
        "days": days,
        "lines": [_line(request, workspace, each, places, locale) for each in found[:_MOST_LINES]],
        "may_edit": Capability.EDIT_MAPS in request.capabilities,
        "may_see": Capability.SEE_CUSTOMERS in request.capabilities,
        "empty": none_opened(
            _("Nothing behind cases yet"),
            _("Cases gather here by step of the journey and by root cause."),
            workspace,
            frozenset(request.capabilities),
        ),
        "desk": "listen",
    }
    return render(request, "cases/behind.html", context)


@require_POST
@desk(Capability.EDIT_MAPS)
def to_map(request: DeskRequest, workspace: Workspace) -> HttpResponse:
    """Put something that is behind cases on its map, as an opportunity."""
    key, days = request.POST.get("key", ""), _days(request, sent=True)
    since = datetime.now(UTC) - timedelta(days=days)
    found = next((each for each in opportunities(workspace, since) if _key(each) == key), None)
    if found is None or not found.map_id:
        raise Http404
    put_on_map(workspace, found, since=since, by=Actor.of(request))
    toast(request, _("The opportunity is on the map."))
    return redirect(
        reverse("living-map", kwargs={"workspace_id": workspace.workspace_id, "map_id": found.map_id})
    )


def _line(
    request: DeskRequest, workspace: Workspace, found: Opportunity, places: Places, locale: Locale
) -> OpportunityLine:
    named = {"workspace_id": workspace.workspace_id}
    query = {"which": "all", "step": found.step_id, "cause": found.cause}
    place = place_of(places, found.map_id, found.step_id)
    topics = topic_names(workspace, locale.language)
    severity = ""
    if found.severity is not None:
        severity = filled(
            ngettext(
                "severity %(share)s, from %(n)s answer", "severity %(share)s, from %(n)s answers", found.n
            ),
            share=locale.percent(found.severity),
            n=locale.number(found.n),
        )
    return OpportunityLine(
        cause_name(dict(found.names), locale.language) or _("Not closed yet: no root cause"),
        cut(visible(step_name(place, locale.language)), 80) if place else _("No step of a map"),
        filled(
            ngettext("%(count)s customer", "%(count)s customers", found.people),
            count=locale.number(found.people),
        ),
        severity,
        " · ".join(topics.get(each, each) for each in found.topics),
        filled(ngettext("%(count)s open", "%(count)s open", found.live), count=locale.number(found.live)),
        _key(found),
        f"{reverse('cases', kwargs=named)}?{urlencode({name: value for name, value in query.items() if value})}",
        reverse("living-map", kwargs={**named, "map_id": found.map_id}) if place else "",
        place is not None and bool(found.cause),
        telling_address(workspace, cause=found.cause)
        if found.cause and Capability.SEND_SURVEYS in request.capabilities
        else "",
    )


def place_of(places: Places, map_id: str, step_id: str) -> StepPlace | None:
    """Return a step of a map; None where it is there no more."""
    of_step = (
        place
        for found in places.by_question.values()
        for place in found
        if (place.map_id, place.step_id) == (map_id, step_id)
    )
    return next(of_step, None)


def _key(found: Opportunity) -> str:
    return f"{found.map_id}/{found.step_id}/{found.cause}"


def _days(request: DeskRequest, *, sent: bool = False) -> int:
    given = (request.POST if sent else request.GET).get("days", "")
    return int(given) if given in {str(each) for each in _PERIODS} else _PERIODS[1]


def _periods(days: int, locale: Locale) -> tuple[Tab, ...]:
    return tuple(
        Tab(
            filled(ngettext("%(count)s day", "%(count)s days", each), count=locale.number(each)),
            f"?days={each}",
            each == days,
        )
        for each in _PERIODS
    )


def _facts(found: CaseReport, locale: Locale) -> list[ReportFact]:
    facts = [
        ReportFact(_("Opened"), locale.number(found.opened), ""),
        ReportFact(_("Closed"), locale.number(found.closed), ""),
        ReportFact(_("Open now"), locale.number(found.live), ""),
        _share(_("Closed in time"), found.in_time, locale),
        _share(_("Reopened"), found.reopened, locale),
        _share(_("Escalated"), found.escalated, locale),
    ]
    if found.hours_to_close is not None:
        hours = locale.number(round(found.hours_to_close, 1), decimals=1)
        said = filled(_("%(hours)s hours"), hours=hours)
        facts.append(ReportFact(_("Half were closed within"), said, _("of working time")))
    return facts


def _share(name: str, found: Estimate | None, locale: Locale) -> ReportFact:
    if found is None:
        return ReportFact(name, "—", "")
    return ReportFact(name, locale.percent(found.value), _sure(found, locale))


def _sure(found: Estimate, locale: Locale) -> str:
    return filled(
        _("%(level)s interval: %(interval)s, n = %(n)s"),
        level=locale.percent(found.interval.level),
        interval=locale.percent_interval(found.interval.low, found.interval.high),
        n=locale.number(found.n),
    )


def _table(caption: str, found: Iterable[tuple[str, Behind]], locale: Locale) -> Table:
    columns = (
        Column("name", pgettext("column of a report", "Which")),
        Column("cases", _("Cases"), "number"),
        Column("share", _("Share"), "number"),
        Column("interval", filled(_("%(level)s interval"), level=locale.percent(DEFAULT_LEVEL)), "number"),
    )
    rows = [
        Row(
            (
                Cell(cut(visible(name), 120)),
                Cell(locale.number(each.n), value=each.n),
                Cell("" if each.of_all is None else locale.percent(each.of_all.value)),
                Cell(
                    ""
                    if each.of_all is None
                    else locale.percent_interval(each.of_all.interval.low, each.of_all.interval.high)
                ),
            )
        )
        for name, each in found
    ]
    return Table(caption, columns, tuple(rows))
