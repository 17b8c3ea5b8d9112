"""Attempts to order as events: the visit to the checkout, the payment that fails and is tried again, the order.

A designed map leads from the cart to the payment and on. Here a failed payment throws people back to the cart, from
where they try again: a loop that is lived and not designed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from safar.vocabulary.money import exponent
from safar.vocabulary.time_zone import DAY_US

from .block import Block
from .chance import Ints
from .lives import APP, CHANNELS, STORE, WEB
from .pages import FIRST_LIST, HOME, Pages, ProductTexts
from .people import People
from .promises import iso_instants
from .sheet import Sheet, as_json, channel_codes, event_code
from .visits import PAGE_AND_SCREEN, WEB_AND_APP, browsed_product

_SECOND_US: Final = 1_000_000
_REASONS: Final = ("timeout", "otp_expired", "declined", "insufficient_funds")
_REASON_WEIGHTS: Final = (0.42, 0.26, 0.22, 0.10)
_STORE_VISIT_US: Final = 25 * 60 * _SECOND_US
_STORE_VISITS_WITHIN_DAYS: Final = 40
#: What happens in a visit that leads to the checkout, in that order; from the cart on in rounds of four.
_LANDING, _FINDING, _LOOKING, _ADDING, _ASIDE, _VIEWING_CART, _CHECKING_OUT, _PAYING, _FAILING = range(9)
_EVENT: Final = np.array(
    [
        0,
        0,
        event_code("product_viewed"),
        event_code("cart_added"),
        event_code("product_viewed"),
        event_code("cart_viewed"),
        event_code("checkout_started"),
        event_code("payment_started"),
        event_code("payment_failed"),
    ]
)


def shop_online(sheet: Sheet, block: Block, pages: Pages, *, origin: Ints, campaign: Ints) -> Ints:
    """Add the visits that end in an attempt to order, up to the last payment, and return when each visit began.

    Rows of orders that are not made online begin, and end, at the order.

    Parameters
    ----------
    origin, campaign
        By order; see `Pages.first`.
    """
    orders = block.orders
    began = orders.at.copy()
    rows = np.flatnonzero((orders.channel == WEB) | (orders.channel == APP))
    if not len(rows):
        return began
    visit = _Visits.laid_out(block, rows)
    app = (orders.channel[rows] == APP).astype(np.int64)
    event = np.where(visit.kind <= _FINDING, PAGE_AND_SCREEN[app][visit.row], _EVENT[visit.kind])
    at = orders.at[rows][visit.row] - visit.before
    codes = _what_happens(sheet, block, visit, rows)
    first, found = visit.kind == _LANDING, visit.kind == _FINDING
    home, language = np.full(len(rows), HOME), block.language[rows]
    codes[first] = pages.first(sheet.texts, home, language, app, origin=origin[rows], campaign=campaign[rows])
    codes[found] = pages.later(sheet.texts, FIRST_LIST + orders.category[rows], language, app)
    sheet.add(event, orders.who[rows][visit.row], at, WEB_AND_APP[app][visit.row], codes)
    began[rows] = at[first]
    return began


@dataclass(frozen=True)
class _Visits:
    """Steps of all visits, one after another.

    Attributes
    ----------
    row
        Visit of each step.
    kind
        What happens.
    line
        Line of the basket that is looked at or added, else -1.
    turn
        Count of failed payments before.
    before
        Microseconds before the order.
    """

    row: Ints
    kind: Ints
    line: Ints
    turn: Ints
    before: Ints

    @classmethod
    def laid_out(cls, block: Block, rows: Ints) -> _Visits:
        """Return landing, list, two steps a line, other products, then cart, checkout and payment until it is done."""
        orders, chance = block.orders, block.world.chance
        lines, failures = block.baskets.line_count[rows], orders.failures[rows]
        number, attempt = block.number[rows], orders.attempt[rows]
        aside = chance.poisson("looks aside", 1.2, number, attempt)
        # to the courier: cart and checkout; online: payment too, and back again after each failure
        tries = np.where(orders.on_delivery[rows], 2, 3 + 4 * failures)
        # whoever gives up does so after the last failure
        tries -= 3 * ((failures > 0) & ~orders.placed[rows])
        steps = 2 + 2 * lines + aside + tries
        row = np.repeat(np.arange(len(rows)), steps)
        first = np.cumsum(steps) - steps
        place = np.arange(len(row)) - first[row]
        in_lines = place - 2
        in_aside = in_lines - 2 * lines[row]
        in_tries = in_aside - aside[row]
        kind = np.select(
            [place < 2, in_aside < 0, in_tries < 0],
            [place, np.where(in_lines % 2 == 0, _LOOKING, _ADDING), _ASIDE],
            _VIEWING_CART + in_tries % 4,
        )
        is_line = (kind == _LOOKING) | (kind == _ADDING)
        line = np.where(is_line, block.baskets.first_line[rows][row] + in_lines // 2, -1)
        seconds = 22.0 * np.exp(0.7 * chance.normal("order step", number[row], attempt[row] * 128 + place))
        gap = (np.minimum(seconds, 600.0) * _SECOND_US).astype(np.int64) + _SECOND_US
        elapsed = np.cumsum(gap)
        ends = elapsed[first + steps - 1]
        turn = np.maximum(in_tries, 0) // 4
        return cls(row, kind, line, turn, ends[row] - elapsed + gap)


def _what_happens(sheet: Sheet, block: Block, visit: _Visits, rows: Ints) -> Ints:
    """Return the properties of all steps but pages."""
    texts, baskets, chance = sheet.texts, block.baskets, block.world.chance
    products = ProductTexts(block.world.goods)
    order = rows[visit.row]
    codes = np.zeros(len(order), dtype=np.int64)
    looks, adds, aside = (visit.kind == each for each in (_LOOKING, _ADDING, _ASIDE))
    line = visit.line[looks]
    codes[looks] = products.viewed(texts, baskets.product[line], block.language[order[looks]])
    line = visit.line[adds]
    codes[adds] = products.added(
        texts, baskets.product[line], block.language[order[adds]], baskets.quantity[line]
    )
    seen = browsed_product(block.world.goods, chance, block.number[order[aside]], np.flatnonzero(aside))
    codes[aside] = products.viewed(texts, seen, block.language[order[aside]])

    paying = visit.kind >= _PAYING
    of, turn = order[paying], visit.turn[paying]
    address = block.orders.attempt[of] * 8 + turn
    reason = 1 + chance.choice("reason", _REASON_WEIGHTS, block.number[of], address)
    reason *= visit.kind[paying] == _FAILING
    key = (_gateways(block)[of] * 8 + reason) * 8 + turn
    codes[paying] = texts.keyed("payment", key, _PaymentText(block))
    return codes


def _gateways(block: Block) -> Ints:
    """Return by order the gateway of its payment as country x 8 + place."""
    country = block.people.country[block.orders.who]
    count = np.array([len(each.gateways) for each in block.world.where.countries])[country]
    place = count * block.world.chance.uniform("gateway", block.number, block.orders.attempt)
    return country * 8 + place.astype(np.int64)


class _PaymentText:
    """Properties of a payment that is begun or fails, from (gateway x 8 + reason) x 8 + turn."""

    def __init__(self, block: Block) -> None:
        self._countries = block.world.where.countries

    def __call__(self, key: int) -> str:
        key, turn = divmod(key, 8)
        gateway, reason = divmod(key, 8)
        country, place = divmod(gateway, 8)
        told: dict[str, object] = {
            "gateway": self._countries[country].gateways[place],
            "attempt": turn + 1,
        }
        if reason:
            told["reason"] = _REASONS[reason - 1]
        return as_json(told)


def place_orders(sheet: Sheet, block: Block) -> None:
    """Add the orders that were placed, and the coupons and visits to a shop that belong to them."""
    orders, baskets = block.orders, block.baskets
    channel = channel_codes(CHANNELS)[orders.channel]
    placed = np.flatnonzero(orders.placed)
    who = orders.who[placed]
    coupons = np.flatnonzero(orders.placed & (baskets.discount_share > 0))
    percent = np.round(100 * baskets.discount_share[coupons]).astype(np.int64)
    texts = sheet.texts.keyed(
        "coupon", percent, lambda key: as_json({"coupon": f"NARANJ{key}", "percent": key})
    )
    at = orders.at[coupons] - 5 * _SECOND_US
    sheet.add("coupon_redeemed", orders.who[coupons], at, channel[coupons], texts)
    sheet.add(
        "order_placed",
        who,
        orders.at[placed],
        channel[placed],
        sheet.texts.each(_order_texts(block, placed)),
        amount=baskets.amount[placed],
        currency=currency_codes(block.people)[who],
    )
    _visit_stores(sheet, block)


def _visit_stores(sheet: Sheet, block: Block) -> None:
    """Add the visits to a shop: those that end in an order, and others on days before, at the same hour."""
    world, orders = block.world, block.orders
    in_store = np.flatnonzero(orders.channel == STORE)
    mean = world.truth.visits.store_visits_per_order
    others = world.chance.poisson("store visits", mean, block.number[in_store], orders.attempt[in_store])
    more = np.repeat(in_store, others)
    drawn = world.chance.uniform("store visit", block.number[more], np.arange(len(more)))
    days = 1 + (_STORE_VISITS_WITHIN_DAYS * drawn).astype(np.int64)
    at = np.concatenate([orders.at[in_store] - _STORE_VISIT_US, orders.at[more] - days * DAY_US])
    who = np.concatenate([orders.who[in_store], orders.who[more]])
    came = at > block.people.first_visit_at[who]
    cities = world.where.city_keys
    texts = sheet.texts.keyed(
        "store",
        block.people.city[who[came]],
        lambda city: as_json({"store": f"{cities[city]}-1", "city": cities[city]}),
    )
    sheet.add("store_visited", who[came], at[came], "store", texts)


def currency_codes(people: People) -> Ints:
    """Return by customer the place of the currency among the countries' + 1, as the sheet wants it."""
    return 1 + people.country


