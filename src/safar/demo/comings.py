"""Who visits when, and from where: strangers, customers who look around, and those whom a message brought."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.time_zone import DAY_US

from .block import Block
from .campaigns import Schedule
from .chance import Floats, Ints
from .identities import Identities
from .pages import ORIGINS
from .people import People, growing, languages
from .visits import Visits
from .world import World

_FRIEND: Final = ORIGINS.index("friend")
_MESSAGES: Final = (ORIGINS.index("email"), ORIGINS.index("sms"))
_STRANGERS: Final = 1 << 40
_STRANGERS_PER_CUSTOMER: Final = 64
_STRANGER_APP_SHARE: Final = 0.16
_STRANGER_PAUSE_WEEKS: Final = 1.6
_RESEARCH_DAYS: Final = 3.0


def stranger_numbers(world: World, people: People) -> Ints:
    """Return the numbers of a block's strangers: whole ones for each customer, so many as `truth.toml` says."""
    each = world.truth.visits.strangers_per_customer
    count = round(each * len(people))
    place, customer = np.divmod(np.arange(count), len(people))
    return _STRANGERS + people.number[customer] * _STRANGERS_PER_CUSTOMER + place


def stranger_visits(world: World, people: People, numbers: Ints, schedule: Schedule) -> Visits:
    """Return the visits of people who never say who they are. Their rows follow those of the customers."""
    chance, where = world.chance, world.where
    country = chance.choice("stranger country", [each.weight for each in where.countries], numbers)
    language = languages(world, "stranger language", numbers, country)
    app = chance.uniform("stranger app", numbers) < _STRANGER_APP_SHARE
    returns = chance.geometric("returns", world.truth.visits.stranger_returns, numbers)
    coming = growing(chance.uniform("stranger", numbers), world.truth.purchase.growth)
    visits = 1 + returns
    row = np.repeat(np.arange(len(numbers)), visits)
    count = np.arange(len(row)) - np.repeat(np.cumsum(visits) - visits, visits)
    pause = np.where(count > 0, chance.exponential("stranger pause", numbers[row], count), 0.0)
    waited = np.cumsum(pause)
    first = np.cumsum(visits) - visits
    waited -= np.repeat(waited[first], visits)
    weeks = (coming * world.clock.weeks)[row] + _STRANGER_PAUSE_WEEKS * waited
    at = world.clock.instant(country[row], weeks)
    origin = _origin(world, "stranger", numbers[row], count)
    return Visits(
        who=len(people) + row,
        number=numbers[row],
        count=count,
        at=at,
        language=language[row],
        app=app[row].astype(np.int64),
        origin=origin,
        campaign=schedule.running(at, origin),
    )


def customer_visits(block: Block, known: Identities, referred: Ints, schedule: Schedule) -> Visits:
    """Return customers' visits that do not end in an order: the first, research before orders, looking around."""
    world, people = block.world, block.people
    who, weeks, first = _customer_weeks(block)
    order = np.argsort(who, kind="stable")
    who, weeks, first = who[order], weeks[order], first[order]
    started = np.searchsorted(who, np.arange(len(people)))
    count = np.arange(len(who)) - started[who]
    country, number = people.country[who], people.number[who]
    at = np.where(first, people.first_visit_at[who], world.clock.instant(country, weeks))
    at = np.maximum(at, people.first_visit_at[who])
    in_app = world.chance.uniform("in app", number, count) < world.truth.visits.app_visits
    origin = _origin(world, "customer", number, count)
    origin = np.where(first & (referred[who] >= 0), _FRIEND, origin)
    # a visitor who has not said who he is gets no message
    unknown = at < known.identified_at[who] + DAY_US
    origin = np.where(unknown & np.isin(origin, _MESSAGES), ORIGINS.index("google_organic"), origin)
    return Visits(
        who=who,
        number=number,
        count=count,
        at=at,
        language=people.language[who],
        app=(people.has_app[who] & in_app).astype(np.int64),
        origin=origin,
        campaign=schedule.running(at, origin),
    )


def order_origins(block: Block, referred: Ints, schedule: Schedule) -> tuple[Ints, Ints]:
    """Return origin and campaign of the visit of each attempt to order online."""
    people, orders = block.people, block.orders
    origin = _origin(block.world, "order", block.number, orders.attempt)
    at_once = (orders.attempt == 0) & (orders.at == people.first_visit_at[orders.who])
    origin = np.where((orders.attempt == 0) & np.isin(origin, _MESSAGES), ORIGINS.index("direct"), origin)
    origin = np.where(at_once & (referred[orders.who] >= 0), _FRIEND, origin)
    return origin, schedule.running(orders.at, origin)


def _customer_weeks(block: Block) -> tuple[Ints, Floats, NDArray[np.bool_]]:
    """Return person, shop week and whether it is the first visit, in no order."""
    world, people, orders = block.world, block.people, block.orders
    chance, truth, clock = world.chance, world.truth.visits, world.clock
    number = people.number
    everyone = np.arange(len(people))
    begins = clock.shop_weeks(people.country, people.first_visit_at)
    left = np.full(len(people), clock.weeks)
    gone = orders.rows(orders.leaves)
    left[gone.who] = clock.shop_weeks(people.country[gone.who], gone.at)
    spans = []
    for purpose, rate, since, until in (
        ("background", truth.background_per_week, begins, left),
        ("away", truth.away_per_week, left, np.full(len(people), clock.weeks)),
    ):
        times = chance.poisson(purpose, rate * np.maximum(until - since, 0.0), number)
        who = np.repeat(everyone, times)
        count = np.arange(len(who)) - np.repeat(np.cumsum(times) - times, times)
        place = chance.uniform(purpose + " at", number[who], count)
        spans.append((who, since[who] + place * (until - since)[who]))
    times = chance.poisson("research", truth.research_per_order, number[orders.who], orders.attempt)
    row = np.repeat(np.arange(len(orders)), times)
    count = np.arange(len(row)) - np.repeat(np.cumsum(times) - times, times)
    address = orders.attempt[row] * 64 + count
    before = _RESEARCH_DAYS / 7.0 * chance.exponential("research at", number[orders.who[row]], address)
    weeks = clock.shop_weeks(people.country[orders.who], orders.at)[row] - before
    spans.append((orders.who[row], weeks))
    # whoever orders at once comes first with the visit that ends in the order
    at_once = orders.rows((orders.attempt == 0) & (orders.at == people.first_visit_at[orders.who])).who
    separate = np.setdiff1d(everyone, at_once)
    spans.append((separate, begins[separate]))
    who = np.concatenate([each for each, _ in spans])
    first = np.zeros(len(who), dtype=bool)
    first[len(who) - len(separate) :] = True
    return who, np.concatenate([weeks for _, weeks in spans]), first


def _origin(world: World, column: str, number: Ints, count: Ints) -> Ints:
    weights = [getattr(world.truth.origins[name], column) for name in ORIGINS[:-1]]
    return world.chance.choice(f"{column} origin", weights, number, count)
