"""The style guide: each part of pages in all its states, with made-up content."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from safar.show.locale import Locale
from safar.show.trend import TrendPoint, trend

from .confirm import Confirmation
from .date_field import typed_day
from .date_range import DateRangeForm
from .fact import Change, Definition, Fact
from .forms import DateField, DropInput, EmailField, NumberField, PageForm, SwitchInput, TimeZoneField
from .paging import cursor, read_cursor
from .parts import Crumb, EmptyState, Step, Tab, steps
from .table import Cell, Column, Row, Table, Tone, changed

_PAGE_ROWS: Final = 6
_FIRST_AT: Final = dt.datetime(2026, 8, 22, 6, 30, tzinfo=dt.UTC)
_NAMES: Final = (
    "سارا احمدی",
    "ليلى الحسن",
    "Jane Doe",
    "مینا <b>رضایی</b>",
    "=SUM(A1)",
    "عمر",
    "Ada",
    "نیما",
    "هدى",
)
_TONES: Final[tuple[Tone, ...]] = ("good", "info", "warn", "bad", "soft")


class ExampleForm(PageForm):
    """One field of each kind."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=60, help_text=gettext_lazy("As colleagues read it.")
    )
    email = EmailField(label=gettext_lazy("E-mail"))
    password = forms.CharField(
        label=gettext_lazy("Password"),
        widget=forms.PasswordInput({"autocomplete": "new-password", "dir": "ltr"}),
        help_text=gettext_lazy("At least 12 characters."),
    )
    amount = NumberField(label=gettext_lazy("How many"), least=1, most=100, whole=True)
    day = DateField(label=gettext_lazy("Day"), help_text=gettext_lazy("In your calendar, in any digits."))
    time_zone = TimeZoneField(label=gettext_lazy("Time zone"), required=False)
    colour = forms.ChoiceField(
        label=gettext_lazy("Language"), choices=[("fa", "فارسی"), ("ar", "العربية"), ("en", "English")]
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        widget=forms.RadioSelect,
        choices=[("viewer", gettext_lazy("Viewer")), ("owner", gettext_lazy("Owner"))],
    )
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, widget=forms.Textarea({"rows": 3, "dir": "auto"})
    )
    agrees = forms.BooleanField(label=gettext_lazy("I have read this"))
    letters = forms.BooleanField(label=gettext_lazy("Tell me by e-mail"), required=False, widget=SwitchInput)
    file = forms.FileField(label=gettext_lazy("File"), required=False, widget=DropInput)


@dataclass(frozen=True, slots=True)
class StyleGuidePage:
    """What the template of the style guide is given: an example of each part."""

    crumbs: tuple[Crumb, ...]
    tabs: tuple[Tab, ...]
    steps: tuple[Step, ...]
    failed_steps: tuple[Step, ...]
    table: Table
    empty_table: Table
    fact: Fact
    empty: EmptyState
    form: ExampleForm
    filters: DateRangeForm
    tones: tuple[tuple[Tone, str], ...]
    typed_day: str


def example_columns() -> tuple[Column, ...]:
    """Return a column of each kind."""
    return (
        Column("name", _("Customer"), sortable=True),
        Column("id", _("Id"), "code"),
        Column("orders", _("Orders"), "number", sortable=True),
        Column("seen", _("Last seen"), "when", sortable=True),
        Column("state", _("State")),
    )


def example_rows(locale: Locale) -> list[Row]:
    """Return the rows of the example."""
    rows = []
    states = (_("Active"), _("New"), _("Quiet"), _("Gone"), _("Merged"))
    for number, name in enumerate(_NAMES):
        seen = _FIRST_AT + dt.timedelta(hours=31 * number)
        rows.append(
            Row(
                (
                    Cell(name, href="#row-" + str(number)),
                    Cell(f"c-{number:05}"),
                    Cell(locale.number(number * 1234), value=number * 1234),
                    Cell(locale.datetime(seen), value=seen),
                    Cell(states[number % 5], tone=_TONES[number % 5]),
                ),
                key=str(number),
            )
        )
    return rows


