"""Lives told as events: everything that a block's customers and strangers leave in the log."""

from __future__ import annotations

from typing import Final

import numpy as np

from safar.vocabulary.event import EventColumns
from safar.vocabulary.time_zone import DAY_US

from .block import Block
from .campaigns import Brought, Schedule, schedule_campaigns, send_campaigns
from .chance import Ints
from .comings import customer_visits, order_origins, stranger_numbers, stranger_visits
from .conversations import converse
from .deliveries import deliver
from .identities import Identities, make_identities, tell_identities
from .lives import Orders
from .opinions import ask_opinions
from .pages import Pages
from .people import People
from .purchases import place_orders, shop_online
from .sheet import Sheet, TextPool, as_json
from .surveys import ask
from .trial import try_out
from .visits import walk
from .world import World

_HOUR_US: Final = 3_600_000_000
_NOBODY: Final = -1
_NEVER: Final = np.iinfo(np.int64).max
_CANDIDATES: Final = 3
_BY: Final = ("whatsapp", "telegram", "instagram", "link")
#: Rendered texts kept from block to block; beyond, they are forgotten and rendered again.
_KNOWN_TEXTS: Final = 200_000


class Teller:
    """Tells lives as events.

    Parameters
    ----------
    world
        Where the lives were lived.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._schedule: Schedule = schedule_campaigns(world)
        self._pages = Pages(world.goods, self._schedule.names)
        self._currencies = [country.currency for country in world.where.countries]
        self._texts: dict[tuple[str, int], str] = {}

    def tell(self, people: People, orders: Orders, number: int) -> EventColumns:
        """Return the events of the n-th block's customers, and of the strangers that come with them."""
        world = self._world
        if len(self._texts) > _KNOWN_TEXTS:
            self._texts.clear()
        sheet = Sheet(TextPool(self._texts), self._currencies)
        strangers = stranger_numbers(world, people)
        known = make_identities(world, people, orders, strangers)
        block = Block.of(world, people, orders)
        friend = _refer(sheet, block)
        codes = [_referral_code(people, row) if row >= 0 else "" for row in friend.tolist()]
        tell_identities(sheet, world, people, known, codes)
        self._visit(sheet, block, known, friend, strangers)
        place_orders(sheet, block)
        deliver(sheet, block)
        ask(sheet, block, converse(sheet, block))
        ask_opinions(sheet, block)
        return sheet.columns(world.clock.until, known.of_rows, world.chance, number)

    def _visit(self, sheet: Sheet, block: Block, known: Identities, friend: Ints, strangers: Ints) -> None:
        """Add all visits to the site and the app, and the messages that brought some of them."""
        world, pages, schedule = self._world, self._pages, self._schedule
        steps = world.truth.visits
        origin, campaign = order_origins(block, friend, schedule)
        began = shop_online(sheet, block, pages, origin=origin, campaign=campaign)
        looking = customer_visits(block, known, friend, schedule)
        walk(sheet, world, pages, looking, steps.customer)
        try_out(sheet, block, looking)
        walk(sheet, world, pages, stranger_visits(world, block.people, strangers, schedule), steps.stranger)
        ordering = Brought.of(block.orders.who, origin, campaign, began)
        brought = Brought.of(looking.who, looking.origin, looking.campaign, looking.at).and_(ordering)
        clicked = send_campaigns(sheet, block, known, schedule, brought)
        walk(sheet, world, pages, clicked, steps.customer)


def _referral_code(people: People, row: int) -> str:
    return f"FRIEND{people.number[row]}"


def _refer(sheet: Sheet, block: Block) -> Ints:
    """Add referrals, and return by customer the row of the friend who sent him, or -1.

    A friend has ordered and got his order by then; of a few who could have been it, the happiest.
    """
    world, people, orders = block.world, block.people, block.orders
    chance, number = world.chance, people.number
    served = np.full(len(people), _NEVER)
    first = np.flatnonzero(orders.placed & (orders.place == 0))
    served[orders.who[first]] = np.maximum(block.promises.delivered_at[first], orders.at[first])
    wanted = chance.uniform("referred", number) < world.truth.referral.share
    rows = np.flatnonzero(wanted & (np.arange(len(people)) > 0))
    drawn = np.stack([chance.uniform("friend", number[rows], turn) for turn in range(_CANDIDATES)], axis=1)
    candidate = (drawn * rows[:, None]).astype(np.int64)
    came = people.first_visit_at[rows]
    fits = served[candidate] < came[:, None] - DAY_US // 2
    best = np.argmax(np.where(fits, people.mood[candidate], -np.inf), axis=1)
    found = fits.any(axis=1)
    friend = np.full(len(people), _NOBODY)
    friend[rows[found]] = candidate[found, best[found]]

    rows = rows[found]
    friends = friend[rows]
    ahead = (_HOUR_US * (1.0 + 30.0 * chance.exponential("told", number[rows]))).astype(np.int64)
    at = np.maximum(people.first_visit_at[rows] - ahead, served[friends] + _HOUR_US)
    by = (len(_BY) * chance.uniform("told by", number[rows])).astype(np.int64)
    texts = [
        as_json({"referral_code": _referral_code(people, row), "by": _BY[how]})
        for row, how in zip(friends.tolist(), by.tolist(), strict=True)
    ]
    sheet.add("referral_made", friends, at, "social", sheet.texts.each(texts))
    return friend
