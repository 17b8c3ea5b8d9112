"""One rule of a mapping applied to a piece of a file: its rows as events, a column a field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from msgspec.structs import replace as replace_field
from numpy.typing import NDArray

from .amounts import AmountRule
from .cells import Cells, Mask, NumberColumns, Test, all_of, taken
from .formats import Formats
from .mapping import EventRule, Mapping, Property, property_rules
from .property_values import PropertyColumns
from .reasons import Rejection
from .row_ids import Met, event_ids, row_digests
from .rows import CELL_END
from .template import Template
from .times import read_instants

Places = NDArray[np.int64]
LONGEST_NAME: Final = 255


@dataclass(frozen=True, slots=True)
class RuleEvents:
    """The events that one rule makes of a piece, a column a field, in file order.

    Attributes
    ----------
    places
        The row of the piece that each event came from.
    items
        What each row adds to its group's list, as JSON; empty when the rule joins no rows.
    """

    rule: str
    places: Places
    at: NDArray[np.int64]
    name: Sequence[str]
    amount: NDArray[np.int64]
    currency: Sequence[str]
    channel: Sequence[str]
    properties: Sequence[str]
    items: Sequence[str] = ()
    ids: NDArray[np.uint8] = field(default_factory=lambda: np.zeros((0, 16), dtype=np.uint8))

    def __len__(self) -> int:
        return len(self.places)

    def where(self, keep: Mask) -> RuleEvents:
        """Return some of them."""
        if keep.all():
            return self
        chosen, count = np.flatnonzero(keep), len(self)
        return replace(
            self,
            places=self.places[keep],
            at=self.at[keep],
            name=taken(self.name, chosen, count),
            amount=self.amount[keep],
            currency=taken(self.currency, chosen, count),
            channel=taken(self.channel, chosen, count),
            properties=taken(self.properties, chosen, count),
            items=taken(self.items, chosen, count) if self.items else (),
            ids=self.ids[keep] if len(self.ids) else self.ids,
        )


@dataclass(slots=True)
class Findings:
    """What the rules found in a piece besides events.

    Attributes
    ----------
    rejected
        Why rows are rejected, by place. The first reason stands.
    timeless
        Masks of rows that a rule fits but for the time, and the reason, by rule.
    rounded
        Amounts that had more decimals than their currency.
    """

    rejected: dict[int, Rejection]
    timeless: list[tuple[Mask, Rejection]] = field(default_factory=list)
    rounded: int = 0

    def reject(self, place: int, rejection: Rejection) -> None:
        """Note why a row is rejected, unless it already is."""
        self.rejected.setdefault(place, rejection)

    def reject_silent(self, places: Places) -> None:
        """Note why rows became no event that no rule has rejected: no time, or no rule that fits."""
        for place in places.tolist():
            reasons = (reason for timeless, reason in self.timeless if timeless[place])
            self.reject(place, next(reasons, Rejection("row.no_rule")))

    def reject_all(self, places: Places, wrong: dict[int, Rejection]) -> None:
        """Note rejections that are given by their order among some places."""
        for number, rejection in wrong.items():
            self.reject(int(places[number]), rejection)


class ReadyRule:
    """An event rule of a mapping, ready for columns.

    Parameters
    ----------
    rule, label
        The rule and what tells it from the others.
    mapping
        What holds where the rule says nothing.
    formats, numbers
        How columns are read.
    rest
        Columns that the mapping does not name.
    """

    def __init__(
        self,
        rule: EventRule,
        label: str,
        *,
        mapping: Mapping,
        formats: Formats,
        numbers: NumberColumns,
        rest: Sequence[str],
    ) -> None:
        self.label = label
        self.per = rule.per
        self._formats = formats
        self._data_set = mapping.name
        self._times = rule.time_columns()
        self._tests = [Test(condition, numbers) for condition in rule.when]
        self._name = Template.of(rule.name)
        self._channel = Template.of(mapping.channel if rule.channel is None else rule.channel)
        self._properties = PropertyColumns(
            _with_shared(property_rules(rule.properties), property_rules(mapping.properties)),
            formats,
            numbers,
            spread=rule.spread,
            rest=rest if rule.rest else (),
        )
        self._items = PropertyColumns(property_rules(rule.items), formats, numbers)
        self._met = Met()
        amount = rule.amount_rule()
        self._amount = (
            AmountRule(amount, list(filter(None, (rule.currency, mapping.currency))), numbers, mapping.units)
            if amount
            else None
        )

    def events(self, cells: Cells, alive: Mask, findings: Findings) -> RuleEvents:
        """Return one event for each row that the rule fits, rejected rows too.

        Parameters
        ----------
        alive
            Rows that are not left out.
        findings
            Takes the reasons why rows are rejected.
        """
        fits = alive & all_of(self._tests, cells)
        at, has_time = self._instants(cells, fits, findings)
        findings.timeless.append((fits & ~has_time, Rejection("row.time_missing", " and ".join(self._times))))
        places = np.flatnonzero(fits & has_time)
        names = filled_texts(self._name, cells, places)
        self._check_names(names, places, findings)
        amount, currency = np.zeros(len(places), dtype=np.int64), [""] * len(places)
        if self._amount:
            amounts = self._amount.read(cells, places)
            amount, currency = amounts.minor, amounts.currency
            findings.rounded += amounts.rounded
            findings.reject_all(places, amounts.rejected)
        properties, wrong = self._properties.objects(cells, places)
        findings.reject_all(places, wrong)
        items, wrong = self._items.objects(cells, places) if self._items else ([], {})
        findings.reject_all(places, wrong)
        channel = filled_texts(self._channel, cells, places)
        return RuleEvents(self.label, places, at[places], names, amount, currency, channel, properties, items)

    def _instants(self, cells: Cells, fits: Mask, findings: Findings) -> tuple[NDArray[np.int64], Mask]:
        """Return the first filled column's instant a row, and which rows have one."""
        at = np.zeros(len(cells), dtype=np.int64)
        found = np.zeros(len(cells), dtype=bool)
        for column in self._times:
            wanted = fits & ~found & cells.filled(column)
            places = np.flatnonzero(wanted)
            if not len(places):
                continue
            texts = taken(cells.texts(column), places, len(cells))
            at[places], refused = read_instants(texts, self._formats.times[column].format)
            found |= wanted
            reasons = {
                number: Rejection("row.time_unreadable", column, refusal.message)
                for number, refusal in refused.items()
            }
            findings.reject_all(places, reasons)
        return at, found

    def _check_names(self, names: Sequence[str], places: Places, findings: Findings) -> None:
        columns = " and ".join(self._name.columns)
        for place, name in zip(places.tolist(), names, strict=True) if columns else ():
            if not name:
                findings.reject(place, Rejection("row.name_missing", columns))
            elif len(name) > LONGEST_NAME:
                findings.reject(place, Rejection("row.text_too_long", columns, str(len(name))))

    def reject_groups(self, events: RuleEvents, cells: Cells, findings: Findings) -> None:
        """Reject every row of a group that has a rejected row or two currencies: half an order is a wrong order."""
        for start, end in self._bounds(events, cells):
            places = events.places[start:end].tolist()
            currencies = {code for code in events.currency[start:end] if code}
            first = next((place for place in places if place in findings.rejected), None)
            if first is not None:
                reason = Rejection("row.group_rejected", detail=findings.rejected[first].sentence)
            elif len(currencies) > 1:
                reason = Rejection("row.currency_mixed", detail=" and ".join(sorted(currencies)))
            else:
                continue
            for place in places:
                findings.reject(place, reason)

    def grouped(self, events: RuleEvents, cells: Cells) -> RuleEvents:
        """Return one event for all rows of a group: the first row's, with the sum of the amounts and the items."""
        bounds = self._bounds(events, cells)
        if not bounds:
            return events
        starts = [start for start, _ in bounds]
        is_first = np.zeros(len(events), dtype=bool)
        is_first[starts] = True
        currency = [next((code for code in events.currency[start:end] if code), "") for start, end in bounds]
        first = replace(
            events.where(is_first), amount=np.add.reduceat(events.amount, starts), currency=currency
        )
        if not events.items:
            return first
        lists = [",".join(events.items[start:end]) for start, end in bounds]
        opened = [text[:-1] + ("," if text != "{}" else "") for text in first.properties]
        joined = [f'{start}"items":[{lines}]}}' for start, lines in zip(opened, lists, strict=True)]
        return replace(first, properties=joined, items=())

    def group_ids(self, events: RuleEvents, cells: Cells) -> NDArray[np.uint8]:
        """Return the ids of grouped events: of what their rows share, and how often that was met before."""
        shared = (taken(cells.texts(name), events.places, len(cells)) for name in self.per)
        digests = row_digests(list(map(CELL_END.join, zip(*shared, strict=True))))
        return event_ids(digests, self._met.count(digests[:, 0]), self._data_set, self.label)

    def _bounds(self, events: RuleEvents, cells: Cells) -> list[tuple[int, int]]:
        """Return start and end of each group among the events."""
        run = cells.runs(self.per)[events.places]
        is_first = np.ones(len(run), dtype=bool)
        is_first[1:] = run[1:] != run[:-1]
        starts = np.flatnonzero(is_first).tolist()
        return list(zip(starts, [*starts[1:], len(run)][: len(starts)], strict=True))


def _with_shared(own: dict[str, Property], shared: dict[str, Property]) -> dict[str, Property]:
    """Return a rule's properties, and those of every event whose outermost name it does not have."""
    taken_names = {name.partition(".")[0] for name in own}
    kept = {
        name: replace_field(rule, fallback=True)
        for name, rule in shared.items()
        if name.partition(".")[0] not in taken_names
    }
    return own | kept


def filled_texts(template: Template, cells: Cells, places: Places) -> Sequence[str]:
    """Return a template's text at some places."""
    if template.constant is not None:
        return [template.constant] * len(places)
    return taken(template.filled(cells.texts, len(cells)), places, len(cells))
