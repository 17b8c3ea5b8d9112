"""What is in an order: products, quantities, prices in the customer's currency, discount and shipping."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.money import exponent

from .catalogue import Catalogue
from .chance import Floats, Ints, normal_share
from .lives import Orders
from .people import DEAL_HUNTER, People
from .world import World

_YEAR_US: Final = 365.25 * 86_400_000_000
#: Only small things are bought in pairs.
_PAIR_UP_TO_USD: Final = 30.0
_DEAL_HUNTER_COUPONS: Final = 2.0


@dataclass(frozen=True)
class Baskets:
    """Lines and sums of orders.

    Attributes
    ----------
    order
        Row of the order of each line; lines of an order stand together, the first is of the order's category.
    product, quantity
        Place in the catalogue, pieces.
    unit_price
        Minor units of the order's currency.
    first_line, line_count
        By order.
    discount, shipping, amount
        By order, minor units; the amount is items less discount plus shipping.
    discount_share
        By order, 0 without a coupon.
    value_usd
        By order: the amount in dollars of `until`, without inflation and rounding.
    """

    order: Ints
    product: Ints
    quantity: Ints
    unit_price: Ints
    first_line: Ints
    line_count: Ints
    discount: Ints
    shipping: Ints
    amount: Ints
    discount_share: Floats
    value_usd: Floats


def fill_baskets(world: World, people: People, orders: Orders) -> Baskets:
    """Return what each attempt to order holds (or held, where it was lost)."""
    truth, goods, chance = world.truth.spend, world.goods, world.chance
    number = people.number[orders.who]
    line_count = 1 + chance.choice("lines", truth.lines, number, orders.attempt)
    order = np.repeat(np.arange(len(orders)), line_count)
    first_line = np.cumsum(line_count) - line_count
    place = np.arange(len(order)) - first_line[order]
    line = orders.attempt[order] * 8 + place
    buyer = number[order]

    other = chance.choice("other category", goods.category_share, buyer, line)
    category = np.where(place == 0, orders.category[order], other)
    kind = (chance.uniform("kind", buyer, line) * goods.kind_count[category]).astype(np.int64)
    rank = normal_share(orders.taste[order] + truth.order_sd * chance.normal("line taste", buyer, line))
    within = np.minimum((rank * Catalogue.PER_KIND).astype(np.int64), Catalogue.PER_KIND - 1)
    product = goods.first_product[category] + kind * Catalogue.PER_KIND + within
    price_usd = goods.price_usd[product]
    pair = (price_usd < _PAIR_UP_TO_USD) & (chance.uniform("pair", buyer, line) < truth.quantity_two_share)
    quantity = 1 + pair.astype(np.int64)

    unit, rate = price_units(world, people, orders)
    unit_price = np.maximum(np.round(price_usd * (rate / unit)[order]), 1.0) * unit[order]
    minor = np.array([10 ** exponent(country.currency) for country in world.where.countries])[
        people.country[orders.who]
    ]
    items = np.bincount(order, unit_price * quantity, minlength=len(orders))
    items_usd = np.bincount(order, price_usd * quantity, minlength=len(orders))
    discount_share = _discounts(world, people, orders)
    discount = np.floor(items * discount_share / unit) * unit
    pays_shipping = orders.delivered & (items_usd < truth.free_shipping_from_usd)
    shipping = np.where(
        pays_shipping, np.maximum(np.round(truth.shipping_usd * rate / unit), 1.0) * unit, 0.0
    )
    return Baskets(
        order=order,
        product=product,
        quantity=quantity,
        unit_price=_minor_units(unit_price, minor[order]),
        first_line=first_line,
        line_count=line_count,
        discount=_minor_units(discount, minor),
        shipping=_minor_units(shipping, minor),
        amount=_minor_units(items - discount + shipping, minor),
        discount_share=discount_share,
        value_usd=items_usd * (1.0 - discount_share) + truth.shipping_usd * pays_shipping,
    )


def _minor_units(amount: Floats, minor: NDArray[np.int64]) -> Ints:
    return np.round(amount * minor).astype(np.int64)


def price_units(world: World, people: People, orders: Orders) -> tuple[Floats, Floats]:
    """Return by order the step of prices and what a dollar cost then, both in units of the currency."""
    currencies = [world.truth.currencies[country.currency] for country in world.where.countries]
    country = people.country[orders.who]
    step = np.array([each.step for each in currencies])[country]
    rate = np.array([each.rate for each in currencies])[country]
    inflation = np.log1p(np.array([each.inflation for each in currencies]))[country]
    return step, rate * np.exp(-inflation * (world.clock.until - orders.at) / _YEAR_US)


def _discounts(world: World, people: People, orders: Orders) -> Floats:
    """Return the share taken off each order by a coupon."""
    truth, chance = world.truth, world.chance
    number = people.number[orders.who]
    hunter = people.persona[orders.who] == DEAL_HUNTER
    others = (1.0 - _DEAL_HUNTER_COUPONS * truth.people.deal_hunter) / (1.0 - truth.people.deal_hunter)
    uses = truth.spend.coupon_share * np.where(hunter, _DEAL_HUNTER_COUPONS, others)
    shares = np.array(truth.spend.coupon_discounts)
    which = (chance.uniform("discount", number, orders.attempt) * len(shares)).astype(np.int64)
    return np.where(chance.uniform("coupon", number, orders.attempt) < uses, shares[which], 0.0)
