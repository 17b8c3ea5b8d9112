"""What was promised and when it came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from safar.vocabulary.time_zone import DAY_US

from .chance import Ints
from .lives import Orders
from .people import People
from .places import TIERS
from .world import World

_HOUR_US: Final = 3_600_000_000
_PROMISED_AT_HOUR: Final = 20


@dataclass(frozen=True)
class Promises:
    """When orders were promised and when they came, microseconds; 0 for those that nobody delivers."""

    promised_at: Ints
    delivered_at: Ints


def promise(world: World, people: People, orders: Orders) -> Promises:
    """Return promised and actual delivery of each order: by the day promised, or so many days after it."""
    country = people.country[orders.who]
    number = people.number[orders.who]
    days = np.array([world.truth.tiers[name].promise_days for name in TIERS])[people.tier[orders.who]]
    ordered_on = world.clock.local(country, orders.at) // DAY_US
    promised = world.clock.utc(country, (ordered_on + days) * DAY_US + _PROMISED_AT_HOUR * _HOUR_US)
    early = np.floor(world.chance.uniform("early", number, orders.attempt) ** 1.8 * days).astype(np.int64)
    came_on = ordered_on + days + np.where(orders.late_days > 0, orders.late_days, -early)
    hour = 9.0 + 10.5 * world.chance.uniform("delivery hour", number, orders.attempt)
    delivered = world.clock.utc(country, came_on * DAY_US + (hour * _HOUR_US).astype(np.int64))
    # what is ordered and promised for the same day comes after it was ordered
    delivered = np.maximum(delivered, orders.at + 2 * _HOUR_US)
    return Promises(promised * orders.delivered, delivered * orders.delivered)


def iso_instants(microseconds: Ints) -> list[str]:
    """Return instants as ISO 8601 in UTC, to the second."""
    instants = np.ascontiguousarray(microseconds).view("datetime64[us]")
    return [f"{text}Z" for text in np.datetime_as_string(instants, unit="s").tolist()]
