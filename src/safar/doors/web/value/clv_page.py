"""The page Lifetime value: what customers will bring, who carries it, and how earlier predictions did."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.words import filled
from safar.doors.web.journeys.kind import Asked, Drawing, Figure, Finding, KindPage, NextStep, Shown
from safar.doors.web.journeys.page import address_of
from safar.measure.clv import CLVAnswer, GroupValue
from safar.measure.holdout import Holdout
from safar.show import drawing as draw
from safar.vocabulary.interval import Estimate

from .clv_form import MODEL_NAMES, CLVForm
from .customer_cells import customer_cells
from .groups import WORTH
from .who_stays import WHO_STAYS
from .words import NO_ORDERS, how_sure, money, money_interval, money_with_interval

_TENTHS: Final = 10
#: Customers that the page lists; a file has them all.
_MOST_ROWS: Final = 40
#: Places of columns that findings speak of.
_SHARE, _ACTUAL = 3, 2


def shown_clv(asked: Asked) -> Shown:
    """Return lifetime value in the reader's words."""
    tenths = asked.answer.tenths
    sees = bool(asked.behind({}))
    return Shown(
        figures=_figures(asked),
        findings=_findings(asked, tenths),
        next_steps=_next_steps(asked),
        drawings=(_tenths_drawing(asked, tenths), *_backtest_drawing(asked)),
        tables=(
            *((_customers_table(asked),) if sees else ()),
            _tenths_table(asked, tenths),
            *_backtest_table(asked),
        ),
    )


def _figures(asked: Asked) -> tuple[Figure, ...]:
    answer: CLVAnswer = asked.answer
    locale, currency, total = asked.locale, answer.currency, answer.total
    alive = float(answer.p_alive.sum())
    return (
        Figure(
            filled(_("To come in %(time)s"), time=_horizon(asked)),
            money(total.value.value, currency, locale),
            how_sure(total.value, money_interval(total.value, currency, locale), locale),
        ),
        Figure(
            _("By customer"),
            money(total.mean.value, currency, locale),
            filled(
                ngettext("of %(count)s customer", "of %(count)s customers", total.customers),
                count=locale.number(total.customers),
            ),
        ),
        Figure(
            _("Still customers"),
            locale.percent(alive / total.customers, decimals=1),
            filled(_("about %(count)s, by the model"), count=locale.number(round(alive))),
        ),
        Figure(
            _("Brought so far"),
            money(total.historic, currency, locale),
            filled(_("%(purchases)s purchases to come"), purchases=locale.number(round(total.purchases))),
        ),
    )


def _next_steps(asked: Asked) -> tuple[NextStep, ...]:
    address = address_of(asked.workspace, "clv_by_segment")
    return (NextStep(_("Segment by segment"), f"{address}?{asked.query}"),)


def _horizon(asked: Asked) -> str:
    field = asked.form.fields["horizon"]
    return str(dict(field.choices)[asked.form.cleaned_data["horizon"]])  # type: ignore[attr-defined]


def _findings(asked: Asked, tenths: tuple[GroupValue, ...]) -> tuple[Finding, ...]:
    answer: CLVAnswer = asked.answer
    locale, total = asked.locale, answer.total.value.value
    found = []
    if total > 0 and len(tenths) == _TENTHS:
        found.append(
            Finding(
                filled(
                    _("The most valuable tenth of customers brings %(share)s of what is to come."),
                    share=locale.percent(tenths[0].value.value / total, decimals=1),
                ),
                "t1",
                _SHARE,
            )
        )
    newest = next(iter(answer.backtest.of_model), None)
    if newest is not None and newest.actual:
        off = newest.aggregate_error
        words = (
            _("Asked %(days)s days ago, the model would have said %(share)s too many purchases of everybody.")
            if off > 0
            else _(
                "Asked %(days)s days ago, the model would have said %(share)s too few purchases of everybody."
            )
        )
        found.append(
            Finding(
                filled(words, days=locale.number(newest.days), share=locale.percent(abs(off), decimals=1)),
                "b0",
                _ACTUAL,
            )
        )
    simple = answer.simple
    if simple.value is not None and simple.lifetime_years is not None:
        found.append(
            Finding(
                filled(
                    _(
                        "The simple formula, %(order)s a purchase × %(often)s a year × %(years)s years, says"
                        " %(value)s a customer: it takes everybody for the same, and discounts nothing."
                    ),
                    order=money(simple.mean_margin, answer.currency, locale),
                    often=locale.number(simple.purchases_a_year, decimals=1),
                    years=locale.number(simple.lifetime_years, decimals=1),
                    value=money(simple.value, answer.currency, locale),
                )
            )
        )
    return tuple(found)


