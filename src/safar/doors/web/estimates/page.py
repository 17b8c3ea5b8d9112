"""Estimates in the reader's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from safar.doors.web.design.parts import Crumb, EmptyState, Tab
from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.words import filled
from safar.doors.web.journeys.kind import Figure
from safar.doors.web.journeys.kinds import BY_KEY
from safar.doors.web.journeys.note_sentences import note_sentence
from safar.doors.web.journeys.page import address_of, parts, tabs
from safar.doors.web.journeys.words import between
from safar.doors.web.value.words import how_sure, money, money_interval, money_with_interval
from safar.explain.experiments.forecast_scores import Calibration, ForecastScore
from safar.show.locale import Locale
from safar.store.registry import Workspace
from safar.vocabulary.interval import Estimate

from .queries import EstimateFacts

Tone = Literal["", "good", "info", "warn", "bad", "soft"]
#: The page that estimates stand beside.
BESIDE: Final = "release"


@dataclass(frozen=True, slots=True)
class EstimatesPage:
    """What the template of the list is given."""

    figures: tuple[Figure, ...]
    cautions: tuple[str, ...]
    table: Table


@dataclass(frozen=True, slots=True)
class EstimatePage:
    """What the template of one estimate is given.

    Attributes
    ----------
    figures
        What was said, what came, how near.
    said
        Sentences: who said it when, from what; how near it came.
    facts
        The facts.
    """

    figures: tuple[Figure, ...]
    said: tuple[str, ...]
    facts: EstimateFacts


def frame(workspace: Workspace) -> dict[str, tuple[Tab, ...]]:
    """Return both navigations."""
    return {
        "tabs": tabs(workspace, BESIDE),
        "parts": parts(workspace, BY_KEY[BESIDE], "", beside="estimates"),
    }


def address(workspace: Workspace, public_id: str = "") -> str:
    """Return the address of the list, or of an estimate."""
    named = {"workspace_id": workspace.workspace_id}
    return (
        reverse("estimate", kwargs={**named, "public_id": public_id})
        if public_id
        else reverse("estimates", kwargs=named)
    )


def measuring(workspace: Workspace) -> tuple[Crumb, ...]:
    """Return the pages whose saved questions measure what came."""
    return tuple(
        Crumb(str(BY_KEY[key].name), address_of(workspace, key)) for key in ("release", "experiment")
    )


def estimates_page(
    workspace: Workspace,
    found: Sequence[EstimateFacts],
    together: Calibration | None,
    locale: Locale,
    *,
    today: date,
    may_keep: bool,
) -> EstimatesPage:
    """Return the list: those that are due first, then the open ones, then those scored."""
    rank = {"due": 0, "open": 1, "scored": 2}
    ordered = sorted(found, key=lambda each: rank[state_of(each, today)])
    return EstimatesPage(
        _figures(together, found, locale, today) if found else (),
        () if together is None else tuple(note_sentence(note, locale) for note in together.notes),
        _table(workspace, ordered, locale, today=today, may_keep=may_keep),
    )


def state_of(facts: EstimateFacts, today: date) -> str:
    """Return ``open``, ``due`` or ``scored``."""
    if facts.score is not None:
        return "scored"
    return "due" if facts.is_due(today) else "open"


def _figures(
    together: Calibration | None, found: Sequence[EstimateFacts], locale: Locale, today: date
) -> tuple[Figure, ...]:
    number = locale.number
    states = [state_of(each, today) for each in found]
    opened = Figure(
        _("Open"),
        number(states.count("open") + states.count("due")),
        filled(
            ngettext("%(count)s can be told by now", "%(count)s can be told by now", states.count("due")),
            count=number(states.count("due")),
        ),
    )
    if together is None:
        return (opened, Figure(_("Scored"), number(0), _("nothing is known yet of how good estimates are")))
    hits = together.hits
    kept = together.kept_share
    figures = [
        opened,
        Figure(
            _("Estimates that held"),
            locale.percent(hits.value),
            filled(
                _(
                    "of %(count)s scored, outcomes being uncertain too; %(level)s would be right (%(interval)s)"
                ),
                count=number(hits.n),
                level=locale.percent(together.level),
                interval=between(
                    locale.percent(hits.interval.low), locale.percent(hits.interval.high), locale
                ),
            ),
        ),
    ]
    currencies = {each.currency for each in found if each.score is not None}
    if kept is not None and len(currencies) == 1:
        figures.append(
            Figure(_("Came of what was said"), locale.percent(kept), _("all outcomes beside all estimates"))
        )
    figures.append(
        Figure(
            _("Intervals would have to be"),
            filled(_("%(times)s times as wide"), times=number(together.widening, decimals=1)),
            _("to hold as often as they say"),
        )
    )
    return tuple(figures)


def _table(
    workspace: Workspace, found: Sequence[EstimateFacts], locale: Locale, *, today: date, may_keep: bool
) -> Table:
    new = reverse("estimate-new", kwargs={"workspace_id": workspace.workspace_id})
    return Table(
        caption=_("Estimates"),
        columns=(
            Column("name", _("What will be done")),
            Column("metric", _("What it will move")),
            Column("said", _("Estimate"), "number"),
            Column("came", _("What came"), "number"),
            Column("state", _("State")),
            Column("made", _("Made"), "when"),
        ),
        rows=tuple(
            Row(
                (
                    Cell(each.name, address(workspace, each.public_id)),
                    Cell(each.metric),
                    Cell(
                        money_with_interval(each.estimate, each.currency or None, locale),
                        value=each.estimate.value,
                    ),
                    Cell(
                        locale.number(None)
                        if each.score is None
                        else money_with_interval(each.score.outcome, each.currency or None, locale)
                    ),
                    Cell(*_state(each, locale, today)),
                    Cell(locale.date(each.made_at)),
                ),
                each.public_id,
            )
            for each in found
        ),
        empty=EmptyState(
            _("No estimates yet"),
            _(
                "Say before a change what it will bring, with an interval. When it has come, the outcome stands beside"
                " it, and over many it shows how far estimates can be trusted."
            ),
            _("Keep an estimate") if may_keep else "",
            new if may_keep else "",
        ),
    )


def _state(facts: EstimateFacts, locale: Locale, today: date) -> tuple[str, str, Tone]:
    score = facts.score
    if score is None:
        if facts.is_due(today):
            return pgettext("an estimate", "Due"), "", "warn"
        due = facts.due_on
        words = _("Open") if due is None else filled(_("Open until %(day)s"), day=locale.date(due))
        return words, "", "soft"
    if score.is_inside:
        return _("Inside the interval"), "", "good"
    return (_("Hit, as far as can be told"), "", "info") if score.is_hit else (_("Missed"), "", "bad")


def estimate_page(facts: EstimateFacts, locale: Locale) -> EstimatePage:
    """Return one estimate."""
    code = facts.currency or None
    figures = [_figure(_("Estimate"), facts.estimate, code, locale)]
    said = [_said(facts, locale)]
    if facts.score is not None:
        score = facts.score
        figures += [
            _figure(_("What came"), score.outcome, code, locale),
            Figure(
                _("Difference"),
                money(score.error, code, locale, signed=True),
                filled(_("%(count)s standard errors"), count=locale.signed(score.z, decimals=1)),
            ),
        ]
        said.append(_judged(score))
    return EstimatePage(tuple(figures), tuple(said), facts)


def _figure(name: str, estimate: Estimate, code: str | None, locale: Locale) -> Figure:
    return Figure(
        name,
        money(estimate.value, code, locale),
        how_sure(estimate, money_interval(estimate, code, locale), locale),
    )


def _said(facts: EstimateFacts, locale: Locale) -> str:
    words = (
        _("%(metric)s. Said by %(member)s on %(day)s, from the numbers of that day.")
        if facts.question
        else _("%(metric)s. Said by %(member)s on %(day)s.")
    )
    return filled(
        words,
        metric=facts.metric,
        member=facts.made_by or _("somebody who is gone"),
        day=locale.date(facts.made_at),
    )


def _judged(score: ForecastScore) -> str:
    if score.is_inside:
        return _("What came lies inside the interval that was said.")
    if score.is_hit:
        return _("What came lies outside the interval, but no further than it is uncertain itself.")
    if score.error < 0:
        return _("Less came than was said, by more than both are uncertain.")
    return _("More came than was said, by more than both are uncertain.")
