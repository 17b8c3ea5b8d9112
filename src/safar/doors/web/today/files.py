"""The numbers of a fact as a file: raw, one line for each stretch of its trend."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from django.utils.translation import gettext as _

from safar.doors.web.design.table import Column
from safar.vocabulary.calendar import to_date
from safar.vocabulary.errors import Refusal, nearest
from safar.vocabulary.interval import Estimate

from .facts import cut_with_enough, period_head
from .periods import Cut
from .queries import TodayAnswers

Line = tuple[object, ...]


class UnknownFact(Refusal, LookupError):
    """The address names a fact that Today does not have."""

    code = "today.unknown_fact"


def fact_file(key: str, answers: TodayAnswers) -> tuple[tuple[Column, ...], Iterable[Line]]:
    """Return the columns and the lines of a fact's file: days as the first of each stretch, numbers unshaped.

    Parameters
    ----------
    key
        Of the fact: ``customers``, ``orders``, ``revenue``, ``conversion``, ``nps``, ``csat``, ``ces``, ``response``.
    answers
        As the library gave them.

    Raises
    ------
    UnknownFact
    """
    if key not in _FILES:
        raise UnknownFact(
            f"Today has no fact {key!r}.",
            hint=nearest(key, list(_FILES)) or f"One of {', '.join(_FILES)}.",
            fact=key,
        )
    return _FILES[key](answers)


def _first_days(cut: Cut, first: int) -> list[object]:
    return [to_date(max(stretch.start_day, first)) for stretch in cut.stretches]


def _counts(
    answers: TodayAnswers, names: Sequence[str], values: Sequence[Line]
) -> tuple[tuple[Column, ...], list[Line]]:
    cut = answers.chosen.cut
    columns = (
        Column("since", period_head(cut), "when"),
        *(Column(str(place), name, "number") for place, name in enumerate(names)),
    )
    days = _first_days(cut, answers.chosen.days[0])
    lines = zip(days, cut.stretches, answers.chosen.of_cut(values), strict=True)
    return columns, [(day, *line) for day, stretch, line in lines if not stretch.is_after_data]


def _customers(answers: TodayAnswers) -> tuple[tuple[Column, ...], list[Line]]:
    values = [(each.customers, each.new_customers) for each in answers.overview.overviews]
    return _counts(answers, (_("Customers"), _("New customers")), values)


def _orders(answers: TodayAnswers) -> tuple[tuple[Column, ...], list[Line]]:
    values = [(each.orders, each.orderers) for each in answers.overview.overviews]
    return _counts(answers, (_("Orders"), _("Customers who ordered")), values)


def _revenue(answers: TodayAnswers) -> tuple[tuple[Column, ...], list[Line]]:
    """Return a line for each stretch and currency: amounts of different currencies never share a column's sum."""
    names = (_("Currency"), _("Orders"), _("Ordered"), _("Paid back"), _("Revenue"))
    columns, _lines = _counts(answers, names, [()] * len(answers.overview.overviews))
    lines: list[Line] = []
    for each in answers.revenue.by_currency:
        values = [
            (each.currency, one.orders, one.ordered.decimal, one.refunded.decimal, one.net.decimal)
            for one in each.revenues
        ]
        lines += _counts(answers, names, values)[1]
    return columns, lines


def _estimates(
    of: Callable[[TodayAnswers], Sequence[Estimate | None]], name: Callable[[], str]
) -> Callable[[TodayAnswers], tuple[tuple[Column, ...], list[Line]]]:
    def file(answers: TodayAnswers) -> tuple[tuple[Column, ...], list[Line]]:
        cut, estimates = cut_with_enough(answers.chosen, of(answers))
        columns = (
            Column("since", period_head(cut), "when"),
            Column("value", name(), "number"),
            Column("low", _("Lower end of the 95% interval"), "number"),
            Column("high", _("Upper end of the 95% interval"), "number"),
            Column("n", _("Count behind it"), "number"),
        )
        days = _first_days(cut, answers.chosen.days[0])
        lines: list[Line] = [
            (day, None, None, None, 0)
            if each is None
            else (day, each.value, each.interval.low, each.interval.high, each.n)
            for day, stretch, each in zip(days, cut.stretches, estimates, strict=True)
            if not stretch.is_after_data
        ]
        return columns, lines

    return file


_FILES: Final[dict[str, Callable[[TodayAnswers], tuple[tuple[Column, ...], list[Line]]]]] = {
    "customers": _customers,
    "orders": _orders,
    "revenue": _revenue,
    "conversion": _estimates(
        lambda answers: [each.conversion for each in answers.overview.overviews], lambda: _("Conversion")
    ),
    "nps": _estimates(
        lambda answers: [None if each is None else each.estimate for each in answers.nps.scores],
        lambda: "NPS",
    ),
    "csat": _estimates(
        lambda answers: [None if each is None else each.estimate for each in answers.csat.scores],
        lambda: "CSAT",
    ),
    "ces": _estimates(
        lambda answers: [None if each is None else each.mean for each in answers.ces.scores], lambda: "CES"
    ),
    "response": _estimates(
        lambda answers: [each.estimate for each in answers.response.responses], lambda: _("Response rate")
    ),
}