def _tenth_name(asked: Asked, place: int) -> str:
    locale = asked.locale
    if place == 0:
        return _("The most valuable tenth")
    return filled(_("Tenth %(number)s"), number=locale.number(place + 1))


def tenth_bars(asked: Asked, tenths: tuple[GroupValue, ...]) -> list[draw.Bar]:
    """Return a bar for each tenth, the most valuable first."""
    named = [(_tenth_name(asked, place), each.value) for place, each in enumerate(tenths)]
    return value_bars(asked, named, key="t")


def value_bars(asked: Asked, named: Sequence[tuple[str, Estimate]], *, key: str) -> list[draw.Bar]:
    """Return a bar for each named amount, with its interval."""
    return [
        draw.Bar(
            name,
            each.value,
            money(each.value, asked.answer.currency, asked.locale),
            each.interval.low,
            each.interval.high,
            key=f"{key}{place}",
        )
        for place, (name, each) in enumerate(named, 1)
    ]


def _tenths_drawing(asked: Asked, tenths: tuple[GroupValue, ...]) -> Drawing:
    locale = asked.locale
    bars = tenth_bars(asked, tenths)
    title = _(
        "What each tenth of customers will bring, with intervals; the table below has the same numbers."
    )

    drawn = partial(draw.draw_bars, bars, title=title, direction=locale.direction)
    return Drawing.in_both_widths(
        "tenths",
        _("Who carries the value"),
        drawn,
        said=_("Each bar is a tenth of all customers, the most valuable ones first."),
    )


def _backtest_drawing(asked: Asked) -> tuple[Drawing, ...]:
    newest = next(iter(asked.answer.backtest.of_model), None)
    if newest is None:
        return ()
    locale = asked.locale
    rows = [row for row in newest.by_frequency if row.customers]
    bars = []
    for row in rows:
        name = _frequency_name(asked, newest, row.frequency)
        bars += [
            draw.Bar(
                name,
                row.actual,
                filled(_("%(count)s bought"), count=locale.number(row.actual, decimals=2)),
                detail=filled(
                    ngettext("%(count)s customer", "%(count)s customers", row.customers),
                    count=locale.number(row.customers),
                ),
            ),
            draw.Bar(
                "",
                row.predicted,
                filled(_("%(count)s predicted"), count=locale.number(row.predicted, decimals=2)),
                tone="other",
            ),
        ]
    title = _(
        "Purchases by customer that were predicted and that were made; the last table has the same numbers."
    )

    drawn = partial(draw.draw_bars, bars, title=title, direction=locale.direction)
    return (
        Drawing.in_both_widths(
            "backtest",
            _("Would it have been right?"),
            drawn,
            said=filled(
                _(
                    "The model was asked as of %(day)s, when it knew nothing of what came after, for the %(days)s days"
                    " that followed. Customers stand by how often they had bought again until then."
                ),
                day=locale.date(newest.at),
                days=locale.number(newest.days),
            ),
        ),
    )


def _frequency_name(asked: Asked, holdout: Holdout, frequency: int) -> str:
    is_last = frequency == max(row.frequency for row in holdout.by_frequency)
    number = asked.locale.number(frequency)
    if frequency == 0:
        return _("Bought once")
    words = (
        _("Bought again %(number)s times or more")
        if is_last
        else ngettext("Bought again %(number)s time", "Bought again %(number)s times", frequency)
    )
    return filled(words, number=number)


def _customers_table(asked: Asked) -> Table:
    answer: CLVAnswer = asked.answer
    locale, currency = asked.locale, answer.currency
    order = np.argsort(-answer.value, kind="stable")[:_MOST_ROWS]
    ids = [str(each) for each in answer.forecast.customers.ids[order]]
    rows = [
        Row(
            (
                customer,
                Cell(
                    money_with_interval(Estimate(float(answer.value[place]), interval, 1), currency, locale),
                    value=float(answer.value[place]),
                ),
                Cell(locale.percent(float(answer.p_alive[place])), value=float(answer.p_alive[place])),
                Cell(
                    locale.number(float(answer.purchases[place]), decimals=1),
                    value=float(answer.purchases[place]),
                ),
                Cell(
                    money(float(answer.historic[place]), currency, locale),
                    value=float(answer.historic[place]),
                ),
            )
        )
        for customer, place, interval in zip(
            customer_cells(asked, ids), order, answer.intervals(order), strict=True
        )
    ]
    return Table(
        caption=_("The most valuable customers"),
        columns=(
            Column("customer", _("Customer")),
            Column("value", _("Value to come"), "number", sortable=True),
            Column("alive", _("Still a customer"), "number", sortable=True),
            Column("purchases", _("Purchases to come"), "number", sortable=True),
            Column("historic", _("Brought so far"), "number", sortable=True),
        ),
        rows=tuple(rows),
    )


