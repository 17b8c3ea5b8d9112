"""The page RFM: how lately, how often and for how much customers buy, in groups to be addressed."""

from __future__ import annotations

from functools import partial
from typing import Final

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.words import filled
from safar.doors.web.journeys.kind import Asked, Drawing, Figure, Finding, KindPage, Shown
from safar.measure.rfm import GROUPS, RFMAnswer, RFMGroup
from safar.show import drawing as draw

from .customer_cells import customer_cells
from .groups import WORTH
from .rfm_form import RFMForm
from .words import NO_ORDERS, money

#: Customers that the page lists; a file has them all.
_MOST_ROWS: Final = 40
#: Columns that findings speak of.
_CUSTOMERS, _REVENUE_SHARE = 1, 4
GROUP_NAMES: Final = {
    "champions": pgettext_lazy("RFM group", "Champions"),
    "loyal": pgettext_lazy("RFM group", "Loyal"),
    "promising": pgettext_lazy("RFM group", "Promising"),
    "new": pgettext_lazy("RFM group", "New"),
    "need_attention": pgettext_lazy("RFM group", "Need attention"),
    "cannot_lose": pgettext_lazy("RFM group", "Must not be lost"),
    "at_risk": pgettext_lazy("RFM group", "At risk"),
    "lost": pgettext_lazy("RFM group", "Lost"),
}
GROUP_WORDS: Final = {
    "champions": gettext_lazy("bought lately, and often"),
    "loyal": gettext_lazy("buy often, though not just now"),
    "promising": gettext_lazy("bought lately, some times"),
    "new": gettext_lazy("bought lately, for the first time"),
    "need_attention": gettext_lazy("bought some time ago, and seldom"),
    "cannot_lose": gettext_lazy("bought often, and long ago"),
    "at_risk": gettext_lazy("bought some times, and long ago"),
    "lost": gettext_lazy("bought once, and long ago"),
}


def shown_rfm(asked: Asked) -> Shown:
    """Return RFM in the reader's words."""
    sees = bool(asked.behind({}))
    return Shown(
        figures=_figures(asked),
        findings=_findings(asked),
        drawings=(_drawing(asked),),
        tables=(_groups(asked), *((_customers(asked),) if sees else ())),
    )


def _figures(asked: Asked) -> tuple[Figure, ...]:
    answer: RFMAnswer = asked.answer
    locale, customers = asked.locale, len(answer.customers)
    again, days = float((answer.orders > 1).mean()), round(float(np.median(answer.days_since)))
    return (
        Figure(_("Customers who bought"), locale.number(customers)),
        Figure(_("Bought again"), locale.percent(again, decimals=1)),
        Figure(
            _("Last order, half of them within"),
            filled(ngettext("%(days)s day", "%(days)s days", days), days=locale.number(days)),
        ),
        Figure(
            _("Paid by customer, half of them at least"),
            money(float(np.median(answer.revenue)), answer.currency, locale),
        ),
    )


def _findings(asked: Asked) -> tuple[Finding, ...]:
    answer: RFMAnswer = asked.answer
    locale, found = asked.locale, {each.name: each for each in answer.groups}
    sentences = []
    best = found.get("champions")
    if best is not None:
        sentences.append(
            Finding(
                filled(
                    _("Champions are %(customers)s of all customers and paid %(share)s of all."),
                    customers=locale.percent(best.customer_share, decimals=1),
                    share=locale.percent(best.revenue_share, decimals=1),
                ),
                "champions",
                _REVENUE_SHARE,
            )
        )
    going = found.get("cannot_lose")
    if going is not None:
        sentences.append(
            Finding(
                filled(
                    ngettext(
                        "%(count)s customer bought often and has not come for long, and paid %(share)s of all.",
                        "%(count)s customers bought often and have not come for long: they paid %(share)s of all.",
                        going.customers,
                    ),
                    count=locale.number(going.customers),
                    share=locale.percent(going.revenue_share, decimals=1),
                ),
                "cannot_lose",
                _CUSTOMERS,
            )
        )
    return tuple(sentences)


