"""The customers behind a number, in the reader's words."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from safar.doors.web.design.paging import cursor
from safar.doors.web.design.parts import Crumb, EmptyState
from safar.doors.web.design.table import Cell, Column, Row, Table, changed
from safar.doors.web.design.words import filled
from safar.doors.web.events.page import customer_href
from safar.doors.web.events.words import customer_in_words
from safar.observe.behind import Cell as NumberCell
from safar.show.locale import Locale
from safar.store.registry import Workspace

from .forms import QuestionForm
from .kind import KindPage
from .page import address_of, scope_in_words
from .queries import BehindAnswer
from .words import step_names


@dataclass(frozen=True, slots=True)
class BehindPage:
    """What the template of a list of customers is given.

    Attributes
    ----------
    crumbs
        The page of the question.
    title
        Which number.
    scope
        Of when and of whom, in words.
    found
        How many stand here.
    table
        The customers.
    """

    crumbs: tuple[Crumb, ...]
    title: str
    scope: str
    found: str
    table: Table


def behind_page(
    workspace: Workspace,
    kind: KindPage,
    form: QuestionForm,
    locale: Locale,
    *,
    answer: BehindAnswer,
    cell: NumberCell,
    text: str,
    is_first: bool,
) -> BehindPage:
    """Return a page of customers; ``text`` is the cell as the address names it."""
    query = urlencode(form.state())
    named = changed(query, cell=text)
    following = "" if answer.next_after is None else changed(named, after=cursor(answer.next_after))
    count = len(answer.customers)
    found = filled(
        ngettext("%(count)s customer on this page", "%(count)s customers on this page", count),
        count=locale.number(count),
    )
    return BehindPage(
        crumbs=(Crumb(str(kind.name), f"{address_of(workspace, kind.key)}?{query}"),),
        title=_in_words(kind, cell, locale),
        scope=scope_in_words(form, locale),
        found=found if is_first and not following else f"{found}.",
        table=Table(
            caption=_("Customers behind the number"),
            columns=(
                Column("customer", _("Customer")),
                Column("last", _("Here last"), "when"),
                Column("first", _("First seen"), "when"),
                Column("events", _("Events"), "number"),
                Column("orders", _("Orders"), "number"),
            ),
            rows=tuple(
                Row(
                    (
                        Cell(
                            customer_in_words(facts),
                            customer_href(workspace, facts.customer_id),
                        ),
                        Cell(locale.datetime(facts.last_at) if facts.last_at else ""),
                        Cell(locale.date(facts.first_at) if facts.first_at else ""),
                        Cell(locale.number(facts.events)),
                        Cell(locale.number(facts.orders)),
                    )
                )
                for facts in answer.customers
            ),
            next_query=following,
            first_query="" if is_first else named,
            empty=EmptyState(
                _("Nobody is behind this number"),
                _("The log has changed since it was shown, or it was nought."),
                _("Back to the question"),
                f"{address_of(workspace, kind.key)}?{query}",
            ),
        ),
    )


def _in_words(kind: KindPage, cell: NumberCell, locale: Locale) -> str:
    """Return which number a cell is: the kind's own words where it has some, else each part of it."""
    if kind.cell_words is not None:
        return kind.cell_words(cell, locale)
    called = step_names([each for each in cell.values() if isinstance(each, str)])
    parts = [
        locale.number(each)
        if isinstance(each, int)
        else called.get(each, "…")
        if each
        else pgettext("cell", "none")
        for each in cell.values()
    ]
    return filled(_("Customers behind: %(cell)s"), cell=" · ".join(parts))
