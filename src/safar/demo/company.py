"""The simulated company: block by block, from customers' lives to events."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from safar.vocabulary.errors import Refusal, nearest
from safar.vocabulary.event import EventColumns, EventSink

from .catalogue import catalogue
from .chance import Chance
from .clock import Clock
from .lives import Orders, play
from .parameters import EXPERIENCES, parameters
from .people import People, people_of_block
from .places import places
from .telling import Teller
from .world import Intervention, World

#: Customers made at once. Each block is the whole company in small, over its whole history.
BLOCK: Final = 2_000


class UnknownSize(Refusal, LookupError):
    """The simulated company comes in named sizes, or with a count of customers."""

    code = "demo.unknown_size"


class UnknownExperience(Refusal, LookupError):
    """Only experiences of the parameter file can be switched off."""

    code = "demo.unknown_experience"


class NaiveInstant(Refusal, ValueError):
    """The end of the history needs a time zone."""

    code = "demo.naive_instant"


@dataclass(frozen=True)
class Company:
    """A company of a size, with a seed and an end of its history.

    Parameters
    ----------
    customers
        How many customers say who they are; strangers come on top.
    seed
        Another seed, another company with the same truth.
    until
        End of the history, microseconds since 1970-01-01 UTC.
    interventions
        What is switched off or on; see `Intervention`.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> company = Company.of(100, seed=1, until=datetime(2026, 11, 21, tzinfo=UTC))
    >>> company.block_count
    1
    """

    customers: int
    seed: int
    until: int
    interventions: tuple[Intervention, ...] = ()

    @classmethod
    def of(
        cls,
        size: str | int,
        *,
        seed: int,
        until: datetime | None = None,
        without: str | Sequence[str] = (),
    ) -> Company:
        """Return the company; for the parameters see `simulate`."""
        names = (without,) if isinstance(without, str) else tuple(without)
        for name in names:
            if name not in EXPERIENCES:
                raise UnknownExperience(
                    f"{name!r} is no planted experience.",
                    hint=nearest(name, EXPERIENCES) or f"There are {', '.join(EXPERIENCES)}.",
                    experience=name,
                )
        hands = tuple(Intervention(name) for name in names)
        return cls(customer_count(size), seed, _microseconds(until), hands)

    @property
    def block_count(self) -> int:
        """How many blocks of at most `BLOCK` customers it has."""
        return -(-self.customers // BLOCK)

    def world(self) -> World:
        """Return what all blocks share."""
        truth, where = parameters(), places()
        chance = Chance(self.seed, self.until)
        return World(truth, where, catalogue(), Clock(truth, where, self.until), chance, self.interventions)

    def live(self, world: World, block: int) -> tuple[People, Orders]:
        """Return a block's customers and their attempts to order."""
        first = block * BLOCK
        count = min(BLOCK, self.customers - first)
        people = people_of_block(world, first, count)
        return people, play(world, people)


def customer_count(size: str | int) -> int:
    """Return how many customers a size has: ``small``, ``medium``, ``large``, or a count from 1.

    Raises
    ------
    UnknownSize
    """
    sizes = parameters().sizes
    if isinstance(size, str) and size in sizes:
        return sizes[size]
    if isinstance(size, int) and not isinstance(size, bool) and size >= 1:
        return size
    raise UnknownSize(
        f"{size!r} is no size of the simulated company.",
        hint=nearest(str(size), sizes) or f"Use {', '.join(sizes)}, or a count of customers from 1.",
        size=str(size),
    )


def _microseconds(until: datetime | None) -> int:
    if until is None:
        until = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if until.tzinfo is None:
        raise NaiveInstant(
            f"{until.isoformat()} has no time zone.", hint="Give one, such as UTC.", until=until.isoformat()
        )
    # whole hours, as the shop's clock counts
    return int(until.timestamp()) // 3600 * 3600 * 1_000_000


def simulate(
    size: str | int = "small",
    *,
    seed: int = 1,
    until: datetime | None = None,
    without: str | Sequence[str] = (),
) -> Iterator[EventColumns]:
    """Return the events of the simulated company, one batch a block of customers.

    Parameters
    ----------
    size
        ``small`` (2,000 customers), ``medium`` (50,000), ``large`` (1,000,000), or a count of customers.
    seed
        The same seed, size and ``until`` give the same events with the same ids.
    until
        End of the history, about two years long; now, at the start of the day in UTC, when not given.
    without
        Experiences that never happen, in a world that is otherwise the same to the last random number: names of
        `EXPERIENCES`. The difference to the world as it is is their effect.

    Returns
    -------
    iterator of EventColumns
        Customers one after another, the events of each in order of time. Every batch holds customers of the whole
        history. An anonymous visitor is a customer of his own until `identify` or `alias`.

    Raises
    ------
    UnknownSize, UnknownExperience, NaiveInstant

    Examples
    --------
    >>> batch = next(simulate(50, seed=7))
    >>> len(batch) > 1000
    True
    """
    return _batches(Company.of(size, seed=seed, until=until, without=without))


def _batches(company: Company) -> Iterator[EventColumns]:
    world = company.world()
    teller = Teller(world)
    for number in range(company.block_count):
        yield teller.tell(*company.live(world, number), number)


def fill(
    sink: EventSink,
    size: str | int = "small",
    *,
    seed: int = 1,
    until: datetime | None = None,
    progress: Callable[[int, int, int], None] | None = None,
) -> int:
    """Append the events of the simulated company to a sink and return how many there were, all of them durable.

    Parameters
    ----------
    sink
        For example the writer of a log.
    size, seed, until
        See `simulate`.
    progress
        Called after each block with customers done, customers in all, events so far.
    """
    company = Company.of(size, seed=seed, until=until)
    events = 0
    for number, batch in enumerate(_batches(company)):
        sink.append(batch)
        events += len(batch)
        if progress is not None:
            progress(min((number + 1) * BLOCK, company.customers), company.customers, events)
    sink.sync()
    return events
