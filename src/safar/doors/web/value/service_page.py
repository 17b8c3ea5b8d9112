"""The page Service: how fast customers are answered and helped, and how often at first contact."""

from __future__ import annotations

import math
from datetime import timedelta
from functools import partial
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from safar.doors.web.design.parts import EmptyState
from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.words import filled
from safar.doors.web.events.words import channel_in_words
from safar.doors.web.journeys.kind import Asked, Drawing, Figure, Finding, KindPage, Shown
from safar.doors.web.journeys.metric import Metric
from safar.doors.web.journeys.words import (
    between,
    interval_in_words,
    number_with_interval,
    share_with_interval,
)
from safar.measure.service import Clock, ServiceAnswer, ServiceNumbers
from safar.show import drawing as draw
from safar.show.locale import Locale
from safar.vocabulary.interval import Estimate

from .groups import SERVED
from .service_form import ServiceForm
from .topic_words import topic_in_words, topics_in_words
from .words import how_sure

CLOCK_NAMES: Final = {
    "first_response": gettext_lazy("First answer"),
    "next_response": gettext_lazy("Next answer"),
    "resolution": gettext_lazy("Resolution"),
}


def shown_service(asked: Asked) -> Shown:
    """Return service in the reader's words."""
    answer: ServiceAnswer = asked.answer
    everybody = answer.groups[0]
    if not everybody.n:
        return Shown(
            empty=EmptyState(
                _("No conversations yet"),
                _(
                    "This is answered once events named conversation_started, message_received, message_sent and"
                    " conversation_resolved come in, each with its conversation_id."
                ),
            )
        )
    return Shown(
        figures=_figures(asked, everybody),
        findings=_findings(asked, everybody),
        drawings=_drawings(asked),
        tables=(_clocks(asked), _first_contact(asked)),
    )


def length(seconds: float, locale: Locale) -> str:
    """Return a length of time in words."""
    return locale.duration(timedelta(seconds=round(seconds)))


def length_interval(estimate: Estimate, locale: Locale) -> str:
    """Return the interval of a length of time."""
    low, high = estimate.interval.low, estimate.interval.high
    if math.isinf(high):
        return filled(_("%(low)s or more"), low=length(max(low, 0.0), locale))
    return between(length(max(low, 0.0), locale), length(high, locale), locale)


def _with_interval(estimate: Estimate | None, locale: Locale) -> Cell:
    if estimate is None:
        return Cell(locale.number(None))
    return Cell(
        number_with_interval(length(estimate.value, locale), length_interval(estimate, locale), locale),
        value=estimate.value,
    )


def _figures(asked: Asked, everybody: ServiceNumbers) -> tuple[Figure, ...]:
    locale = asked.locale
    figures = [
        Figure(
            filled(
                _("%(clock)s, half within, in working time")
                if asked.question.working
                else _("%(clock)s, half within"),
                clock=str(CLOCK_NAMES[clock.name]),
            ),
            length(clock.median.value, locale),
            how_sure(clock.median, length_interval(clock.median, locale), locale),
        )
        for clock in everybody.clocks
        if clock.median is not None and clock.name != "next_response"
    ]
    gross, again = everybody.first_contact.gross, everybody.reopened
    if gross is not None:
        figures.append(
            Figure(
                _("Resolved at first contact"),
                locale.percent(gross.value, decimals=1),
                how_sure(gross, interval_in_words(gross, locale), locale),
            )
        )
    if again is not None:
        figures.append(
            Figure(
                _("Opened again"),
                locale.percent(again.value, decimals=1),
                how_sure(again, interval_in_words(again, locale), locale),
            )
        )
    return tuple(figures)


#: Said where the clock of half the first answers stood still.
_AWAY: Final = gettext_lazy(
    "At least half of the first answers came outside working time, while the clock stands still: choose “Day and night”"
    " to see how long customers waited."
)


def _findings(asked: Asked, everybody: ServiceNumbers) -> tuple[Finding, ...]:
    locale = asked.locale
    found = [
        Finding(
            filled(
                _("%(clock)s: %(share)s were as fast as promised."),
                clock=str(CLOCK_NAMES[clock.name]),
                share=share_with_interval(clock.kept, locale),
            ),
            f"g0-{clock.name}",
            5,
        )
        for clock in everybody.clocks
        if clock.kept is not None
    ]
    first = next((each for each in everybody.clocks if each.name == "first_response"), None)
    if first is not None and first.median is not None and not first.median.value:
        found.append(Finding(str(_AWAY), "g0-first_response", 3))
    at_once, quiet = everybody.first_contact.gross, everybody.first_contact.no_repeat
    if at_once is not None and quiet is not None:
        found.append(
            Finding(
                filled(
                    _(
                        "By one definition %(gross)s were resolved at first contact, by another %(quiet)s: say which"
                        " one is meant."
                    ),
                    gross=locale.percent(at_once.value),
                    quiet=locale.percent(quiet.value),
                ),
                "f0",
                2,
            )
        )
    return tuple(found)


def _labels(asked: Asked) -> list[str]:
    """Return what each group is called."""
    by_topic = asked.question.by == "topic"
    names = topics_in_words(asked.workspace, asked.locale.language) if by_topic else {}
    return [
        _("All")
        if not group.label
        else topic_in_words(group.label, names)
        if by_topic
        else channel_in_words(group.label)
        for group in asked.answer.groups
    ]


