"""The list of customers in the reader's words, and as a file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from safar.doors.web.design.paging import cursor
from safar.doors.web.design.parts import EmptyState
from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.words import filled
from safar.doors.web.events.page import customer_href, first_steps
from safar.doors.web.events.words import cut, visible
from safar.observe.customer_search import CustomerSearchAnswer
from safar.observe.customers import CustomerFacts, RecentCustomersAnswer
from safar.show.locale import Locale
from safar.store.registry import Workspace


@dataclass(frozen=True, slots=True)
class CustomersPage:
    """What the template of the list is given.

    Attributes
    ----------
    table
        The customers of the page.
    is_search
        Whether they are what was sought, not those who were here last.
    found
        How the search went, as a sentence; empty without one.
    """

    table: Table
    is_search: bool
    found: str


def recent_page(
    workspace: Workspace,
    answer: RecentCustomersAnswer,
    locale: Locale,
    *,
    is_first: bool,
    capabilities: frozenset[str],
    can_export: bool,
) -> CustomersPage:
    """Return those who were here last."""
    rows = tuple(_row(workspace, facts, active_at, locale) for facts, active_at in answer.customers)
    table = Table(
        caption=_("Customers, those first who were here last"),
        columns=_columns(),
        rows=rows,
        next_query=f"before={cursor(*answer.next_before)}" if answer.next_before else "",
        first_query="" if is_first else "q=",
        can_export=can_export,
        empty=_nobody(workspace, capabilities),
    )
    return CustomersPage(table, is_search=False, found="")


def search_page(
    workspace: Workspace, answer: CustomerSearchAnswer, locale: Locale, text: str, *, can_export: bool
) -> CustomersPage:
    """Return whom a text means."""
    rows = tuple(_row(workspace, facts, facts.last_at, locale) for facts in answer.customers)
    empty = EmptyState(
        filled(_("Nobody found for %(text)s"), text=cut(visible(text), 80)),
        _("Ids count from their beginning; telephone numbers and e-mail addresses must be whole."),
        _("All customers"),
        reverse("customers", kwargs={"workspace_id": workspace.workspace_id}),
    )
    found = _("There may be more; write more of it to find fewer.") if answer.is_cut and rows else ""
    table = Table(
        caption=_("Customers found"),
        columns=_columns(),
        rows=rows,
        query=urlencode({"q": text}),
        can_export=can_export,
        empty=empty,
    )
    return CustomersPage(table, is_search=True, found=found)


def _columns() -> tuple[Column, ...]:
    return (
        Column("customer", _("Customer")),
        Column("last", _("Here last"), "when"),
        Column("first", _("First seen"), "when"),
        Column("events", _("Events"), "number"),
        Column("orders", _("Orders"), "number"),
        Column("spent", _("Spent"), "number"),
    )


def _row(workspace: Workspace, facts: CustomerFacts, last_at: datetime | None, locale: Locale) -> Row:
    known_as = cut(visible(facts.customer_id), 60)
    name = f"{cut(visible(facts.name), 60)} · {known_as}" if facts.name else known_as
    return Row(
        (
            Cell(name, customer_href(workspace, facts.customer_id)),
            Cell(_when(last_at, locale)),
            Cell(locale.date(facts.first_at) if facts.first_at else ""),
            Cell(locale.number(facts.events)),
            Cell(locale.number(facts.orders)),
            Cell(spent_in_words(facts, locale)),
        )
    )


def list_columns() -> tuple[Column, ...]:
    """Return the columns of a file of customers."""
    return (
        Column("customer", _("Customer")),
        Column("name", pgettext("of a person", "Name")),
        Column("last", _("Here last"), "when"),
        Column("first", _("First seen"), "when"),
        Column("events", _("Events"), "number"),
        Column("orders", _("Orders"), "number"),
        Column("spent", _("Spent"), "number"),
        Column("currency", _("Currency")),
    )


def list_rows(facts: CustomerFacts, last_at: datetime | None) -> list[list[object]]:
    """Return one customer for a file, raw: a row for each currency that was spent."""
    known = [facts.customer_id, facts.name, last_at, facts.first_at, facts.events, facts.orders]
    return [[*known, each.decimal, each.currency] for each in facts.spent] or [[*known, None, ""]]


def spent_in_words(facts: CustomerFacts, locale: Locale) -> str:
    """Return what a customer spent, currency by currency; empty for nothing."""
    return " + ".join(locale.money(amount) for amount in facts.spent)


def _when(at: datetime | None, locale: Locale) -> str:
    return "" if at is None else locale.datetime(at)


def _nobody(workspace: Workspace, capabilities: frozenset[str]) -> EmptyState:
    steps = first_steps(workspace, capabilities)
    return EmptyState(
        _("No customers yet"),
        _("Everybody whose events come in appears here, with everything that happened to them."),
        steps.action_name,
        steps.action_href,
    )
