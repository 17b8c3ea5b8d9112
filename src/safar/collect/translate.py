"""Rows into events: the mapping applied to a file, a piece at a time, a column at a time.

A row is taken whole or not at all: when one of its events cannot be made, none is, so that the mended row can be
imported later without doubling anything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from safar.vocabulary.event import IDENTIFY, Coded, EventColumns, constant

from .cells import Cells, Mask, NumberColumns, Test, all_of
from .customers import CustomerIds, Traits
from .event_keys import event_keys
from .formats import Formats
from .mapping import Mapping, property_rules
from .mapping_columns import columns_of
from .property_values import PropertyColumns
from .reasons import RejectedRow, Rejection
from .row_ids import event_ids
from .rows import Rows
from .rule_events import Findings, ReadyRule, RuleEvents, filled_texts
from .template import Template

_NEVER: Final = np.iinfo(np.int64).max
#: Tells the events that say what is known of a customer from a mapping's own `identify` rule.
_TRAITS_LABEL: Final = "[customer.traits]"


@dataclass(slots=True)
class Translated:
    """What became of a piece of a file.

    Attributes
    ----------
    events
        In file order; the events of one row in the order of the mapping's rules.
    rows
        Rows of the piece, the rejected and left-out ones counted.
    rows_imported
        Rows that became events.
    rejected
        The rows that became none, and why, in file order.
    left_out
        Rows that the mapping leaves out, by its reason.
    repeated
        Events that the file had already shown under the same id.
    rounded
        Amounts that had more decimals than their currency.
    """

    events: EventColumns
    rows: int
    rows_imported: int
    rejected: list[RejectedRow]
    left_out: Counter[str]
    repeated: int
    rounded: int


class Translator:
    """Makes events of rows, piece after piece; it remembers what it has met, so one translator reads one file.

    Parameters
    ----------
    mapping
        How.
    formats
        How columns are written, from `safar.collect.formats.decide_formats`.
    names
        The columns of the file: those that the mapping does not name are the rest.
    source
        What the events' ``source`` shall be.
    received_at
        Of all events, in microseconds since 1970-01-01 UTC.
    """

    def __init__(
        self, mapping: Mapping, formats: Formats, names: Sequence[str], *, source: str, received_at: int
    ) -> None:
        numbers = NumberColumns(formats.decimals)
        self._mapping = mapping
        self._source = source
        self._received_at = received_at
        self._keys = event_keys(mapping)
        self._customers = CustomerIds(mapping.customer)
        self._traits = Traits(PropertyColumns(property_rules(mapping.customer.traits), formats, numbers))
        self._channel = Template.of(mapping.channel)
        self._skips = [(skip.reason, [Test(each, numbers) for each in skip.when]) for skip in mapping.skip]
        named = {column for column, _ in columns_of(mapping)}
        rest = [name for name in names if name not in named]
        self._rules = [
            ReadyRule(rule, label, mapping=mapping, formats=formats, numbers=numbers, rest=rest)
            for rule, label in zip(mapping.event, mapping.labels(), strict=True)
        ]

    def translate(self, rows: Rows) -> Translated:
        """Return the events of the next piece of the file."""
        cells = Cells(rows, self._mapping)
        for keys in set(self._keys):
            keys.take(cells)
        alive, left_out = self._left_out(cells)
        customers, wrong = self._customers.read(cells)
        findings = Findings({place: rejection for place, rejection in wrong.items() if alive[place]})
        made = [rule.events(cells, alive, findings) for rule in self._rules]
        made = self._accepted(made, cells, findings)
        fired = np.zeros(len(cells), dtype=bool)
        for events in made:
            fired[events.places] = True
        findings.reject_silent(np.flatnonzero(alive & ~fired))
        made, repeated = self._identified(made, cells)
        return Translated(
            events=self._columns(self._with_traits(made, cells, customers), customers),
            rows=len(rows) + len(rows.broken),
            rows_imported=int(fired.sum()),
            rejected=_rejected_rows(rows, findings.rejected),
            left_out=left_out,
            repeated=repeated,
            rounded=findings.rounded,
        )

    def _left_out(self, cells: Cells) -> tuple[Mask, Counter[str]]:
        alive = np.ones(len(cells), dtype=bool)
        left_out: Counter[str] = Counter()
        for reason, tests in self._skips:
            fits = alive & all_of(tests, cells)
            if fits.any():
                left_out[reason] += int(fits.sum())
                alive &= ~fits
        return alive, left_out

    def _accepted(self, made: list[RuleEvents], cells: Cells, findings: Findings) -> list[RuleEvents]:
        """Return the events of rows that are not rejected, for any rule's reason or for their group's."""
        groups = [(rule, events) for rule, events in zip(self._rules, made, strict=True) if rule.per]
        known = -1
        while groups and len(findings.rejected) != known:
            known = len(findings.rejected)
            for rule, events in groups:
                rule.reject_groups(events, cells, findings)
        if not findings.rejected:
            return made
        good = np.ones(len(cells), dtype=bool)
        good[list(findings.rejected)] = False
        return [events.where(good[events.places]) for events in made]

    def _identified(self, made: list[RuleEvents], cells: Cells) -> tuple[list[RuleEvents], int]:
        """Return the events with their ids, grouped ones as one, those met before left out; and how many these are."""
        found, repeated = [], 0
        for rule, keys, events in zip(self._rules, self._keys, made, strict=True):
            if rule.per:
                whole = rule.grouped(events, cells)
                found.append(replace(whole, ids=rule.group_ids(whole, cells)))
                continue
            ids, is_new = keys.ids(rule.label, events.places)
            repeated += int((~is_new).sum())
            found.append(replace(events, ids=ids).where(is_new))
        return found, repeated

    def _with_traits(
        self, made: list[RuleEvents], cells: Cells, customers: Sequence[str]
    ) -> list[RuleEvents]:
        """Return the events after those that say what is new about the customer."""
        if not self._traits:
            return made
        first = np.full(len(cells), _NEVER)
        for events in made:
            first[events.places] = np.minimum(first[events.places], events.at)
        news = self._traits.news(cells, np.flatnonzero(first < _NEVER), customers)
        count = len(news.places)
        identify = RuleEvents(
            _TRAITS_LABEL,
            news.places,
            first[news.places],
            [IDENTIFY] * count,
            np.zeros(count, dtype=np.int64),
            [""] * count,
            filled_texts(self._channel, cells, news.places),
            news.traits,
            ids=event_ids(news.digests, news.counts, self._mapping.name, _TRAITS_LABEL),
        )
        return [identify, *made]

    def _columns(self, made: list[RuleEvents], customers: Sequence[str]) -> EventColumns:
        """Return the events of all rules in file order."""
        places = np.concatenate([events.places for events in made])
        count = len(places)
        several = sum(1 for events in made if len(events)) > 1
        order = np.argsort(places, kind="stable") if several else np.arange(count)

        def column(cells: list[str]) -> list[str]:
            return [cells[place] for place in order.tolist()] if several else cells

        return EventColumns(
            event_id=np.concatenate([events.ids for events in made])[order],
            customer_id=[customers[place] for place in places[order].tolist()],
            event_name=coded(column([name for events in made for name in events.name])),
            occurred_at=np.concatenate([events.at for events in made])[order],
            received_at=np.full(count, self._received_at, dtype=np.int64),
            channel=coded(column([channel for events in made for channel in events.channel])),
            source=constant(self._source, count),
            amount=np.concatenate([events.amount for events in made])[order],
            currency=coded(column([code for events in made for code in events.currency])),
            properties=column([text for events in made for text in events.properties]),
        )


def coded(texts: Sequence[str]) -> Coded:
    """Return a column of few distinct texts as a dictionary."""
    values = list(dict.fromkeys(texts)) or [""]
    index = {text: code for code, text in enumerate(values)}
    return Coded(np.fromiter(map(index.__getitem__, texts), dtype=np.int32, count=len(texts)), values)


def _rejected_rows(rows: Rows, rejected: dict[int, Rejection]) -> list[RejectedRow]:
    places = sorted(rejected)
    found = [
        RejectedRow(int(rows.numbers[place]), rejected[place], cells)
        for place, cells in zip(places, rows.cells(places), strict=True)
    ]
    found += [
        RejectedRow(broken.number, Rejection(broken.reason, detail=broken.detail), broken.cells)
        for broken in rows.broken
    ]
    return sorted(found, key=lambda row: row.number)
