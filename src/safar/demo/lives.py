"""The lives of customers: when they order, what goes wrong, what that does to them, and when they leave.

This is the causal model of the company. Everything else in the room tells what was decided here as events.
A life is played order by order, for all customers of a block at once. Each round plays the next attempt to order of
those who are still there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from .chance import Flags, Floats, Ints, logistic, logit
from .parameters import EXPERIENCES
from .people import NEVER, People
from .places import TIERS
from .world import World

CHANNELS: Final = ("web", "app", "store", "phone", "social")
WEB, APP, STORE, PHONE, SOCIAL = range(5)
#: Why a customer turns to support.
TOPICS: Final = ("question", "payment", "delivery", "product", "damage")
#: Nothing moves a customer further than this, whatever he lives through.
_LOWEST_RATE: Final = -1.2
_LOWEST_TASTE: Final = -1.5
_MOST_DAYS_LATE: Final = 9
_MOST_FAILURES: Final = 4


@dataclass(frozen=True)
class Orders:
    """Attempts to order as columns, by customer and time.

    Attributes
    ----------
    who
        Row of the customer among the block's people.
    attempt
        Count of the customer's attempts before, from 0: with ``who`` the address of its random numbers.
    place
        Count of his placed orders before; for a lost attempt too.
    at
        Microseconds.
    channel, category, support_channel, topic
        Places in their lists; the last two only where ``contacted``.
    on_delivery
        Paid to the courier; otherwise online, where that is possible.
    placed
        False where a payment error made the customer give up.
    delivered
        Brought by a courier (not in a shop).
    failures
        Failed payments, 0…4.
    late_days
        Days after the promise, 0 when in time.
    is_peak
        Whether deliveries were under strain.
    happened
        By experience.
    contacted
        Whether the customer turned to support.
    taste
        His level of spending then, in standard deviations.
    overall
        Shift of overall satisfaction by this order and, fading, those before, in standard deviations.
    leaves
        Whether he left for good after it.
    """

    who: Ints
    attempt: Ints
    place: Ints
    at: Ints
    channel: Ints
    category: Ints
    on_delivery: Flags
    placed: Flags
    delivered: Flags
    failures: Ints
    late_days: Ints
    is_peak: Flags
    happened: dict[str, Flags]
    contacted: Flags
    support_channel: Ints
    topic: Ints
    taste: Floats
    overall: Floats
    leaves: Flags

    def __len__(self) -> int:
        return len(self.who)

    def rows(self, wanted: Flags | Ints) -> Orders:
        """Return some of them."""
        columns = {name: value[wanted] for name, value in vars(self).items() if isinstance(value, np.ndarray)}
        return Orders(**columns, happened={name: each[wanted] for name, each in self.happened.items()})


@dataclass
class _State:
    """Where each customer of the block stands between two attempts."""

    due: Floats
    placed: Ints
    overall: Floats
    rate: Floats
    taste: Floats
    rounds: list[Orders] = field(default_factory=list)


def play(world: World, people: People) -> Orders:
    """Return all attempts to order before the end of the history."""
    state = _State(
        due=people.first_order_due.copy(),
        placed=np.zeros(len(people), dtype=np.int64),
        overall=np.zeros(len(people)),
        rate=np.zeros(len(people)),
        taste=np.zeros(len(people)),
    )
    rows = np.flatnonzero(state.due < world.clock.weeks)
    attempt = 0
    while len(rows) or not state.rounds:
        _play_round(world, people, state, rows, attempt)
        rows = rows[state.due[rows] < world.clock.weeks]
        attempt += 1
    return _joined(state.rounds)


def _joined(rounds: Sequence[Orders]) -> Orders:
    columns = {
        name: np.concatenate([getattr(each, name) for each in rounds])
        for name, value in vars(rounds[0]).items()
        if isinstance(value, np.ndarray)
    }
    happened = {name: np.concatenate([each.happened[name] for each in rounds]) for name in EXPERIENCES}
    orders = Orders(**columns, happened=happened)
    return orders.rows(np.argsort(orders.who, kind="stable"))


def _play_round(world: World, people: People, state: _State, rows: Ints, attempt: int) -> None:
    """Play one attempt of each of ``rows`` and set when the next is due, `NEVER` for those who leave."""
    truth, chance = world.truth, world.chance
    number, country = people.number[rows], people.country[rows]
    at = world.clock.instant(country, state.due[rows])
    is_peak = world.clock.is_peak(country, at)
    channel = _channel(world, people, rows, attempt)
    category = chance.choice("category", world.goods.category_share, number, attempt)
    online = (channel == WEB) | (channel == APP)
    on_delivery = chance.uniform("on delivery", number, attempt) < _by_country(world, "on_delivery")[country]

    can_fail = online & ~on_delivery
    fails = can_fail & (chance.uniform("payment", number, attempt) < _by_country(world, "fails")[country])
    fails = _intervened(world, "payment_error", fails, can_fail, attempt)
    more = chance.geometric("failures", truth.exposure.payment_further_failure, number, attempt)
    lost = fails & (chance.uniform("gives up", number, attempt) < truth.exposure.lost_after_payment_error)
    delivered = (channel != STORE) & ~lost

    late = _late(world, people, rows, attempt, category=category, at=at, is_peak=is_peak) & delivered
    late = _intervened(world, "late_delivery", late, delivered, attempt)
    wrong = (
        chance.uniform("wrong", number, attempt)
        < truth.exposure.wrong_description * world.goods.wrong[category]
    )
    wrong = _intervened(world, "wrong_description", wrong & delivered, delivered, attempt)
    damage = truth.exposure.damaged_parcel * world.goods.fragile[category]
    damaged = chance.uniform("damaged", number, attempt) < damage
    damaged = _intervened(world, "damaged_parcel", damaged & delivered, delivered, attempt)
    happened = {
        "late_delivery": late,
        "payment_error": fails,
        "wrong_description": wrong,
        "damaged_parcel": damaged,
    }
    contacted, support_channel, repeated = _support(world, number, attempt, happened, is_peak)
    happened["repeated_explanation"] = repeated
    effects = truth.experience.items()
    overall = _total(happened, {name: each.satisfaction.get("overall", 0.0) for name, each in effects})
    placed = ~lost
    repeats = placed & (state.placed[rows] > 0)
    leaves = _leaves(world, people, rows, attempt, happened=happened, overall=overall, repeats=repeats)

    memory = truth.satisfaction.nps_memory * state.overall[rows] + overall
    late_days = 1 + chance.geometric("late days", truth.exposure.late_more_days, number, attempt)
    state.rounds.append(
        Orders(
            who=rows,
            attempt=np.full(len(rows), attempt, dtype=np.int64),
            place=state.placed[rows],
            at=at,
            channel=channel,
            category=category,
            on_delivery=on_delivery & delivered,
            placed=placed,
            delivered=delivered,
            failures=np.where(fails, 1 + np.minimum(more, _MOST_FAILURES - 1), 0),
            late_days=np.where(late, np.minimum(late_days, _MOST_DAYS_LATE), 0),
            is_peak=is_peak,
            happened=happened,
            contacted=contacted,
            support_channel=support_channel,
            topic=_topic(happened),
            taste=people.taste[rows] + state.taste[rows] + truth.strain.peak_taste * is_peak,
            overall=memory,
            leaves=leaves,
        )
    )
    state.overall[rows] = memory
    state.placed[rows] += placed
    slower = _total(happened, {name: each.rate for name, each in effects})
    state.rate[rows] = np.maximum(state.rate[rows] + slower, _LOWEST_RATE)
    cheaper = _total(happened, {name: each.taste for name, each in effects})
    state.taste[rows] = np.maximum(state.taste[rows] + cheaper, _LOWEST_TASTE)
    pause = chance.exponential("pause", number, attempt)
    regular = pause / (people.order_rate[rows] * np.exp(state.rate[rows]))
    first = pause * truth.purchase.first_lag_weeks
    state.due[rows] += np.where(state.placed[rows] > 0, regular, first)
    state.due[rows[leaves]] = NEVER


def _channel(world: World, people: People, rows: Ints, attempt: int) -> Ints:
    """Return where they order: those without the app on the web, those with it rather in the app."""
    number, has_app = people.number[rows], people.has_app[rows]
    weights = [world.truth.order_channels[name] for name in CHANNELS]
    channel = world.chance.choice("order channel", weights, number, attempt)
    switch = world.chance.uniform("app or web", number, attempt) < world.truth.visits.app_visits
    return np.where(
        (channel == APP) & ~has_app, WEB, np.where((channel == WEB) & has_app & switch, APP, channel)
    )


def _late(
    world: World, people: People, rows: Ints, attempt: int, *, category: Ints, at: Ints, is_peak: Flags
) -> Flags:
    truth = world.truth
    tier = np.array([truth.tiers[name].late for name in TIERS])[people.tier[rows]]
    probability = logistic(
        logit(tier)
        + truth.strain.bulky_late_logit * world.goods.bulky[category]
        + truth.strain.peak_late_logit * is_peak
    )
    trouble_from = world.clock.until - truth.trouble.days * 24 * 3_600_000_000
    cities = np.isin(np.array(world.where.city_keys), truth.trouble.cities)
    in_trouble = cities[people.city[rows]] & (at >= trouble_from)
    probability = np.where(in_trouble, truth.trouble.late, probability)
    return world.chance.uniform("late", people.number[rows], attempt) < probability


def _support(
    world: World, number: Ints, attempt: int, happened: dict[str, Flags], is_peak: Flags
) -> tuple[Flags, Ints, Flags]:
    """Return who turns to support, by which channel, and who has to explain twice."""
    truth, chance = world.truth, world.chance
    silent = np.full(len(number), 1.0 - truth.exposure.base_contact)
    for name, flags in happened.items():
        silent = silent * np.where(flags, 1.0 - truth.experience[name].contact, 1.0)
    contacted = chance.uniform("contact", number, attempt) < 1.0 - silent
    channels = list(truth.support_channels.values())
    channel = chance.choice("support channel", [each.share for each in channels], number, attempt)
    likely = logit([each.repeat for each in channels])[channel] + truth.strain.peak_repeat_logit * is_peak
    repeated = contacted & (chance.uniform("repeat", number, attempt) < logistic(likely))
    return contacted, channel, _intervened(world, "repeated_explanation", repeated, contacted, attempt)


def _topic(happened: dict[str, Flags]) -> Ints:
    """Return what a conversation is about: the worst that happened, else a question."""
    topic = np.zeros(len(happened["late_delivery"]), dtype=np.int64)
    for name, about in (
        ("payment_error", "payment"),
        ("late_delivery", "delivery"),
        ("wrong_description", "product"),
        ("damaged_parcel", "damage"),
    ):
        topic[happened[name]] = TOPICS.index(about)
    return topic


def _leaves(
    world: World,
    people: People,
    rows: Ints,
    attempt: int,
    *,
    happened: dict[str, Flags],
    overall: Floats,
    repeats: Flags,
) -> Flags:
    """Return who leaves: by BG/NBD's coin after each order but the first, or because of what happened."""
    truth, chance, number = world.truth, world.chance, people.number[rows]
    by_nature = repeats & (chance.uniform("leaves", number, attempt) < people.leave_probability[rows])
    hazard = _total(happened, {name: each.leave for name, each in truth.experience.items()})
    hazard = hazard - truth.mediation.leave_per_satisfaction_lost * overall
    return by_nature | (chance.uniform("driven away", number, attempt) < -np.expm1(-hazard))


def _total(happened: dict[str, Flags], weight: dict[str, float]) -> Floats:
    """Return the sum of the weights of what happened, in a fixed order so that it is the same on every machine."""
    total = np.zeros(len(happened[EXPERIENCES[0]]))
    for name in EXPERIENCES:
        total += weight[name] * happened[name]
    return total


def _intervened(world: World, experience: str, flags: Flags, possible: Flags, attempt: int) -> Flags:
    for hand in world.interventions:
        if hand.experience == experience and not (hand.first_order_only and attempt > 0):
            flags = possible.copy() if hand.happens else np.zeros(len(flags), dtype=bool)
    return flags


def _by_country(world: World, name: str) -> Floats:
    return np.array([getattr(world.truth.payment[code], name) for code in world.where.country_codes])
