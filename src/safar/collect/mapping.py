"""The mapping: how the columns of a file become events. Saved as TOML, used again, and the same for every format.

Wherever a mapping wants a text (an event's name, a currency, a channel), ``{Column}`` stands for that column's value;
wherever it wants a column, the column's name stands alone.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from safar.vocabulary.dates import Layout
from safar.vocabulary.digits import DecimalMark
from safar.vocabulary.time_names import CalendarName

Format = Literal["delimited", "jsonl", "excel", "parquet", "xes"]
PropertyType = Literal["text", "id", "number", "boolean", "date", "json", "email", "phone", "address"]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
Number = int | float


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """What every part of a mapping is: closed, and written without what is as usual."""


class FileOptions(_Part, frozen=True, kw_only=True):
    """How to read the file. What is absent is told from the file itself.

    Attributes
    ----------
    format
        ``delimited`` (CSV, TSV, …), ``jsonl``, ``excel``, ``parquet`` or ``xes``.
    encoding
        ``utf-8``, ``windows-1256``, … Texts only.
    delimiter
        One character, or ``whitespace`` for runs of blanks.
    quote
        The quotation mark; empty when quotes mean nothing.
    header
        Whether the first row names the columns.
    columns
        Their names, when the file does not give them.
    skip_rows
        Rows before the table.
    sheet
        Of a workbook.
    null
        Words that mean: nothing here. Compared whole; none by default, so an id that reads NA stays.
    optional
        Columns that an export may lack. In JSON lines and XES every column may, but for those of the id and the time.
    """

    format: Format | None = None
    encoding: Text | None = None
    delimiter: Text | None = None
    quote: str | None = None
    header: bool | None = None
    columns: list[Text] | None = None
    skip_rows: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 0
    sheet: Text | None = None
    null: list[str] = []
    optional: list[Text] = []


class TimeOptions(_Part, frozen=True, kw_only=True):
    """How dates and times are written, where a column does not say it itself. What is absent is told from the file.

    Attributes
    ----------
    layout, calendar, time_zone
        As in `safar.vocabulary.dates.DateFormat`.
    """

    layout: Layout | None = None
    calendar: CalendarName | None = None
    time_zone: Text | None = None


class NumberOptions(_Part, frozen=True, kw_only=True):
    """How numbers are written: which mark is the decimal one. Told from the file when absent."""

    decimal: DecimalMark | None = None


class Derived(_Part, frozen=True, kw_only=True):
    """A column made of others: a part of one (``column`` and ``extract``), a text with several in it, the first
    that is filled, or the number of the row.

    Attributes
    ----------
    column
        Of the file.
    extract
        A regular expression with one group; the new column is what the group holds, empty where it is not found.
    text
        A text with columns in it (``{date} {time}``); empty where one of them is.
    first
        Columns of which the first that is filled stands.
    row
        The row's number in the file, as reports of an import count: for tables without ids, of which a row is a
        customer. The same file again is the same rows; a longer or a sorted one is not.
    values
        What to write instead of some of the texts found so; every other text stays.
    """

    column: Text | None = None
    extract: Text | None = None
    text: Text | None = None
    first: list[Text] = []
    row: bool = False
    values: dict[str, str] = {}


class TimeColumn(TimeOptions, frozen=True, kw_only=True):
    """A column of instants that is written in its own way, or the first of several that is filled."""

    column: Text | None = None
    columns: list[Text] = []


class Condition(_Part, frozen=True, kw_only=True):
    """What a row must be like. Everything that is given must hold; texts are compared without blanks around them.

    Attributes
    ----------
    column
        Which column.
    present
        Whether there is a value.
    equals, one_of, none_of
        The value's text.
    matches, does_not_match
        A regular expression, searched in the text.
    above, at_least, below, at_most
        The value as a number; a row without a number there does not fit.
    """

    column: Text
    present: bool | None = None
    equals: str | None = None
    one_of: list[str] | None = None
    none_of: list[str] | None = None
    matches: Text | None = None
    does_not_match: Text | None = None
    above: Number | None = None
    at_least: Number | None = None
    below: Number | None = None
    at_most: Number | None = None

    def bounds(self) -> dict[str, Number]:
        """Return what is asked of the value as a number."""
        asked = {name: getattr(self, name) for name in ("above", "at_least", "below", "at_most")}
        return {name: limit for name, limit in asked.items() if limit is not None}


class Amount(_Part, frozen=True, kw_only=True):
    """An amount of money: a column, or the product of several (quantity × unit price).

    Attributes
    ----------
    column, columns
        One of the two.
    minor_units
        Whether the numbers already count minor units (cents, rials).
    times
        Multiplied with (10 for a column in toman whose currency is IRR).
    sign
        ``as_is``; ``absolute`` for returns, which are kept as positive amounts; ``opposite``.
    lenient
        Whether an amount that is no number or has no known currency is left out, instead of costing the row.
    """

    column: Text | None = None
    columns: list[Text] = []
    minor_units: bool = False
    times: Number = 1
    sign: Literal["as_is", "absolute", "opposite"] = "as_is"
    lenient: bool = False


class Property(_Part, frozen=True, kw_only=True):
    """A property of an event, or a trait of a customer.

    Attributes
    ----------
    column
        Where its value stands.
    value
        A value that is the same for all, instead of a column.
    type
        ``text``, ``id`` (Latin digits), ``number``, ``boolean``, ``date`` (ISO 8601 in UTC), ``json``, ``email``,
        ``phone`` (E.164) or
        ``address`` (of a page: without user, query and fragment). By default texts stay texts, and values of typed
        formats keep their type.
    region
        Of a phone: the country whose national form is meant.
    fallback
        Whether a member of that name in a ``spread`` column stands instead.
    """

    column: Text | None = None
    value: str | int | float | bool | None = None
    type: PropertyType | None = None
    region: Annotated[str, msgspec.Meta(pattern="^[A-Za-z]{2}$")] = "IR"
    fallback: bool = False


class IdColumn(_Part, frozen=True, kw_only=True):
    """A column that names the customer.

    Attributes
    ----------
    column
        Which.
    type
        ``email`` and ``phone`` are folded, so that one person is one id; unreadable ones stay as they are. Of a
        ``text`` only Persian and Arabic digits are, to Latin ones.
    region
        Of a phone.
    prefix
        Put before the id, to keep two kinds of ids apart.
    null
        Words that mean: no customer here (``0`` for guests of WooCommerce).
    """

    column: Text
    type: Literal["text", "email", "phone"] = "text"
    region: Annotated[str, msgspec.Meta(pattern="^[A-Za-z]{2}$")] = "IR"
    prefix: str = ""
    null: list[str] = []


class Customer(_Part, frozen=True, kw_only=True):
    """Whose events they are.

    Attributes
    ----------
    id
        A column, or several: the first that is filled.
    anonymous_id
        The id of rows without one, a text with columns in it (``order {order_id}``). Without it such rows are
        rejected.
    traits
        What is known of the customer (e-mail, phone, name): an ``identify`` event when first seen and when changed.
    """

    id: Text | IdColumn | list[Text | IdColumn]
    anonymous_id: Text | None = None
    traits: dict[str, Text | Property] = {}

    def id_columns(self) -> list[IdColumn]:
        """Return the columns in the order in which they are tried."""
        given = self.id if isinstance(self.id, list) else [self.id]
        return [each if isinstance(each, IdColumn) else IdColumn(column=each) for each in given]


class EventRule(_Part, frozen=True, kw_only=True):
    """One kind of event that a row may be.

    Attributes
    ----------
    name
        The event's name: ``order_placed``, ``{Activity}``.
    at
        The column of its instant, or several: the first that is filled. No instant, no event.
    when
        What the row must be like besides.
    amount, currency, channel
        Money and channel; the mapping's own where absent.
    properties
        By the property's name.
    spread
        Columns that hold a JSON object whose members become properties.
    rest
        Whether every column that the mapping does not name becomes a property.
    key
        Columns that make the event what it is, when the file says it on several rows (an order's total on each of its
        lines): the first row stands.
    per
        Columns that neighbouring rows share when they are lines of one thing (an order): they become one event, with
        the first row's values and the sum of the amounts.
    items
        What each of those rows adds to the property ``items``, a list of objects.
    """

    name: Text
    at: Text | list[Text] | TimeColumn
    when: list[Condition] = []
    amount: Text | Amount | None = None
    currency: Text | None = None
    channel: str | None = None
    properties: dict[str, Text | Property] = {}
    spread: list[Text] = []
    rest: bool = False
    key: list[Text] = []
    per: list[Text] = []
    items: dict[str, Text | Property] = {}

    def time_column(self) -> TimeColumn:
        """Return where the instant stands."""
        if isinstance(self.at, TimeColumn):
            return self.at
        return TimeColumn(columns=[self.at] if isinstance(self.at, str) else self.at)

    def time_columns(self) -> list[str]:
        """Return the columns in the order in which they are tried."""
        at = self.time_column()
        return ([at.column] if at.column else []) + at.columns

    def amount_rule(self) -> Amount | None:
        """Return where the amount stands, if anywhere."""
        return Amount(column=self.amount) if isinstance(self.amount, str) else self.amount


class SkipRule(_Part, frozen=True, kw_only=True):
    """Rows to leave out on purpose; they are counted under the reason, not rejected."""

    reason: Text
    when: Annotated[list[Condition], msgspec.Meta(min_length=1)]


class Mapping(_Part, frozen=True, kw_only=True):
    """How the columns of a file become events.

    Attributes
    ----------
    name
        Of the data set, not of the file: part of every event's id, so a longer export under the same name adds only
        what is new.
    description
        For people.
    file, time, number
        How to read it.
    derive
        Columns made of others, by the new column's name.
    customer
        Whose events.
    event
        What a row may be; a row is as many events as rules fit it.
    skip
        Rows to leave out.
    currency, channel
        Of every event that does not say otherwise; the currency also of an amount whose own column of currencies is
        empty.
    properties
        Of every event that has none of that name.
    units
        What words in a column of currencies mean: ``"تومان" = "IRR*10"`` takes ten rials for each. Compared folded; a
        word that is neither here nor an ISO 4217 code costs the row.
    event_id
        The column of ids that the events already have.
    key
        Columns that make a row what it is, when an export may show the same row again with other values. By default
        the whole row, and a row that stands twice is two events.
    """

    name: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.\-]{0,99}$")]
    description: str = ""
    event_id: Text | None = None
    key: list[Text] = []
    currency: Text | None = None
    channel: str = ""
    units: dict[Text, Text] = {}
    file: FileOptions = FileOptions()
    time: TimeOptions = TimeOptions()
    number: NumberOptions = NumberOptions()
    derive: dict[str, Derived] = {}
    customer: Customer
    properties: dict[str, Text | Property] = {}
    skip: list[SkipRule] = []
    event: Annotated[list[EventRule], msgspec.Meta(min_length=1)]

    def labels(self) -> list[str]:
        """Return what tells each rule from the others in an event's id: its name, numbered when it occurs again."""
        names = [rule.name for rule in self.event]
        return [
            name if (again := names[:place].count(name)) == 0 else f"{name}#{again + 1}"
            for place, name in enumerate(names)
        ]


def property_rules(given: dict[str, Text | Property]) -> dict[str, Property]:
    """Return properties or traits, a plain column name as a rule of its own."""
    return {name: Property(column=rule) if isinstance(rule, str) else rule for name, rule in given.items()}