def _tenths_table(asked: Asked, tenths: tuple[GroupValue, ...]) -> Table:
    answer: CLVAnswer = asked.answer
    named = [(_tenth_name(asked, place), each) for place, each in enumerate(tenths)]
    return groups_table(asked, _("Tenth by tenth"), _("Customers"), named, answer.total.value.value, key="t")


def groups_table(
    asked: Asked, caption: str, head: str, named: Sequence[tuple[str, GroupValue]], whole: float, *, key: str
) -> Table:
    """Return a row for each group: how many they are, what they will bring, which share of the whole that is."""
    locale, currency = asked.locale, asked.answer.currency
    return Table(
        caption=caption,
        columns=(
            Column("group", head),
            Column("customers", _("How many"), "number"),
            Column("value", _("Value to come"), "number"),
            Column("share", _("Share of all"), "number"),
            Column("mean", _("By customer"), "number"),
            Column("historic", _("Brought so far"), "number"),
        ),
        rows=tuple(
            Row(
                (
                    Cell(name),
                    Cell(locale.number(each.customers), value=each.customers),
                    Cell(money_with_interval(each.value, currency, locale), value=each.value.value),
                    Cell(
                        locale.percent(each.value.value / whole if whole else 0.0, decimals=1),
                        value=each.value.value / whole if whole else 0.0,
                    ),
                    Cell(money_with_interval(each.mean, currency, locale), value=each.mean.value),
                    Cell(money(each.historic, currency, locale), value=each.historic),
                ),
                f"{key}{place}",
            )
            for place, (name, each) in enumerate(named, 1)
        ),
    )


def _backtest_table(asked: Asked) -> tuple[Table, ...]:
    answer: CLVAnswer = asked.answer
    if not answer.backtest.windows:
        return ()
    locale = asked.locale
    rows = []
    for window in answer.backtest.windows:
        for each in window:
            name = str(MODEL_NAMES[each.model])
            rows.append(
                Row(
                    (
                        Cell(
                            filled(_("%(model)s (chosen)"), model=name)
                            if each.model == answer.model
                            else name
                        ),
                        Cell(locale.date(each.at), value=each.at),
                        Cell(locale.number(round(each.actual)), value=each.actual),
                        Cell(locale.number(round(each.predicted)), value=each.predicted),
                        Cell(locale.percent(each.aggregate_error, decimals=1), value=each.aggregate_error),
                        Cell(locale.number(each.correlation, decimals=2), value=each.correlation),
                    ),
                    f"b{len(rows)}",
                )
            )
    return (
        Table(
            caption=_("How earlier predictions did"),
            columns=(
                Column("model", _("Model")),
                Column("at", _("As of"), "when"),
                Column("actual", _("Purchases made"), "number"),
                Column("predicted", _("Predicted"), "number"),
                Column("error", _("Off by"), "number"),
                Column("correlation", _("Correlation by customer"), "number"),
            ),
            rows=tuple(rows),
        ),
    )


CLV: Final = KindPage(
    key="clv",
    desk="value",
    customer_list=gettext_lazy("Customers, the most valuable first"),
    group=WORTH,
    name=pgettext_lazy("kind of question", "Lifetime value"),
    lead=gettext_lazy("What will customers bring, and who are the most valuable ones?"),
    form=CLVForm,
    shown=shown_clv,
    differs=WHO_STAYS["clv"],
    meaning=gettext_lazy(
        "The margin that today's customers are expected to bring within the time ahead, each purchase counted for less"
        " the later it comes. New customers who come meanwhile are not part of it."
    ),
    method=gettext_lazy(
        "How often somebody buys and whether they have left is estimated from the days of their purchases (BG/NBD,"
        " MBG/NBD or Pareto/NBD, whichever predicted earlier times best); what a purchase brings from what theirs"
        " brought (Gamma-Gamma). Totals are corrected by how far earlier predictions were off. Intervals hold what the"
        " parameters, chance and earlier misses leave open."
    ),
    nothing=NO_ORDERS,
    more=gettext_lazy("Rates, model, margin, day"),
)