def _drawing(asked: Asked) -> Drawing:
    answer: RFMAnswer = asked.answer
    locale = asked.locale
    bars = [
        draw.Bar(
            str(GROUP_NAMES[each.name]),
            each.customer_share,
            locale.percent(each.customer_share, decimals=1),
            detail=str(GROUP_WORDS[each.name]),
            key=each.name,
        )
        for each in answer.groups
    ]
    title = _("The share of customers in each group; the table below has the same numbers.")

    drawn = partial(draw.draw_bars, bars, title=title, direction=locale.direction)
    return Drawing.in_both_widths(
        "groups",
        _("Who they are"),
        drawn,
        said=_("Each customer is in one group, by how lately and how often they bought."),
    )


def _groups(asked: Asked) -> Table:
    answer: RFMAnswer = asked.answer
    return Table(
        caption=_("Group by group"),
        columns=(
            Column("group", _("Group")),
            Column("customers", _("How many"), "number"),
            Column("share", _("Of customers"), "number"),
            Column("revenue", _("Paid"), "number"),
            Column("revenue_share", _("Of what was paid"), "number"),
            Column("days", _("Days since (median)"), "number"),
            Column("orders", _("Orders (median)"), "number"),
        ),
        rows=tuple(_group_row(asked, each) for each in answer.groups),
    )


def _group_row(asked: Asked, group: RFMGroup) -> Row:
    locale = asked.locale
    return Row(
        (
            Cell(str(GROUP_NAMES[group.name])),
            Cell(locale.number(group.customers), value=group.customers),
            Cell(locale.percent(group.customer_share, decimals=1), value=group.customer_share),
            Cell(money(group.revenue, asked.answer.currency, locale), value=group.revenue),
            Cell(locale.percent(group.revenue_share, decimals=1), value=group.revenue_share),
            Cell(locale.number(round(group.median_days)), value=group.median_days),
            Cell(locale.number(round(group.median_orders)), value=group.median_orders),
        ),
        group.name,
    )


def _customers(asked: Asked) -> Table:
    answer: RFMAnswer = asked.answer
    locale = asked.locale
    order = np.argsort(-answer.revenue, kind="stable")[:_MOST_ROWS]
    customers = customer_cells(asked, [str(answer.ids[place]) for place in order])
    rows = []
    for customer, place in zip(customers, order.tolist(), strict=True):
        bands = "–".join(
            locale.number(int(band[place]))
            for band in (answer.recency_band, answer.frequency_band, answer.monetary_band)
        )
        rows.append(
            Row(
                (
                    customer,
                    Cell(str(GROUP_NAMES[GROUPS[answer.group[place]]])),
                    Cell(
                        money(float(answer.revenue[place]), answer.currency, locale),
                        value=float(answer.revenue[place]),
                    ),
                    Cell(locale.number(int(answer.orders[place])), value=int(answer.orders[place])),
                    Cell(locale.number(int(answer.days_since[place])), value=int(answer.days_since[place])),
                    Cell(bands),
                )
            )
        )
    return Table(
        caption=_("Those who paid most"),
        columns=(
            Column("customer", _("Customer")),
            Column("group", _("Group")),
            Column("revenue", _("Paid"), "number", sortable=True),
            Column("orders", _("Orders"), "number", sortable=True),
            Column("days", _("Days since the last order"), "number", sortable=True),
            Column("bands", _("Bands: lately, often, how much")),
        ),
        rows=tuple(rows),
    )


RFM: Final = KindPage(
    key="rfm",
    desk="value",
    customer_list=gettext_lazy("Customers, those who paid most first"),
    group=WORTH,
    name=pgettext_lazy("kind of question", "RFM groups"),
    lead=gettext_lazy("How lately, how often and for how much do customers buy?"),
    form=RFMForm,
    shown=shown_rfm,
    meaning=gettext_lazy(
        "Every customer stands in one of five bands by how lately, how often and for how much they bought, band 5 being"
        " the best. Groups are made of the first two. They sort those to be addressed; they predict nothing: what"
        " somebody will bring is on the page Lifetime value."
    ),
    method=gettext_lazy(
        "Bands are fifths of the customers; those who are equal share one, so bands differ in size. Orders are counted,"
        " not days; amounts are what was paid less what was paid back, in one currency. There is no interval: nothing"
        " is estimated."
    ),
    nothing=NO_ORDERS,
    more=gettext_lazy("Up to which day"),
)
