"""Who the customers of one block are: where they live, what they speak, how they buy, and when they come.

What decides behaviour is drawn here as columns; what only shows (names, telephone numbers) is made in `identities`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .catalogue import LANGUAGES
from .chance import Floats, Ints
from .places import TIERS
from .world import World

PERSONAS: Final = ("careful", "deal_hunter", "loyal")
CAREFUL, DEAL_HUNTER, LOYAL = range(3)
#: The order numbers of a customer that never orders: beyond any instant.
NEVER: Final = 1e9


@dataclass(frozen=True)
class People:
    """Customers as columns, by the time of their first visit.

    Attributes
    ----------
    number
        Over the whole company; the address of all their random numbers.
    country, city, tier, language, persona
        Places in the lists that name them.
    woman, has_app
        Yes or no.
    order_rate, leave_probability
        BG/NBD: lambda, a week, and p.
    mood, taste
        Standard deviations.
    first_visit_at
        Microseconds.
    first_order_due
        Shop weeks; `NEVER` for those who never order.
    """

    number: Ints
    country: Ints
    city: Ints
    tier: Ints
    language: Ints
    persona: Ints
    woman: NDArray[np.bool_]
    has_app: NDArray[np.bool_]
    order_rate: Floats
    leave_probability: Floats
    mood: Floats
    taste: Floats
    first_visit_at: Ints
    first_order_due: Floats

    def __len__(self) -> int:
        return len(self.number)


def people_of_block(world: World, first_number: int, count: int) -> People:
    """Return ``count`` customers, numbered from ``first_number``. They come evenly spread over the shop's growth."""
    truth, where, clock, chance = world.truth, world.where, world.clock, world.chance
    number = np.arange(first_number, first_number + count, dtype=np.int64)
    buying = truth.purchase
    rate = chance.gamma("order rate", buying.r, number) / buying.alpha
    leave = chance.beta("leave", buying.a, buying.b, number)
    stays = 1.0 - _rank(leave)
    country = chance.choice("country", [each.weight for each in where.countries], number)
    city = _cities(world, number, country, stays)
    tier = where.city_tier[city]
    persona = _personas(world, number, stays)
    coming = (np.arange(count) + chance.uniform("coming", number)) / count
    first_visit = growing(coming, buying.growth) * clock.weeks
    lag = np.where(
        chance.uniform("at once", number) < buying.at_once_share,
        0.0,
        buying.first_lag_weeks * chance.exponential("first lag", number),
    )
    never = chance.uniform("never", number) < buying.never_share
    weight = truth.satisfaction.mood_leaving
    return People(
        number=number,
        country=country,
        city=city,
        tier=tier,
        language=languages(world, "language", number, country),
        persona=persona,
        woman=chance.uniform("woman", number) < truth.people.women,
        has_app=chance.uniform("has app", number) < truth.visits.app_share * _PERSONA_APP[persona],
        order_rate=rate,
        leave_probability=leave,
        mood=weight * _normal_score(stays) + np.sqrt(1.0 - weight**2) * chance.normal("mood", number),
        taste=truth.spend.taste_sd * chance.normal("taste", number)
        + np.array([truth.tiers[name].taste for name in TIERS])[tier],
        first_visit_at=clock.instant(country, first_visit),
        first_order_due=np.where(never, NEVER, first_visit + lag),
    )


#: Loyal customers have the app more often; the mean over personas is 1.
_PERSONA_APP: Final = np.array([0.85, 0.95, 1.44])


def growing(uniform: Floats, growth: float) -> Floats:
    """Return times in 0…1, from uniform numbers, whose density rises from 1 - growth/2 to 1 + growth/2."""
    start = 1.0 - growth / 2.0
    return np.asarray((np.sqrt(start**2 + 2.0 * growth * uniform) - start) / growth)


def _rank(values: Floats) -> Floats:
    """Return each value's rank among them, between 0 and 1."""
    ranks = np.empty(len(values))
    ranks[np.argsort(values, kind="stable")] = (np.arange(len(values)) + 0.5) / len(values)
    return ranks


def _normal_score(rank: Floats) -> Floats:
    """Return about the normal quantile of a rank (J. Tukey's lambda, 0.135), within 0.02 for all but the last 1 %."""
    return np.asarray((rank**0.135 - (1.0 - rank) ** 0.135) / 0.1975)


def _cities(world: World, number: Ints, country: Ints, stays: Floats) -> Ints:
    """Return the city of each: by weight in the country, and staying customers rather in towns of the staying tiers.

    The tilt moves customers between cities and leaves their own rate and probability as they are, so BG/NBD holds over
    all of them while the city tells something about how they stay.
    """
    where = world.where
    pull = np.array([world.truth.tiers[name].stays for name in TIERS])[where.city_tier]
    city = np.empty(len(number), dtype=np.int64)
    for place in range(len(where.countries)):
        own = np.flatnonzero(where.city_country == place)
        rows = np.flatnonzero(country == place)
        weights = where.city_weight[own] * np.exp(pull[own] * (stays[rows, None] - 0.5))
        bounds = np.cumsum(weights, axis=1)
        drawn = world.chance.uniform("city", number[rows]) * bounds[:, -1]
        city[rows] = own[(drawn[:, None] > bounds).sum(axis=1)]
    return city


def _personas(world: World, number: Ints, stays: Floats) -> Ints:
    """Return careful, deal hunter or loyal; loyal rather those who stay."""
    shares = world.truth.people
    tilt = 2.0 * stays
    weights = np.stack(
        [np.full(len(number), shares.careful), shares.deal_hunter * (2.0 - tilt), shares.loyal * tilt], axis=1
    )
    bounds = np.cumsum(weights, axis=1)
    drawn = world.chance.uniform("persona", number) * bounds[:, -1]
    return np.asarray((drawn[:, None] > bounds).sum(axis=1))


def languages(world: World, purpose: str, number: Ints, country: Ints) -> Ints:
    """Return the language of each, by the shares of the country."""
    shares = [[each.languages.get(language, 0.0) for language in LANGUAGES] for each in world.where.countries]
    bounds = np.cumsum(np.array(shares), axis=1)[country]
    drawn = world.chance.uniform(purpose, number) * bounds[:, -1]
    return np.asarray((drawn[:, None] > bounds).sum(axis=1))
