"""Which columns a mapping names, and where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .mapping import Condition, EventRule, Mapping, Property, Text, property_rules
from .template import Template


def columns_of(mapping: Mapping) -> Iterator[tuple[str, str]]:
    """Yield every column of the file that a mapping names, with the place in the mapping where it does."""
    for name, derived in mapping.derive.items():
        yield from _of_template(derived.text, f"derive.{name}")
        if derived.column:
            yield derived.column, f"derive.{name}"
        yield from ((column, f"derive.{name}") for column in derived.first)
    for column, place in _named(mapping):
        if column not in mapping.derive:
            yield column, place


def _named(mapping: Mapping) -> Iterator[tuple[str, str]]:
    for place, id_column in enumerate(mapping.customer.id_columns()):
        yield id_column.column, f"customer.id[{place}]"
    yield from _of_template(mapping.customer.anonymous_id, "customer.anonymous_id")
    yield from _of_properties(mapping.customer.traits, "customer.traits")
    yield from _of_properties(mapping.properties, "properties")
    yield from _of_template(mapping.currency, "currency")
    yield from _of_template(mapping.channel, "channel")
    if mapping.event_id:
        yield mapping.event_id, "event_id"
    yield from ((column, "key") for column in mapping.key)
    for place, skip in enumerate(mapping.skip):
        yield from _of_conditions(skip.when, f"skip[{place}]")
    for place, rule in enumerate(mapping.event):
        yield from _of_rule(rule, f"event[{place}]")


def _of_rule(rule: EventRule, place: str) -> Iterator[tuple[str, str]]:
    yield from _of_template(rule.name, f"{place}.name")
    yield from ((column, f"{place}.at") for column in rule.time_columns())
    yield from _of_conditions(rule.when, place)
    amount = rule.amount_rule()
    if amount:
        yield from (
            (column, f"{place}.amount")
            for column in [*([amount.column] if amount.column else []), *amount.columns]
        )
    yield from _of_template(rule.currency, f"{place}.currency")
    yield from _of_template(rule.channel, f"{place}.channel")
    yield from _of_properties(rule.properties, f"{place}.properties")
    yield from ((column, f"{place}.spread") for column in rule.spread)
    yield from ((column, f"{place}.key") for column in rule.key)
    yield from ((column, f"{place}.per") for column in rule.per)
    yield from _of_properties(rule.items, f"{place}.items")


def _of_template(text: str | None, place: str) -> Iterator[tuple[str, str]]:
    if text:
        yield from ((column, place) for column in Template.of(text).columns)


def _of_conditions(conditions: Sequence[Condition], place: str) -> Iterator[tuple[str, str]]:
    yield from ((condition.column, f"{place}.when[{number}]") for number, condition in enumerate(conditions))


def _of_properties(given: dict[str, Text | Property], place: str) -> Iterator[tuple[str, str]]:
    for name, rule in property_rules(given).items():
        if rule.column:
            yield rule.column, f"{place}.{name}"
