"""The overview: who came, who is new, what they ordered, how many went on to order.

Counts are facts about the log, not samples: they carry no interval. The conversion rate is read as an
estimate of how this kind of visitor behaves, so it does.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial, reduce
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from safar.store.orders import ORDER_KEY, ORDERS
from safar.store.windows import Segments, Spans, hull, previous_at
from safar.vocabulary.answer import Note, Provenance, checked_windows, notes_with_facts
from safar.vocabulary.event import ALIAS, GROUP
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, normal_quantile, share
from safar.vocabulary.lifecycle import (
    ACTION_DECIDED,
    CAMPAIGN_SENT,
    CONVERSATION_RESOLVED,
    EXPERIMENT_VIEWED,
    ITEM_CHANGED,
    MESSAGE_SENT,
    ORDER_DELIVERED,
    ORDER_PLACED,
    ORDER_SHIPPED,
    RECOMMENDATIONS_SHOWN,
    SURVEY_SENT,
    VISITED,
)
from safar.vocabulary.window import Window

if TYPE_CHECKING:
    from safar.store.extracts import Rows
    from safar.store.log import Log
    from safar.store.paths import PathShard

#: What the company does to a customer, and what only joins two ids: neither makes a customer active.
NOT_BY_CUSTOMER: Final = (
    ACTION_DECIDED
    | CAMPAIGN_SENT
    | CONVERSATION_RESOLVED
    | EXPERIMENT_VIEWED
    | ITEM_CHANGED
    | MESSAGE_SENT
    | ORDER_DELIVERED
    | ORDER_SHIPPED
    | RECOMMENDATIONS_SHOWN
    | SURVEY_SENT
    | {ALIAS, GROUP}
)


@dataclass(frozen=True, slots=True)
class OverviewQuestion:
    """Who came, who is new, what was ordered, who went on to order, in each window?

    Parameters
    ----------
    windows
        Stretches of time, each answered by itself.
    level
        Confidence level of the conversion rate's interval.

    Raises
    ------
    NoWindows, ImpossibleLevel
    """

    windows: tuple[Window, ...]
    level: float = field(default=DEFAULT_LEVEL, kw_only=True)

    def __post_init__(self) -> None:
        checked_windows(self.windows)
        normal_quantile(self.level)


@dataclass(frozen=True, slots=True)
class Overview:
    """What happened in one window. All are counts of customers, orders or events.

    Attributes
    ----------
    customers
        Customers who did something themselves (see `NOT_BY_CUSTOMER`). An anonymous visitor is one
        customer until identity joins him with another.
    new_customers
        Those of them who had never done anything before the window.
    events
        All events, whoever caused them.
    orders
        Distinct orders: by ``order_id``, and by event where an order has no id.
    orders_squared
        Sum over customers of the square of their orders: what the variance of ``orders`` follows from, as orders of one
        customer are not independent of one another.
    orderers
        Customers who placed at least one order.
    visitors
        Customers with a visit: a page, a screen, a shop.
    converted
        Visitors who also ordered in the window.
    conversion
        ``converted / visitors``, 0…1, with Wilson's interval; None without visitors. The unit is the
        customer.
    """

    customers: int
    new_customers: int
    events: int
    orders: int
    orders_squared: int
    orderers: int
    visitors: int
    converted: int
    conversion: Estimate | None


@dataclass(frozen=True, slots=True)
class Shared:
    """What the first two windows share: without it, comparing them would take one customer for two.

    Attributes
    ----------
    customers
        Customers who are active in both.
    order_products
        Sum over customers of their orders in the first times their orders in the second.
    """

    customers: int
    order_products: int


@dataclass(frozen=True, slots=True)
class OverviewAnswer:
    """One overview for each window of the question.

    Attributes
    ----------
    overviews
        In the order of the windows.
    shared
        Between the first window and the second, which is the one that it is compared with; None for a single window.
    first_event_at, last_event_at
        Ends of the whole log; None when it is empty. A window before the first event is no basis for a
        comparison.
    """

    overviews: tuple[Overview, ...]
    shared: Shared | None
    first_event_at: datetime | None
    last_event_at: datetime | None
    notes: tuple[Note, ...]
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class People:
    """Counts of persons and events of some shards; those of several are added.

    Attributes
    ----------
    of_segments
        For each segment of the windows: events; persons whose first own event ever is there.
    of_windows
        For each window: persons active, ordered, visited, visited and ordered; in the first row, also persons active in
        the first two windows.
    """

    of_segments: NDArray[np.int64]
    of_windows: NDArray[np.int64]

    def merged(self, other: People) -> People:
        """Return the counts of both: no person is in two shards."""
        return People(self.of_segments + other.of_segments, self.of_windows + other.of_windows)


def people_of_shard(shard: PathShard, segments: Segments) -> People:
    """Count the persons of one shard."""
    from safar.store import window_kernels  # noqa: PLC0415 - compiled code only when needed

    windows, count = segments.inside.shape
    found = People(np.zeros((count, 2), np.int64), np.zeros((windows, 5), np.int64))
    roles = (
        ~shard.codes_in(NOT_BY_CUSTOMER) * window_kernels.ACTIVE
        + shard.codes_in(VISITED) * window_kernels.VISITED
        + shard.codes_in(ORDER_PLACED) * window_kernels.ORDERED
    ).astype(np.uint8)
    window_kernels.count_people(
        shard.first,
        shard.end,
        shard.time,
        shard.code,
        roles,
        segments.bounds,
        *segments.members,
        found.of_segments,
        found.of_windows,
    )
    return found


@dataclass(frozen=True, slots=True)
class _Orders:
    """Distinct orders of one window, the sum of their squares by customer, and how many each customer has."""

    count: int
    squared: int
    by_customer: NDArray[np.int64]


def _orders(rows: Rows, windows: Sequence[Window]) -> tuple[_Orders, ...]:
    """Count the orders of each window. An order told twice belongs to the customer it was told of first."""
    spans = Spans.of(windows, rows.time)
    before = previous_at(rows.time, rows.fields[ORDER_KEY].values)
    customers, whose = np.unique(rows.person, return_inverse=True)
    found = []
    for inside, start in zip(spans.slices, spans.starts, strict=True):
        counts = np.bincount(whose[inside][before[inside] < start], minlength=len(customers))
        found.append(_Orders(int(counts.sum()), int(counts @ counts), counts))
    return tuple(found)


def overview(log: Log, question: OverviewQuestion, *, executor: Executor | None = None) -> OverviewAnswer:
    """Answer who came, who is new, what was ordered, and what share of visitors ordered.

    Parameters
    ----------
    log
        Where the events are.
    question
        Windows and confidence level.
    executor
        What walks the shards side by side; one after another when None.

    Returns
    -------
    OverviewAnswer
        A note says, for the first window alone, how many customers ordered without a visit that was seen
        (``conversion.without_visit``): by phone, in a shop, or on a page that is not measured. They are in
        ``orderers`` but not in ``converted``.

    Notes
    -----
    A customer who comes on two days is one customer of the month and one of each day: windows do not add up.
    """
    paths = log.paths()
    segments = Segments.of(question.windows)
    none = People(
        np.zeros((segments.inside.shape[1], 2), np.int64), np.zeros((len(question.windows), 5), np.int64)
    )
    each = (executor.map if executor else map)(partial(people_of_shard, segments=segments), paths.shards)
    people = reduce(People.merged, each, none)
    of_segments = segments.of_windows(people.of_segments)
    rows = log.rows(ORDERS, hull(question.windows))
    orders = _orders(rows.where(rows.are(ORDER_PLACED)), question.windows)
    history = log.info()
    overviews = []
    for place in range(len(question.windows)):
        events, newcomers = of_segments[place].tolist()
        customers, orderers, visitors, converted = people.of_windows[place, :4].tolist()
        overviews.append(
            Overview(
                customers=customers,
                new_customers=newcomers,
                events=events,
                orders=orders[place].count,
                orders_squared=orders[place].squared,
                orderers=orderers,
                visitors=visitors,
                converted=converted,
                conversion=share(converted, visitors, level=question.level),
            )
        )
    unseen = overviews[0].orderers - overviews[0].converted
    return OverviewAnswer(
        overviews=tuple(overviews),
        shared=Shared(int(people.of_windows[0, 4]), int(orders[0].by_customer @ orders[1].by_customer))
        if len(question.windows) > 1
        else None,
        first_event_at=history.first_at,
        last_event_at=history.last_at,
        notes=notes_with_facts([("conversion.without_visit", unseen)]),
        provenance=Provenance(question, paths.version, overviews[0].events),
    )
