"""Money and how sure it is in the reader's words, alike on every page of the desk."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from safar.doors.web.design.words import filled
from safar.doors.web.journeys.words import between, number_with_interval
from safar.show.locale import Locale
from safar.vocabulary.interval import Estimate
from safar.vocabulary.money import Money

#: What stands where there are no orders, by the refusals of the library: for every page that rests on them.
NO_ORDERS: Final = {
    "purchases.nothing_bought": (
        gettext_lazy("No orders yet"),
        gettext_lazy(
            "This is answered once orders come in: events named order_placed with an amount, or a file."
        ),
    ),
    "clv.no_margins": (
        gettext_lazy("No order has an amount"),
        gettext_lazy("Bring amounts with the orders, and this is answered."),
    ),
    "fit.nobody_bought_twice": (
        gettext_lazy("Nobody has bought twice"),
        gettext_lazy("How often customers come again is not known yet. Look again when some have."),
    ),
}
#: And where nobody has answered the question that the page explains.
NO_ANSWERS: Final = {
    "score.unknown_key": (
        gettext_lazy("Nobody has answered it yet"),
        gettext_lazy("This is told once answers come in: to the survey of this question, or from a file."),
    ),
}


def money(
    amount: float, currency: str | None, locale: Locale, *, compact: bool = True, signed: bool = False
) -> str:
    """Return an amount in whole units with its currency; a plain number where there is none."""
    if currency is None:
        return locale.compact(Decimal(repr(amount))) if compact else locale.number(round(amount))
    exact = Money.of(Decimal(repr(amount)), currency, rounding=ROUND_HALF_EVEN)
    return locale.money(exact, compact=compact, signed=signed)


def money_interval(estimate: Estimate, currency: str | None, locale: Locale) -> str:
    """Return the interval of an amount."""
    return between(
        money(estimate.interval.low, currency, locale),
        money(estimate.interval.high, currency, locale),
        locale,
    )


def money_with_interval(estimate: Estimate, currency: str | None, locale: Locale) -> str:
    """Return an amount with its interval."""
    return number_with_interval(
        money(estimate.value, currency, locale), money_interval(estimate, currency, locale), locale
    )


def how_sure(estimate: Estimate, interval: str, locale: Locale) -> str:
    """Return the level of an interval and the interval, as a figure's second line."""
    return filled(
        _("%(level)s interval: %(interval)s"),
        level=locale.percent(estimate.interval.level),
        interval=interval,
    )
