"""The page Cost to serve: what conversations cost, by channel, by reason, by customer."""

from __future__ import annotations

from functools import partial
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from safar.doors.web.design.parts import EmptyState
from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.words import filled
from safar.doors.web.events.words import channel_in_words
from safar.doors.web.journeys.kind import Asked, Drawing, Figure, Finding, KindPage, Shown
from safar.doors.web.journeys.metric import Metric
from safar.measure.cost_to_serve import ChannelCost, CostAnswer
from safar.show import drawing as draw
from safar.vocabulary.interval import Estimate, difference, is_clear

from .cost_form import CostForm
from .customer_cells import customer_cells
from .groups import SERVED
from .topic_words import topic_in_words, topics_in_words
from .words import how_sure, money, money_interval, money_with_interval

_MOST_ROWS: Final = 20
_MOST_CUSTOMERS: Final = 40
#: Place of the mean of a conversation among the columns of both tables.
_MEAN: Final = 4


def shown_cost(asked: Asked) -> Shown:
    """Return what serving costs, in the reader's words."""
    answer: CostAnswer = asked.answer
    if answer.currency is None or not answer.channels[0].conversations:
        return Shown(
            empty=EmptyState(
                _("No conversation says what it cost"),
                _(
                    "Send cost and currency with conversation_resolved, or say beside this, under “Rates, days”, what a"
                    " conversation costs."
                ),
            )
        )
    sees = bool(asked.behind({}))
    return Shown(
        figures=_figures(asked),
        findings=(*_dearest(asked, answer.channels, "c"), *_dearest(asked, answer.reasons, "t")),
        drawings=_drawings(asked),
        tables=(
            _parts(asked, answer.channels, "c"),
            _parts(asked, answer.reasons, "t"),
            *((_customers(asked),) if sees else ()),
        ),
    )


def _figures(asked: Asked) -> tuple[Figure, ...]:
    answer: CostAnswer = asked.answer
    locale, whole = asked.locale, answer.channels[0]
    figures = [
        Figure(
            _("Cost of all conversations"),
            money(float(whole.total.decimal), answer.currency, locale),
            filled(
                ngettext("%(count)s conversation", "%(count)s conversations", whole.conversations),
                count=locale.number(whole.conversations),
            ),
        )
    ]
    for name, each in (
        (_("A conversation, in the mean"), whole.by_conversation),
        (_("A customer served, in the mean"), whole.by_customer),
    ):
        if each is not None:
            figures.append(
                Figure(
                    name,
                    money(each.value, answer.currency, locale),
                    how_sure(each, money_interval(each, answer.currency, locale), locale),
                )
            )
    return tuple(figures)


def _label(part: ChannelCost, names: dict[str, str] | None, *, is_all: bool = False) -> str:
    """Return what a channel is called; with the names of topics, what a reason is."""
    if is_all:
        return _("All")
    if not part.label:
        return pgettext("value of a property", "Not told")
    return channel_in_words(part.label) if names is None else topic_in_words(part.label, names)


def _names(asked: Asked, prefix: str) -> dict[str, str] | None:
    return None if prefix == "c" else topics_in_words(asked.workspace, asked.locale.language)


def _dearest(asked: Asked, parts: tuple[ChannelCost, ...], prefix: str) -> tuple[Finding, ...]:
    """Return which channel or reason costs most a conversation, where that is more than chance."""
    answer: CostAnswer = asked.answer
    names = _names(asked, prefix)
    known = [
        (each.by_conversation, place, each)
        for place, each in enumerate(parts)
        if place and each.by_conversation is not None
    ]
    if len(known) < 2:
        return ()
    most, least = max(known, key=lambda each: each[0].value), min(known, key=lambda each: each[0].value)
    if not is_clear(difference(most[0], least[0])):
        return ()
    words = (
        _("A conversation by “%(most)s” costs %(dear)s, by “%(least)s” %(cheap)s.")
        if prefix == "c"
        else _("A conversation about “%(most)s” costs %(dear)s, about “%(least)s” %(cheap)s.")
    )
    return (
        Finding(
            filled(
                words,
                most=_label(most[2], names),
                dear=money(most[0].value, answer.currency, asked.locale),
                least=_label(least[2], names),
                cheap=money(least[0].value, answer.currency, asked.locale),
            ),
            f"{prefix}{most[1]}",
            _MEAN,
        ),
    )


