"""What follows an order: shipped, delivered early or late, returned."""

from __future__ import annotations

from typing import Final

import numpy as np

from safar.vocabulary.money import exponent
from safar.vocabulary.time_zone import DAY_US

from .block import Block
from .chance import Floats, Ints
from .promises import iso_instants
from .purchases import currency_codes, major
from .sheet import Sheet, as_json

#: Why orders come back, by place.
_REASONS: Final = ("changed_mind", "not_as_described", "damaged")
#: A return in full gives back everything but shipping, another the first line.
_FULL_SHARE: Final = 0.55


def deliver(sheet: Sheet, block: Block) -> None:
    """Add shipping, delivery and returns of the orders that a courier brings."""
    orders, promises, chance = block.orders, block.promises, block.world.chance
    rows = np.flatnonzero(orders.delivered)
    number, attempt = block.number[rows], orders.attempt[rows]
    who, delivered_at = orders.who[rows], promises.delivered_at[rows]
    # between a fifth and two thirds of the way
    share = 0.2 + 0.45 * chance.uniform("shipped", number, attempt)
    shipped_at = orders.at[rows] + (share * (delivered_at - orders.at[rows])).astype(np.int64)
    told: list[dict[str, object]] = [
        {"order_id": block.order_ids[row], "courier": courier, "promised_at": promised_at}
        for row, courier, promised_at in zip(
            rows.tolist(), _couriers(block, rows), iso_instants(promises.promised_at[rows]), strict=True
        )
    ]
    sheet.add("order_shipped", who, shipped_at, "courier", sheet.texts.each([as_json(each) for each in told]))
    texts = [
        as_json({**each, "late_days": late})
        for each, late in zip(told, orders.late_days[rows].tolist(), strict=True)
    ]
    sheet.add("order_delivered", who, delivered_at, "courier", sheet.texts.each(texts))
    _take_back(sheet, block, rows)


def _couriers(block: Block, rows: Ints) -> list[str]:
    """Return who brings each order."""
    listed = [each.couriers for each in block.world.where.countries]
    country = block.people.country[block.orders.who[rows]]
    count = np.array([len(each) for each in listed])[country]
    drawn = block.world.chance.uniform("courier", block.number[rows], block.orders.attempt[rows])
    place = (count * drawn).astype(np.int64)
    return [listed[of][which] for of, which in zip(country.tolist(), place.tolist(), strict=True)]


def _take_back(sheet: Sheet, block: Block, rows: Ints) -> None:
    """Add the returns of delivered orders, in full or the first line."""
    orders, baskets, chance = block.orders, block.baskets, block.world.chance
    kept, reason = _kept_and_reason(block, rows)
    returned = chance.uniform("returns goods", block.number[rows], orders.attempt[rows]) > kept
    rows, reason = rows[returned], reason[returned]
    number, attempt, who = block.number[rows], orders.attempt[rows], orders.who[rows]
    days = 1.0 + 8.0 * chance.uniform("returned after", number, attempt)
    at = block.promises.delivered_at[rows] + (days * DAY_US).astype(np.int64)
    line = baskets.first_line[rows]
    full = (chance.uniform("returned in full", number, attempt) < _FULL_SHARE) | (
        baskets.line_count[rows] == 1
    )
    whole = baskets.amount[rows] - baskets.shipping[rows]
    amount = np.where(full, whole, np.minimum(baskets.unit_price[line] * baskets.quantity[line], whole))
    digits = [exponent(each.currency) for each in block.world.where.countries]
    texts = [
        as_json(
            {
                "order_id": block.order_ids[row],
                "reason": _REASONS[why],
                "full": in_full,
                "refund": major(refund, digits[country]),
            }
        )
        for row, why, in_full, refund, country in zip(
            rows.tolist(),
            reason.tolist(),
            full.tolist(),
            amount.tolist(),
            block.people.country[who].tolist(),
            strict=True,
        )
    ]
    currency = currency_codes(block.people)[who]
    sheet.add("order_returned", who, at, "courier", sheet.texts.each(texts), amount=amount, currency=currency)


def _kept_and_reason(block: Block, rows: Ints) -> tuple[Floats, Ints]:
    """Return the probability that each order is kept, and why it would come back."""
    truth = block.world.truth.returns
    wrong = block.orders.happened["wrong_description"][rows]
    damaged = block.orders.happened["damaged_parcel"][rows]
    kept = (
        (1.0 - truth.base)
        * np.where(wrong, 1.0 - truth.wrong_description, 1.0)
        * np.where(damaged, 1.0 - truth.damaged_parcel, 1.0)
    )
    return kept, np.where(damaged, 2, np.where(wrong, 1, 0))
