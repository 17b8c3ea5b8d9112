"""The page Baskets: what an order is worth, what it holds, and what is bought together more than by chance."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from safar.doors.web.design.parts import EmptyState
from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.words import filled
from safar.doors.web.journeys.kind import Asked, Figure, Finding, KindPage, Shown
from safar.doors.web.journeys.words import between, number_with_interval
from safar.measure.baskets import BasketsAnswer, Bundle
from safar.show.locale import Locale
from safar.vocabulary.interval import Estimate

from .baskets_form import BasketsForm
from .groups import WORTH
from .words import NO_ORDERS, how_sure, money, money_interval, money_with_interval

_MOST_ROWS: Final = 60
#: The column that findings speak of.
_LIFT: Final = 3
_NOTHING: Final = {
    **NO_ORDERS,
    "purchases.nothing_bought": (
        gettext_lazy("No order names its products"),
        gettext_lazy("This is answered once orders come in with their items: a product_id or sku each."),
    ),
}


def shown_baskets(asked: Asked) -> Shown:
    """Return baskets in the reader's words."""
    answer: BasketsAnswer = asked.answer
    table = (_bundles(asked),) if answer.bundles else ()
    empty = None
    if not answer.bundles and answer.average_order_value is None:
        empty = EmptyState(
            _("Nothing is bought together"), _("No two products stand in enough orders. Ask for rarer pairs.")
        )
    return Shown(figures=_figures(asked), findings=_findings(asked), tables=table, empty=empty)


def _figures(asked: Asked) -> tuple[Figure, ...]:
    answer: BasketsAnswer = asked.answer
    locale, found = asked.locale, []
    value, size = answer.average_order_value, answer.basket_size
    if value is not None:
        found.append(
            Figure(
                _("An order is worth"),
                money(value.value, answer.currency, locale),
                how_sure(value, money_interval(value, answer.currency, locale), locale),
            )
        )
    if size is not None:
        found.append(
            Figure(
                _("Products in an order"),
                locale.number(size.value, decimals=2),
                how_sure(size, _numbers(size, locale), locale),
            )
        )
    clear = sum(each.is_clear for each in answer.bundles)
    found.append(
        Figure(
            _("Pairs beyond chance"),
            locale.number(clear),
            filled(_("of %(count)s looked at"), count=locale.number(answer.looked_at)),
        )
    )
    return tuple(found)


def _numbers(estimate: Estimate, locale: Locale) -> str:
    return between(
        locale.number(estimate.interval.low, decimals=2),
        locale.number(estimate.interval.high, decimals=2),
        locale,
    )


def _findings(asked: Asked) -> tuple[Finding, ...]:
    answer: BasketsAnswer = asked.answer
    first = next((place for place, each in enumerate(answer.bundles[:_MOST_ROWS]) if each.is_clear), None)
    if first is None:
        return ()
    best, locale = answer.bundles[first], asked.locale
    return (
        Finding(
            filled(
                _("“%(one)s” and “%(other)s” are bought together %(times)s times as often as by chance."),
                one=best.one_name or best.one,
                other=best.other_name or best.other,
                times=locale.number(best.lift.value, decimals=1),
            ),
            f"b{first}",
            _LIFT,
        ),
    )


def _bundles(asked: Asked) -> Table:
    return Table(
        caption=_("Bought together"),
        columns=(
            Column("one", _("Product")),
            Column("other", _("And")),
            Column("orders", _("Orders with both"), "number", sortable=True),
            Column("lift", _("Times as by chance"), "number", sortable=True),
            Column("verdict", _("Beyond chance")),
            Column("of_one", _("Of the first"), "number"),
            Column("raises", _("Order worth more by"), "number"),
        ),
        rows=tuple(_row(asked, place, each) for place, each in enumerate(asked.answer.bundles[:_MOST_ROWS])),
    )


def _row(asked: Asked, place: int, bundle: Bundle) -> Row:
    locale = asked.locale
    lift = number_with_interval(
        locale.number(bundle.lift.value, decimals=2), _numbers(bundle.lift, locale), locale
    )
    raises = bundle.raises
    return Row(
        (
            Cell(bundle.one_name or bundle.one),
            Cell(bundle.other_name or bundle.other),
            Cell(locale.number(bundle.orders), value=bundle.orders),
            Cell(lift, value=bundle.lift.value),
            Cell(_("yes") if bundle.is_clear else _("not surely")),
            Cell(locale.percent(bundle.of_one, decimals=1), value=bundle.of_one),
            Cell(
                locale.number(None)
                if raises is None
                else money_with_interval(raises, asked.answer.currency, locale),
                value=None if raises is None else raises.value,
            ),
        ),
        f"b{place}",
    )


BASKETS: Final = KindPage(
    key="baskets",
    desk="value",
    group=WORTH,
    name=pgettext_lazy("kind of question", "Baskets"),
    lead=gettext_lazy("What is an order worth, and what is bought together?"),
    form=BasketsForm,
    shown=shown_baskets,
    meaning=gettext_lazy(
        "How many times as often two products stand in one order as they would if they had nothing to do with each"
        " other; 1 is chance. Orders with both are worth more also because the second product has a price: what an"
        " offer of both would bring is for an experiment to say."
    ),
    method=gettext_lazy(
        "The value and size of orders have intervals that know that orders come by customer. Pairs of the most frequent"
        " products are judged together by Fisher's exact test with Benjamini and Hochberg's correction; lift has the"
        " interval of its logarithm."
    ),
    nothing=_NOTHING,
    more=gettext_lazy("Rare pairs, up to which day"),
)