def _drawings(asked: Asked) -> tuple[Drawing, ...]:
    answer: CostAnswer = asked.answer
    locale = asked.locale
    bars = [
        draw.Bar(
            _label(part, None, is_all=not place),
            part.by_conversation.value,
            money(part.by_conversation.value, answer.currency, locale),
            part.by_conversation.interval.low,
            part.by_conversation.interval.high,
            tone="plain" if place else "soft",
            key=f"c{place}",
        )
        for place, part in enumerate(answer.channels[:_MOST_ROWS])
        if part.by_conversation is not None
    ]
    if len(bars) < 2:
        return ()
    return (
        Drawing.in_both_widths(
            "cost",
            _("What a conversation costs, by channel"),
            partial(
                draw.draw_bars,
                bars,
                title=_("The mean cost of a conversation by channel; the table below has the same numbers."),
                direction=locale.direction,
            ),
        ),
    )


def _parts(asked: Asked, parts: tuple[ChannelCost, ...], prefix: str) -> Table:
    answer: CostAnswer = asked.answer
    locale = asked.locale
    whole, names = float(parts[0].total.decimal), _names(asked, prefix)

    def mean(found: Estimate | None) -> Cell:
        if found is None:
            return Cell(locale.number(None))
        return Cell(money_with_interval(found, answer.currency, locale), value=found.value)

    def row(place: int, part: ChannelCost) -> Row:
        total = float(part.total.decimal)
        share = total / whole if whole else 0.0
        return Row(
            (
                Cell(_label(part, names, is_all=not place)),
                Cell(locale.number(part.conversations), value=part.conversations),
                Cell(money(total, answer.currency, locale), value=total),
                Cell(locale.percent(share), value=share),
                mean(part.by_conversation),
                mean(part.by_customer),
            ),
            f"{prefix}{place}",
        )

    return Table(
        caption=_("By channel") if prefix == "c" else _("By reason"),
        columns=(
            Column("part", _("Conversations")),
            Column("n", _("How many"), "number", sortable=True),
            Column("total", _("Cost"), "number", sortable=True),
            Column("share", _("Share of the cost"), "number", sortable=True),
            Column("mean", _("A conversation, in the mean"), "number", sortable=True),
            Column("customer", _("A customer served, in the mean"), "number", sortable=True),
        ),
        rows=tuple(row(place, part) for place, part in enumerate(parts[: _MOST_ROWS + 1])),
    )


def _customers(asked: Asked) -> Table:
    answer: CostAnswer = asked.answer
    locale = asked.locale
    most = answer.dearest[:_MOST_CUSTOMERS]
    return Table(
        caption=_("Customers who cost most"),
        columns=(
            Column("customer", _("Customer")),
            Column("n", _("Conversations"), "number"),
            Column("cost", _("Cost"), "number"),
        ),
        rows=tuple(
            Row(
                (
                    customer,
                    Cell(locale.number(count), value=count),
                    Cell(money(cost, answer.currency, locale), value=cost),
                )
            )
            for customer, (_id, count, cost) in zip(
                customer_cells(asked, [each[0] for each in most]), most, strict=True
            )
        ),
    )


def _metric(answer: CostAnswer) -> Metric | None:
    return Metric.of(answer.channels[0].by_conversation) if answer.channels else None


COST_TO_SERVE: Final = KindPage(
    key="cost_to_serve",
    desk="value",
    customer_list=gettext_lazy("Customers who cost most"),
    group=SERVED,
    name=pgettext_lazy("kind of question", "Cost to serve"),
    lead=gettext_lazy("What does it cost to serve customers, in which channel and for which reason?"),
    form=CostForm,
    shown=shown_cost,
    meaning=gettext_lazy(
        "The cost of a conversation is what it says itself, or what the rates make of it. A customer served is one who"
        " had a conversation in this time; those who never asked cost nothing here. Channels differ in what customers"
        " come with: the dearer one need not be the worse one."
    ),
    method=gettext_lazy(
        "Costs that conversations say (cost and currency of their events) are added up; with rates, each conversation"
        " costs its rate and each answer of a person in it that of an answer. One currency at a time. Means have"
        " Student's intervals on the logarithm: none goes below zero."
    ),
    more=gettext_lazy("Rates, days"),
    further_tables=(("reason_table", gettext_lazy("By reason")),),
    metric=_metric,
    metric_name=gettext_lazy("A conversation, in the mean"),
    metric_unit="mean",
)
