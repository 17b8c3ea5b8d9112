"""Money of a step: what its events brought or cost, exact, each currency by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from safar.observe.among import Among
from safar.observe.conditions import Condition
from safar.observe.steps import StepRule
from safar.store.columns import json_of
from safar.store.extracts import Extract, Field, Rows
from safar.vocabulary.answer import Note, notes_with_facts
from safar.vocabulary.money import EXPONENTS, Money
from safar.vocabulary.window import Window

if TYPE_CHECKING:
    from safar.store.log import Log

_AMOUNT: Final = "amount"
_CURRENCY: Final = "currency"
_CHANNEL: Final = "channel"


def sums_of(
    log: Log,
    rules: Sequence[StepRule],
    window: Window,
    *,
    among: Among,
    persons: NDArray[np.uint64] | None,
) -> tuple[list[tuple[Money, ...]], tuple[Note, ...]]:
    """Return for each rule the sum of the amounts of its events, by currency, that with the most events first.

    Parameters
    ----------
    log
        Where the events are.
    rules
        An event counts for every rule that takes it.
    window
        When.
    among
        Its channels and conditions.
    persons
        Only events of persons of these keys; of everybody when None.

    Returns
    -------
    tuple
        Sums beside the rules, and notes: ``map.no_amount`` and ``map.unknown_currency``, how many events of the rules
        are left out for it.
    """
    names = frozenset(name for rule in rules for name in rule.event_names)
    if not all(rule.event_names for rule in rules):
        names |= frozenset(log.present().names)
    properties = sorted(
        {each.of for each in (*among.where, *(each for rule in rules for each in rule.where))}
    )
    extract = Extract(
        names,
        (
            Field(_AMOUNT, "amount", "number"),
            Field(_CURRENCY, "currency", "text"),
            Field(_CHANNEL, "channel", "text"),
            *(Field(f"property {name}", json_of(name), "text") for name in properties),
        ),
    )
    rows = log.rows(extract, window)
    seen = np.ones(len(rows), np.bool_) if persons is None else np.isin(rows.person, persons)
    seen &= _taken(rows, among.channels, among.where)
    if among.without:
        seen &= ~rows.are(frozenset(among.without))
    rows = rows.where(seen)
    by_name = rows.by_text(rows.event_name)
    sums, left_out = [], Counter[str]()
    for rule in rules:
        found, missing = _sums(
            each.where(_taken(each, rule.channels, rule.where))
            for name, each in by_name.items()
            if name in rule.event_names or not rule.event_names
        )
        sums.append(found)
        left_out.update(missing)
    return sums, notes_with_facts(sorted(left_out.items()))


def _taken(rows: Rows, channels: Sequence[str], where: Sequence[Condition]) -> NDArray[np.bool_]:
    """Return for each row whether it has one of these channels (any, where none are said), and all holds."""
    found = np.ones(len(rows), np.bool_)
    if channels:
        channel = rows.fields[_CHANNEL]
        found &= _looked_up([text in channels for text in channel.texts], channel.values)
    for condition in where:
        column = rows.fields[f"property {condition.of}"]
        found &= _looked_up(condition.among(column.texts).tolist(), column.values)
    return found


def _looked_up(holds: Sequence[bool], codes: NDArray[np.int32]) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = np.array([*holds, False], np.bool_)[codes]
    return found


def _sums(parts: Iterable[Rows]) -> tuple[tuple[Money, ...], Counter[str]]:
    events, totals, left_out = Counter[str](), Counter[str](), Counter[str]()
    for rows in parts:
        amounts, currency = rows.fields[_AMOUNT].values, rows.fields[_CURRENCY]
        for code, name in enumerate(currency.texts):
            mine = amounts[currency.values == code]
            if not len(mine):
                continue
            if name not in EXPONENTS:
                left_out["map.unknown_currency" if name else "map.no_amount"] += len(mine)
                continue
            events[name] += len(mine)
            # Halves are summed apart: neither sum overflows.
            totals[name] += (int((mine >> 32).sum()) << 32) + int((mine & 0xFFFFFFFF).sum())
    ordered = sorted(events, key=lambda name: (-events[name], name))
    return tuple(Money(totals[name], name) for name in ordered), left_out