def example_confirmation() -> Confirmation:
    """Return the question before an act that does nothing here."""
    return Confirmation(
        title=_("Erase this customer?"),
        sentences=(
            _("All events of this customer will be gone, in backups too."),
            _("This cannot be undone."),
        ),
        expected="c-00017",
        submit=_("Erase the customer"),
        back=reverse("design"),
    )


def style_guide_page(
    locale: Locale, query: QueryDict, sent: Mapping[str, Any] | None, files: Any = None
) -> StyleGuidePage:
    """Return an example of each part; the form as it was sent."""
    guide = reverse("design")
    names = [_("File"), _("What the columns are"), _("Preview"), _("Import")]
    return StyleGuidePage(
        crumbs=(Crumb(_("First page"), "/"),),
        tabs=(Tab(_("Parts"), guide, is_current=True), Tab(_("Confirmation"), reverse("design-confirm"))),
        steps=steps(names, 2, [guide] * 4),
        failed_steps=(Step(names[0], "done"), Step(names[1], "failed"), Step(names[2])),
        table=_table(locale, query.get("sort", ""), query.get("after", "")),
        empty_table=Table(_("Customers"), example_columns(), (), empty=_nobody()),
        fact=_fact(locale),
        empty=_nobody(),
        form=ExampleForm(sent, files, locale=locale),
        filters=DateRangeForm(query if "since" in query else None, locale=locale, auto_id="filter_%s"),
        tones=(
            ("good", _("It worked.")),
            ("info", _("Worth knowing.")),
            ("warn", _("Look at this.")),
            ("bad", _("It failed.")),
        ),
        typed_day=typed_day(_FIRST_AT.date(), locale),
    )


def _nobody() -> EmptyState:
    return EmptyState(
        _("No customers yet"),
        _("They appear here by themselves with the first events."),
        _("Import a file"),
        reverse("design"),
    )


def _fact(locale: Locale) -> Fact:
    orders = (120, 180, 90, 210, 260, 240, 310)
    days = [locale.date(_FIRST_AT + dt.timedelta(days=place)) for place in range(len(orders))]
    points = [
        TrendPoint(label=day, value=float(count), text=locale.number(count))
        for day, count in zip(days, orders, strict=True)
    ]
    return Fact(
        key="guide-orders",
        name=_("Orders"),
        value=locale.number(sum(orders)),
        unit="",
        sure="",
        beside="",
        change=Change(
            "▲",
            locale.percent(0.2),
            "better",
            explained=_("than the week before"),
            spoken=_("More than the week before"),
        ),
        no_change="",
        drawing=trend(points, title=_("Orders"), kind="bars", trend_id="guide-orders"),
        axis=(days[0], days[-1]),
        scale=(locale.number(max(orders)), locale.number(0)),
        grouped=_("by day"),
        head=(_("Day"), _("Orders")),
        rows=tuple((point.label, point.text) for point in points),
        definition=Definition(_("What the number means, in a sentence."), _("How it is counted."), (), ()),
    )


def _table(locale: Locale, sort: str, after: str) -> Table:
    rows, places = example_rows(locale), {"name": 0, "orders": 2, "seen": 3}
    place = places.get(sort.removeprefix("-"))
    if place is None:
        sort = ""
    else:
        rows.sort(key=lambda row: _sorted_by(row.cells[place]), reverse=sort.startswith("-"))
    started = read_cursor(after, int)
    start = started[0] if started else 0
    end = start + _PAGE_ROWS
    return Table(
        _("Customers"),
        example_columns(),
        tuple(rows[start:end]),
        sort=sort,
        next_query=changed("", sort=sort, after=cursor(end)) if end < len(rows) else "",
        first_query=changed("", sort=sort) or "sort=" if start else "",
        can_export=True,
    )


def _sorted_by(cell: Cell) -> Any:
    return cell.text if cell.value is None else cell.value
