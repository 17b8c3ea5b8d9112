"""One block of customers and everything that happened to them, ready to be told."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from .baskets import Baskets, fill_baskets
from .chance import Ints
from .lives import Orders
from .people import People
from .promises import Promises, promise
from .world import World


@dataclass(frozen=True)
class Block:
    """Customers, their attempts to order, what these held, and when they were promised and came."""

    world: World
    people: People
    orders: Orders
    baskets: Baskets
    promises: Promises

    @classmethod
    def of(cls, world: World, people: People, orders: Orders) -> Block:
        """Return the block of people who lived these lives."""
        return cls(world, people, orders, fill_baskets(world, people, orders), promise(world, people, orders))

    @cached_property
    def number(self) -> Ints:
        """By order: the number of its customer."""
        return self.people.number[self.orders.who]

    @cached_property
    def language(self) -> Ints:
        """By order: the language of its customer."""
        return self.people.language[self.orders.who]

    @cached_property
    def order_ids(self) -> list[str]:
        """By order: the number that the shop prints on it."""
        pairs = zip(self.number.tolist(), self.orders.attempt.tolist(), strict=True)
        return [f"N{number:07d}-{attempt + 1}" for number, attempt in pairs]
