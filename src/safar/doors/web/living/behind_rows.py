"""The rows behind a number of a sheet: customers, and of broken promises each promise with how late it was kept."""

from __future__ import annotations

from itertools import groupby
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from safar.doors.web.design.table import Cell, Column, Row, changed
from safar.doors.web.design.words import filled
from safar.doors.web.events.page import customer_href
from safar.doors.web.events.words import customer_in_words
from safar.observe.customers import CustomerFacts
from safar.observe.promise_rows import PromiseMade

from .queries import Behind, PromiseOf
from .reading import Reading
from .sheet import sheet_address

#: Of each customer so many promises are shown, the last ones due.
MOST_PROMISES: Final = 20

Rows = tuple[tuple[Column, ...], tuple[Row, ...]]


def behind_rows(reading: Reading, behind: Behind) -> Rows:
    """Return the columns and the rows of a page of customers behind a number."""
    whose = {facts.customer_id: _whose(reading, facts) for facts in behind.found.customers}
    if behind.promises is not None:
        return _promise_columns(), tuple(
            row
            for customer_id, promises in groupby(behind.promises, lambda each: each.made.customer_id)
            for row in _promise_rows(reading, whose[customer_id], list(promises))
        )
    locale = reading.locale
    columns = (
        *_whose_columns(),
        Column("last", _("Here last"), "when"),
        Column("events", _("Events"), "number"),
        Column("orders", _("Orders"), "number"),
    )
    return columns, tuple(
        Row(
            (
                *whose[facts.customer_id],
                Cell(locale.datetime(facts.last_at) if facts.last_at else ""),
                Cell(locale.number(facts.events)),
                Cell(locale.number(facts.orders)),
            )
        )
        for facts in behind.found.customers
    )


def _whose_columns() -> tuple[Column, Column]:
    return Column("customer", _("Customer")), Column("walk", _("On this map"))


def _whose(reading: Reading, facts: CustomerFacts) -> tuple[Cell, Cell]:
    """Return who a customer is, and the way to his walk on the map."""
    walk = changed(reading.state.query(), customer=facts.customer_id)
    own = sheet_address(reading.workspace, reading.opened.public_id)
    return (
        Cell(customer_in_words(facts), customer_href(reading.workspace, facts.customer_id)),
        Cell(_("the walk"), f"{own}?{walk}"),
    )


def _promise_columns() -> tuple[Column, ...]:
    return (
        *_whose_columns(),
        Column("promise", _("Promise")),
        Column("due", _("Was due"), "when"),
        Column("kept", pgettext("promise", "Kept on"), "when"),
        Column("late", _("How late")),
    )


def _promise_rows(reading: Reading, whose: tuple[Cell, Cell], promises: list[PromiseOf]) -> list[Row]:
    """Return the promises to one customer, the last due first, and how many more there are."""
    locale, scene = reading.locale, reading.scene()
    words = {
        promise.promise_id: scene.promise_words(promise)
        for step in scene.document.steps
        for promise in step.binding.promises
    }
    rows = [
        Row(
            (
                *whose,
                Cell(words.get(each.promise_id, each.promise_id)),
                Cell(locale.datetime(each.made.due_at)),
                Cell(
                    locale.datetime(each.made.kept_at) if each.made.kept_at else pgettext("promise", "never")
                ),
                Cell(_how_late(reading, each.made)),
            )
        )
        for each in promises[:MOST_PROMISES]
    ]
    more = len(promises) - len(rows)
    if more > 0:
        said = ngettext("and %(count)s earlier promise", "and %(count)s earlier promises", more)
        rows.append(
            Row((*whose, Cell(filled(said, count=locale.number(more))), Cell(""), Cell(""), Cell("")))
        )
    return rows


def _how_late(reading: Reading, made: PromiseMade) -> str:
    """Return how late a promise was kept, or is, in the reader's words."""
    if made.outcome == "open":
        return _("Not due yet")
    if made.late is None:
        return pgettext("promise", "in time")
    length = reading.locale.duration(made.late)
    if made.kept_at is None:
        return filled(_("%(length)s by now"), length=length)
    return length