def _drawings(asked: Asked) -> tuple[Drawing, ...]:
    answer: ServiceAnswer = asked.answer
    locale = asked.locale
    bars = [
        draw.Bar(
            label,
            clock.median.value,
            length(clock.median.value, locale),
            max(clock.median.interval.low, 0.0),
            None if math.isinf(clock.median.interval.high) else clock.median.interval.high,
            detail=filled(
                ngettext("%(count)s conversation", "%(count)s conversations", group.n),
                count=locale.number(group.n),
            ),
            key=f"g{place}-first_response",
        )
        for place, (group, label) in enumerate(zip(answer.groups, _labels(asked), strict=True))
        for clock in group.clocks[:1]
        if clock.median is not None and math.isfinite(clock.median.interval.low)
    ]
    if not bars:
        return ()
    title = _("Within what time half of customers had a first answer; the table below has the same numbers.")

    drawn = partial(draw.draw_bars, bars, title=title, direction=locale.direction)
    return (
        Drawing.in_both_widths(
            "first",
            _("How long until the first answer"),
            drawn,
            said=_("Half are answered sooner, half later. Answers of machines do not count."),
        ),
    )


def _clocks(asked: Asked) -> Table:
    answer: ServiceAnswer = asked.answer
    locale = asked.locale

    def row(place: int, group: ServiceNumbers, label: str, clock: Clock) -> Row:
        kept = share_with_interval(clock.kept, locale)
        return Row(
            (
                Cell(label),
                Cell(str(CLOCK_NAMES[clock.name])),
                Cell(locale.number(clock.n), value=clock.n),
                _with_interval(clock.median, locale),
                _with_interval(clock.p90, locale),
                Cell(kept) if clock.kept is None else Cell(kept, value=clock.kept.value),
                Cell(locale.number(clock.waiting), value=clock.waiting),
            ),
            f"g{place}-{clock.name}",
        )

    return Table(
        caption=_("Clocks"),
        columns=(
            Column("group", _("Conversations")),
            Column("clock", _("Clock")),
            Column("n", _("How many"), "number"),
            Column("median", _("Half within"), "number"),
            Column("p90", _("Nine of ten within"), "number"),
            Column("kept", _("As promised"), "number"),
            Column("waiting", _("Still wait"), "number"),
        ),
        rows=tuple(
            row(place, group, label, clock)
            for place, (group, label) in enumerate(zip(answer.groups, _labels(asked), strict=True))
            for clock in group.clocks
        ),
    )


def _first_contact(asked: Asked) -> Table:
    answer: ServiceAnswer = asked.answer
    locale, rules = asked.locale, asked.question.first_contact
    # without topics or a question named, these two definitions say nothing of their own
    also = {
        "net": (_("The same, of what can be resolved at once"), bool(rules.beyond)),
        "asked": (_("Customers say so"), rules.question_key is not None),
    }
    shown = [name for name, (_words, is_asked) in also.items() if is_asked]

    def rate(estimate: Estimate | None) -> Cell:
        told = share_with_interval(estimate, locale)
        return Cell(told) if estimate is None else Cell(told, value=estimate.value)

    return Table(
        caption=_("At first contact, and again"),
        columns=(
            Column("group", _("Conversations")),
            Column("n", _("How many"), "number"),
            Column("gross", _("One message, nobody else, never again"), "number"),
            Column("no_repeat", _("Nobody came back in time"), "number"),
            *(Column(name, also[name][0], "number") for name in shown),
            Column("reopened", _("Opened again"), "number"),
            # the table of clocks tells it too, where eight columns would not fit
            *(() if shown else (Column("open", _("Open now"), "number"),)),
        ),
        rows=tuple(
            Row(
                (
                    Cell(label),
                    Cell(locale.number(group.n), value=group.n),
                    rate(group.first_contact.gross),
                    rate(group.first_contact.no_repeat),
                    *(rate(getattr(group.first_contact, name)) for name in shown),
                    rate(group.reopened),
                    *(() if shown else (Cell(locale.number(group.open), value=group.open),)),
                ),
                f"f{place}",
            )
            for place, (group, label) in enumerate(zip(answer.groups, _labels(asked), strict=True))
        ),
    )


def _metric(answer: ServiceAnswer) -> Metric | None:
    return Metric.of(answer.groups[0].first_contact.gross)


SERVICE: Final = KindPage(
    key="service",
    desk="value",
    group=SERVED,
    name=pgettext_lazy("kind of question", "Service"),
    lead=gettext_lazy("How fast are customers answered and helped, and how often at first contact?"),
    form=ServiceForm,
    shown=shown_service,
    meaning=gettext_lazy(
        "The first answer is the first one by a person; the next answer is how long customers wait who write again;"
        " the resolution is the time a conversation was open and not paused. A resolution ends the waiting, and thanks"
        " after it start no clock."
    ),
    method=gettext_lazy(
        "Clocks stand still while nobody is at work. Intervals of medians follow from the order of values alone. At"
        " first contact there are four definitions, which disagree. Gross: one message of the customer, not handed over"
        " and never opened again. Net: the same without topics that nobody can resolve at once. Without return: nobody"
        " came back about the same topic in time, counted where that time is over. Asked: what customers say in a"
        " survey."
    ),
    more=gettext_lazy("Promises, days"),
    further_tables=(("shares", gettext_lazy("At first contact, and again")),),
    metric=_metric,
    metric_name=gettext_lazy("Resolved at first contact"),
)