def _order_texts(block: Block, placed: Ints) -> list[str]:
    """Return the properties of orders: what, how much, how paid, where to, promised when."""
    where, orders, baskets = block.world.where, block.orders, block.baskets
    country = block.people.country[orders.who]
    digits = [exponent(each.currency) for each in where.countries]
    lines = _line_texts(block, digits)
    rows = zip(
        placed.tolist(),
        orders.channel[placed].tolist(),
        orders.delivered[placed].tolist(),
        orders.on_delivery[placed].tolist(),
        country[placed].tolist(),
        _gateways(block)[placed].tolist(),
        block.people.city[orders.who[placed]].tolist(),
        iso_instants(block.promises.promised_at[placed]),
        strict=True,
    )
    texts = []
    for row, channel, delivered, on_delivery, of, gateway, city, promised_at in rows:
        told: dict[str, object] = {
            "order_id": block.order_ids[row],
            "items": lines[row],
            "city": where.city_keys[city],
            "shipping": major(int(baskets.shipping[row]), digits[of]),
        }
        if baskets.discount[row]:
            told["discount"] = major(int(baskets.discount[row]), digits[of])
            told["coupon"] = f"NARANJ{round(100 * baskets.discount_share[row])}"
        if delivered:
            told["promised_at"] = promised_at
        if on_delivery:
            told["payment_method"] = "on_delivery"
        elif channel in {WEB, APP}:
            told["payment_method"] = "online"
            told["gateway"] = where.countries[of].gateways[gateway % 8]
        else:
            told["payment_method"] = "card"
        texts.append(as_json(told))
    return texts


def _line_texts(block: Block, digits: list[int]) -> list[list[dict[str, object]]]:
    """Return by order its items."""
    goods, baskets = block.world.goods, block.baskets
    person = block.orders.who[baskets.order]
    items: list[list[dict[str, object]]] = [[] for _ in range(len(block.orders))]
    for order, product, quantity, price, language, country in zip(
        baskets.order.tolist(),
        baskets.product.tolist(),
        baskets.quantity.tolist(),
        baskets.unit_price.tolist(),
        block.people.language[person].tolist(),
        block.people.country[person].tolist(),
        strict=True,
    ):
        items[order].append(
            {
                "product_id": goods.product_ids[product],
                "name": goods.names[language][product],
                "category": goods.category_keys[goods.category[product]],
                "quantity": quantity,
                "price": major(price, digits[country]),
            }
        )
    return items


def major(minor_units: int, digits: int) -> int | float:
    """Return an amount as people write it, for properties that are read by people."""
    return minor_units if digits == 0 else round(minor_units / 10**digits, digits)
