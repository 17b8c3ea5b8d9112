"""The list of customers in the reader's words, and as a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from safar.doors.web.design.paging import cursor
from safar.doors.web.design.parts import EmptyState
from safar.doors.web.design.table import Cell, Column, Row, Table, changed
from safar.doors.web.design.words import filled
from safar.doors.web.events.page import customer_href, first_steps
from safar.doors.web.events.words import customer_in_words, cut, visible
from safar.observe.customer_ranking import CustomerRankingAnswer, RankBy
from safar.observe.customer_search import CustomerSearchAnswer
from safar.observe.customers import CustomerFacts, RecentCustomersAnswer
from safar.show.locale import Locale
from safar.store.registry import Workspace

from .list_order import SCORE, ListOrder, place_text

#: Names of segments that a cell holds; how many more there are is counted.
_MOST_NAMES: Final = 2


@dataclass(frozen=True, slots=True)
class CustomersPage:
    """What the template of the list is given.

    Attributes
    ----------
    table
        The customers of the page.
    title
        Of the list.
    is_search
        Whether they are what was sought, not everybody in an order.
    found
        How the search went, or how many stand in the order, as a sentence; may be empty.
    """

    table: Table
    title: str
    is_search: bool
    found: str


@dataclass(frozen=True, slots=True)
class Listing:
    """What every list of customers needs to be shown.

    Attributes
    ----------
    workspace, locale, capabilities
        Whose customers, for whom, and what he may do.
    query
        What was asked besides page and export, without ``?``.
    order
        In which order they stand.
    segment
        The name of the segment that they are of; empty for everybody.
    segments
        The names of the segments of each customer of the page, by the id he goes by; None where there are none.
    """

    workspace: Workspace
    locale: Locale
    capabilities: frozenset[str]
    query: str
    order: ListOrder
    segment: str = ""
    segments: Mapping[str, Sequence[str]] | None = None

    @property
    def can_export(self) -> bool:
        """Whether the reader may take the list away."""
        return "export" in self.capabilities

    def table(
        self,
        caption: str,
        customers: Sequence[tuple[CustomerFacts, datetime | None]],
        empty: EmptyState,
        *,
        next_query: str = "",
        first_query: str = "",
        is_sortable: bool = True,
    ) -> Table:
        """Return customers as a table."""
        return Table(
            caption=caption,
            columns=self._columns(is_sortable=is_sortable),
            rows=tuple(self._row(facts, active_at) for facts, active_at in customers),
            sort=self.order.key or "-last" if is_sortable else "",
            query=changed(self.query, sort=""),
            next_query=next_query,
            first_query=first_query,
            can_export=self.can_export,
            empty=empty,
        )

    def _columns(self, *, is_sortable: bool) -> tuple[Column, ...]:
        found = [
            Column("customer", _("Customer")),
            Column("last", _("Here last"), "when", sortable=is_sortable),
            Column("first", _("First seen"), "when"),
            Column("events", _("Events"), "number"),
            Column("orders", _("Orders"), "number"),
            Column("spent", _("Spent"), "number", sortable=is_sortable),
            Column("score", _("Last NPS answer"), "number", sortable=is_sortable),
        ]
        return tuple(found if self.segments is None else [*found, Column("segments", _("Segments"))])

    def _row(self, facts: CustomerFacts, last_at: datetime | None) -> Row:
        cells = [
            Cell(customer_in_words(facts), customer_href(self.workspace, facts.customer_id)),
            Cell("" if last_at is None else self.locale.datetime(last_at)),
            Cell(self.locale.date(facts.first_at) if facts.first_at else ""),
            Cell(self.locale.number(facts.events)),
            Cell(self.locale.number(facts.orders)),
            Cell(spent_in_words(facts, self.locale)),
            Cell(self._score(facts)),
        ]
        if self.segments is not None:
            cells.append(Cell(self._names(self.segments.get(facts.customer_id, ()))))
        return Row(tuple(cells))

    def _score(self, facts: CustomerFacts) -> str:
        found = last_score(facts)
        return "" if found is None else self.locale.number(found)

    def _names(self, names: Sequence[str]) -> str:
        shown = [cut(visible(name), 40) for name in names[:_MOST_NAMES]]
        more = len(names) - len(shown)
        if more:
            shown.append(
                filled(ngettext("%(count)s more", "%(count)s more", more), count=self.locale.number(more))
            )
        return pgettext("between things in a list", ", ").join(shown)


def recent_page(listing: Listing, answer: RecentCustomersAnswer, *, is_first: bool) -> CustomersPage:
    """Return those who were here last."""
    table = listing.table(
        _("Customers, those first who were here last"),
        answer.customers,
        _nobody(listing.workspace, listing.capabilities),
        next_query=changed(listing.query, before=cursor(*answer.next_before)) if answer.next_before else "",
        first_query="" if is_first else changed(listing.query, before="") or "q=",
    )
    return CustomersPage(table, _("Here last"), is_search=False, found="")


def ranked_page(listing: Listing, answer: CustomerRankingAnswer, *, is_first: bool) -> CustomersPage:
    """Return everybody, or those of a segment, in an order."""
    after = changed(listing.query, after=place_text(answer.next_after)) if answer.next_after else ""
    empty = (
        EmptyState(
            filled(_("Nobody is in the segment %(name)s now"), name=visible(listing.segment)),
            _("Its definition fits no customer. Customers come and go as events come in."),
            _("All customers"),
            reverse("customers", kwargs={"workspace_id": listing.workspace.workspace_id}),
        )
        if listing.segment
        else _nobody(listing.workspace, listing.capabilities)
    )
    title = visible(listing.segment) or str(listing.order.name)
    table = listing.table(
        filled(_("Customers in the order: %(order)s"), order=str(listing.order.name)),
        [(each.facts, each.active_at) for each in answer.customers],
        empty,
        next_query=after,
        first_query="" if is_first else changed(listing.query, after="") or "q=",
    )
    return CustomersPage(table, title, is_search=False, found=_how_many(listing, answer))


def _how_many(listing: Listing, answer: CustomerRankingAnswer) -> str:
    """Return how many stand in the order, and how many of them for want of a value at its end."""
    if not answer.count:
        return ""
    number, unknown = listing.locale.number, answer.count - answer.known
    sentences = [
        filled(
            ngettext("%(count)s customer.", "%(count)s customers.", answer.count), count=number(answer.count)
        )
    ]
    if unknown and listing.order.by is RankBy.SPENT:
        sentences.append(
            filled(
                ngettext(
                    "%(count)s of them ordered nothing in %(currency)s and stands last.",
                    "%(count)s of them ordered nothing in %(currency)s and stand last.",
                    unknown,
                ),
                count=number(unknown),
                currency=listing.locale.currency_name(listing.workspace.currency),
            )
        )
    elif unknown and listing.order.by is RankBy.SCORE:
        sentences.append(
            filled(
                ngettext(
                    "%(count)s of them gave no such answer and stands last.",
                    "%(count)s of them gave no such answer and stand last.",
                    unknown,
                ),
                count=number(unknown),
            )
        )
    return " ".join(sentences)


def search_page(listing: Listing, answer: CustomerSearchAnswer, text: str) -> CustomersPage:
    """Return whom a text means."""
    empty = EmptyState(
        filled(_("Nobody found for %(text)s"), text=cut(visible(text), 80)),
        _("Ids count from their beginning; telephone numbers and e-mail addresses must be whole."),
        _("All customers"),
        reverse("customers", kwargs={"workspace_id": listing.workspace.workspace_id}),
    )
    found = (
        _("There may be more; write more of it to find fewer.") if answer.is_cut and answer.customers else ""
    )
    table = listing.table(
        _("Customers found"),
        [(facts, facts.last_at) for facts in answer.customers],
        empty,
        is_sortable=False,
    )
    return CustomersPage(table, _("Found"), is_search=True, found=found)


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
        Column("score", _("Last NPS answer"), "number"),
    )


def list_rows(facts: CustomerFacts, last_at: datetime | None) -> list[list[object]]:
    """Return one customer for a file, raw: a row for each currency that was spent."""
    known = [facts.customer_id, facts.name, last_at, facts.first_at, facts.events, facts.orders]
    score = last_score(facts)
    rows: list[list[object]] = [[*known, each.decimal, each.currency, score] for each in facts.spent]
    return rows or [[*known, None, "", score]]


def last_score(facts: CustomerFacts) -> float | None:
    """Return a customer's newest NPS answer; None without one."""
    return next((each.value for each in facts.answers if each.metric == SCORE), None)


def spent_in_words(facts: CustomerFacts, locale: Locale) -> str:
    """Return what a customer spent, currency by currency; empty for nothing."""
    return " + ".join(locale.money(amount) for amount in facts.spent)


def _nobody(workspace: Workspace, capabilities: frozenset[str]) -> EmptyState:
    steps = first_steps(workspace, capabilities)
    return EmptyState(
        _("No customers yet"),
        _("Everybody whose events come in appears here, with everything that happened to them."),
        steps.action_name,
        steps.action_href,
    )
