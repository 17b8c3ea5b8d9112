"""The overview: who came, who is new, what they ordered, how many went on to order.

Counts are facts about the log, not samples: they carry no interval. The conversion rate is read as an
estimate of how this kind of visitor behaves, so it does.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

from safar.store.windows import INSIDE, INSIDE_ANY, WINDOWS, window_parameters
from safar.vocabulary.answer import Note, Provenance, checked_windows, notes_with_facts
from safar.vocabulary.event import ALIAS, GROUP
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, normal_quantile, share
from safar.vocabulary.lifecycle import (
    CAMPAIGN_SENT,
    CONVERSATION_RESOLVED,
    MESSAGE_SENT,
    ORDER_DELIVERED,
    ORDER_PLACED,
    ORDER_SHIPPED,
    SURVEY_SENT,
    VISITED,
)
from safar.vocabulary.window import Window

if TYPE_CHECKING:
    from safar.store.log import Log

#: What the company does to a customer, and what only joins two ids: neither makes a customer active.
NOT_BY_CUSTOMER: Final = (
    CAMPAIGN_SENT
    | CONVERSATION_RESOLVED
    | MESSAGE_SENT
    | ORDER_DELIVERED
    | ORDER_SHIPPED
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


_PEOPLE: Final = f"""
WITH {WINDOWS},
inside AS (
    SELECT customer_id, occurred_at,
        list_contains($visited::VARCHAR[], event_name) AS visited,
        list_contains($ordered::VARCHAR[], event_name) AS ordered,
        NOT list_contains($passive::VARCHAR[], event_name) AS active
    FROM events WHERE {INSIDE_ANY}
),
people AS (
    SELECT place, customer_id, bool_or(visited) AS visited, bool_or(ordered) AS ordered,
        bool_or(active) AS active, count(*) AS events
    FROM inside JOIN windows ON {INSIDE}
    GROUP BY ALL
)
SELECT place, count(*) FILTER (WHERE active), count(*) FILTER (WHERE ordered),
    count(*) FILTER (WHERE visited), count(*) FILTER (WHERE visited AND ordered), sum(events)::BIGINT,
    count(*) FILTER (WHERE active AND place = 0 AND customer_id IN (
        SELECT customer_id FROM people WHERE active AND place = 1
    ))
FROM people GROUP BY ALL
"""  # noqa: S608 - only constants of this code are put in; values go as parameters

_NEWCOMERS: Final = f"""
WITH {WINDOWS},
arrivals AS (
    SELECT min(occurred_at) AS occurred_at FROM events
    WHERE NOT list_contains($passive::VARCHAR[], event_name) AND occurred_at < $until::TIMESTAMPTZ
    GROUP BY customer_id
)
SELECT place, count(*) FROM arrivals JOIN windows ON {INSIDE} WHERE occurred_at >= $from::TIMESTAMPTZ GROUP
BY ALL
"""  # noqa: S608

_ORDERS: Final = f"""
WITH {WINDOWS},
orders AS (
    SELECT customer_id, occurred_at, coalesce(properties->>'order_id', event_id::VARCHAR) AS order_id
    FROM events WHERE event_name IN (SELECT unnest($ordered::VARCHAR[])) AND {INSIDE_ANY}
),
once AS (
    SELECT place, order_id, any_value(customer_id) AS customer_id FROM orders JOIN windows ON {INSIDE} GROUP BY ALL
),
people AS (SELECT place, customer_id, count(*) AS orders FROM once GROUP BY ALL)
SELECT place, sum(people.orders)::BIGINT, sum(people.orders * people.orders)::BIGINT,
    coalesce(sum(people.orders * second.orders) FILTER (WHERE place = 0), 0)::BIGINT
FROM people LEFT JOIN (SELECT customer_id, orders FROM people WHERE place = 1) AS second USING (customer_id)
GROUP BY ALL
"""  # noqa: S608


def overview(log: Log, question: OverviewQuestion) -> OverviewAnswer:
    """Answer who came, who is new, what was ordered, and what share of visitors ordered.

    Parameters
    ----------
    log
        Where the events are.
    question
        Windows and confidence level.

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
    version = log.version
    bounds = window_parameters(question.windows)
    passive, ordered = sorted(NOT_BY_CUSTOMER), sorted(ORDER_PLACED)
    people = {
        place: counts
        for place, *counts in log.sql(
            _PEOPLE, {**bounds, "visited": sorted(VISITED), "ordered": ordered, "passive": passive}
        ).rows()
    }
    newcomers = dict(log.sql(_NEWCOMERS, {**bounds, "passive": passive}).rows())
    orders = {place: counts for place, *counts in log.sql(_ORDERS, {**bounds, "ordered": ordered}).rows()}
    history = log.info()
    overviews = []
    for place in range(len(question.windows)):
        customers, orderers, visitors, converted, events, _ = people.get(place, (0, 0, 0, 0, 0, 0))
        ordered_count, squared, _ = orders.get(place, (0, 0, 0))
        overviews.append(
            Overview(
                customers=customers,
                new_customers=newcomers.get(place, 0),
                events=events,
                orders=ordered_count,
                orders_squared=squared,
                orderers=orderers,
                visitors=visitors,
                converted=converted,
                conversion=share(converted, visitors, level=question.level),
            )
        )
    unseen = overviews[0].orderers - overviews[0].converted
    return OverviewAnswer(
        overviews=tuple(overviews),
        shared=Shared(people.get(0, (0,))[-1], orders.get(0, (0,))[-1])
        if len(question.windows) > 1
        else None,
        first_event_at=history.first_at,
        last_event_at=history.last_at,
        notes=notes_with_facts([("conversion.without_visit", unseen)]),
        provenance=Provenance(question, version, overviews[0].events),
    )
