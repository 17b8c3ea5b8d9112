"""The answers of Today by plain SQL over the view ``events``: slow and plain, to hold the fast ones against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from safar.listen.answer_counts import AnswerCounts, AnswersQuestion, Scale
from safar.listen.response import Response, ResponseQuestion
from safar.listen.surveys import HIGHER_IS_BETTER
from safar.measure.revenue import CurrencyRevenue, Revenue, RevenueQuestion
from safar.observe.overview import NOT_BY_CUSTOMER, Overview, OverviewQuestion, Shared
from safar.store.log import Log
from safar.vocabulary.answer import Note, notes_with_facts
from safar.vocabulary.interval import share
from safar.vocabulary.lifecycle import (
    ORDER_PLACED,
    ORDER_RETURNED,
    SURVEY_ANSWERED,
    SURVEY_SENT,
    VISITED,
)
from safar.vocabulary.money import EXPONENTS, Money
from safar.vocabulary.window import Window

#: A common table expression named ``windows``.
WINDOWS: Final = (
    "windows AS (SELECT unnest(range(len($starts))) AS place, unnest($starts::TIMESTAMPTZ[]) AS start_at,"
    " unnest($ends::TIMESTAMPTZ[]) AS end_at)"
)

#: The condition that lets a scan of ``events`` skip what lies outside all windows.
INSIDE_ANY: Final = "occurred_at >= $from::TIMESTAMPTZ AND occurred_at < $until::TIMESTAMPTZ"

#: The condition that joins an event to its windows.
INSIDE: Final = "occurred_at >= start_at AND occurred_at < end_at"


def window_parameters(windows: Sequence[Window]) -> dict[str, datetime | list[datetime]]:
    """Return the parameters of a query that uses `WINDOWS` and `INSIDE_ANY`. ``windows`` is not empty."""
    return {
        "starts": [window.start for window in windows],
        "ends": [window.end for window in windows],
        "from": min(window.start for window in windows),
        "until": max(window.end for window in windows),
    }


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
"""

_NEWCOMERS: Final = f"""
WITH {WINDOWS},
arrivals AS (
    SELECT min(occurred_at) AS occurred_at FROM events
    WHERE NOT list_contains($passive::VARCHAR[], event_name) AND occurred_at < $until::TIMESTAMPTZ
    GROUP BY customer_id
)
SELECT place, count(*) FROM arrivals JOIN windows ON {INSIDE} WHERE occurred_at >= $from::TIMESTAMPTZ GROUP
BY ALL
"""

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
"""


def overview_by_sql(log: Log, question: OverviewQuestion) -> tuple[tuple[Overview, ...], Shared | None]:
    """Return the overviews and what the first two windows share."""
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
    if len(question.windows) == 1:
        return tuple(overviews), None
    return tuple(overviews), Shared(people.get(0, (0,))[-1], orders.get(0, (0,))[-1])


_REVENUE: Final = f"""
WITH {WINDOWS},
moved AS (
    SELECT occurred_at, currency, amount, list_contains($ordered::VARCHAR[], event_name) AS is_order,
        coalesce(properties->>'order_id', event_id::VARCHAR) AS order_id
    FROM events
    WHERE event_name IN (SELECT unnest($ordered::VARCHAR[] || $returned::VARCHAR[])) AND {INSIDE_ANY}
)
SELECT place, currency,
    coalesce(sum(amount) FILTER (WHERE is_order), 0)::VARCHAR,
    coalesce(sum(amount) FILTER (WHERE NOT is_order), 0)::VARCHAR,
    count(DISTINCT order_id) FILTER (WHERE is_order),
    count(*) FILTER (WHERE is_order AND amount < 0), count(*)
FROM moved JOIN windows ON {INSIDE}
GROUP BY ALL
"""


def revenue_by_sql(
    log: Log, question: RevenueQuestion
) -> tuple[dict[str, CurrencyRevenue], tuple[Note, ...], int]:
    """Return the revenue by currency, the notes and the rows read."""
    rows = log.sql(
        _REVENUE,
        {
            **window_parameters(question.windows),
            "ordered": sorted(ORDER_PLACED),
            "returned": sorted(ORDER_RETURNED),
        },
    ).rows()
    found: dict[str, dict[int, Revenue]] = {}
    no_amount = unknown = negative = 0
    for place, currency, ordered, refunded, orders, below_zero, count in rows:
        first = place == 0
        if currency in EXPONENTS:
            money = Revenue(Money(int(ordered), currency), Money(int(refunded), currency), orders)
            found.setdefault(currency, {})[place] = money
            negative += below_zero if first else 0
        elif currency:
            unknown += count if first else 0
        else:
            no_amount += count if first else 0
    by_currency = {
        currency: CurrencyRevenue(
            currency,
            tuple(
                found[currency].get(place, Revenue(Money(0, currency), Money(0, currency), 0))
                for place in range(len(question.windows))
            ),
        )
        for currency in sorted(found)
    }
    notes = notes_with_facts(
        [
            ("revenue.currencies_apart", len(found) if len(found) > 1 else 0),
            ("revenue.no_amount", no_amount),
            ("revenue.unknown_currency", unknown),
            ("revenue.negative_orders", negative),
        ]
    )
    return by_currency, notes, sum(row[6] for row in rows if row[0] == 0)


_ANSWERS: Final = f"""
WITH {WINDOWS},
answers AS (
    SELECT customer_id, occurred_at, properties->>'metric' AS metric,
        TRY_CAST(properties->>'value' AS DOUBLE) AS value,
        TRY_CAST(properties->>'scale_min' AS INTEGER) AS lowest,
        TRY_CAST(properties->>'scale_max' AS INTEGER) AS highest,
        coalesce(properties->>'direction', '{HIGHER_IS_BETTER}') AS direction
    FROM events
    WHERE event_name IN (SELECT unnest($names::VARCHAR[])) AND {INSIDE_ANY}
        AND properties->>'metric' IN (SELECT unnest($metrics::VARCHAR[]))
        AND ($question_key::VARCHAR IS NULL OR properties->>'question_key' = $question_key)
)
SELECT metric, place, value, lowest, highest, direction, count(*),
    count(*) - count(*) FILTER (WHERE is_first)
FROM (
    SELECT windows.place, answers.*,
        row_number() OVER (PARTITION BY metric, place, customer_id ORDER BY occurred_at) = 1 AS is_first
    FROM answers JOIN windows ON {INSIDE}
)
GROUP BY ALL
"""


def answers_by_sql(
    log: Log, question: AnswersQuestion, scales: Mapping[str, Scale]
) -> Mapping[str, AnswerCounts]:
    """Return the counts of each metric."""
    rows: dict[str, list[tuple[Any, ...]]] = {metric: [] for metric in scales}
    for metric, *row in log.sql(
        _ANSWERS,
        {
            **window_parameters(question.windows),
            "names": sorted(SURVEY_ANSWERED),
            "metrics": sorted(scales),
            "question_key": question.question_key,
        },
    ).rows():
        rows[metric].append(tuple(row))
    return {
        metric: _counted(rows[metric], len(question.windows), metric, scale)
        for metric, scale in scales.items()
    }


def _counted(rows: Sequence[tuple[Any, ...]], windows: int, metric: str, scale: Scale) -> AnswerCounts:
    by_window = [dict.fromkeys(scale.points, 0) for _ in range(windows)]
    other_scale = unreadable = repeated = rows_read = 0
    for place, value, lowest, highest, direction, count, again in rows:
        if (lowest, highest, direction) != (scale.lowest, scale.highest, scale.direction):
            other_scale += count if place == 0 else 0
        elif value is None or value not in by_window[place]:
            unreadable += count if place == 0 else 0
        else:
            by_window[place][int(value)] += count
            rows_read += count if place == 0 else 0
            repeated += again if place == 0 else 0
    notes = notes_with_facts(
        [
            (f"{metric}.other_scale", other_scale),
            (f"{metric}.unreadable", unreadable),
            (f"{metric}.repeated", repeated),
        ]
    )
    return AnswerCounts(tuple(by_window), rows_read, notes)


_RESPONSE: Final = f"""
WITH {WINDOWS},
asked AS MATERIALIZED (
    SELECT list_contains($sent::VARCHAR[], event_name) AS is_sent, properties->>'invitation_id' AS invitation_id,
        occurred_at
    FROM events
    WHERE event_name IN (SELECT unnest($sent::VARCHAR[] || $answered::VARCHAR[]))
        AND occurred_at >= $from::TIMESTAMPTZ
),
sent AS (SELECT invitation_id, occurred_at FROM asked WHERE is_sent AND {INSIDE_ANY}),
invitations AS (
    SELECT invitation_id, min(occurred_at) AS sent_at FROM sent WHERE invitation_id IS NOT NULL GROUP BY ALL
),
answers AS (
    SELECT invitation_id, min(occurred_at) AS answered_at FROM asked WHERE NOT is_sent GROUP BY ALL
),
judged AS (
    SELECT sent_at AS occurred_at,
        coalesce(answered_at - sent_at <= to_microseconds($within_us::BIGINT), false) AS answered,
        sent_at + to_microseconds($within_us::BIGINT) > $last::TIMESTAMPTZ AS young
    FROM invitations LEFT JOIN answers USING (invitation_id)
),
anonymous AS (
    SELECT place, count(*) AS without_id
    FROM sent JOIN windows ON {INSIDE} WHERE invitation_id IS NULL GROUP BY ALL
)
SELECT place, count(*) FILTER (WHERE NOT young), count(*) FILTER (WHERE answered AND NOT young),
    count(*) FILTER (WHERE young), any_value(coalesce(without_id, 0))
FROM windows LEFT JOIN judged ON {INSIDE} LEFT JOIN anonymous USING (place)
GROUP BY place ORDER BY place
"""


def response_by_sql(log: Log, question: ResponseQuestion) -> tuple[tuple[Response, ...], tuple[Note, ...]]:
    """Return the responses and the notes."""
    rows = log.sql(
        _RESPONSE,
        {
            **window_parameters(question.windows),
            "sent": sorted(SURVEY_SENT),
            "answered": sorted(SURVEY_ANSWERED),
            "last": log.info().last_at,
            "within_us": question.answer_within // timedelta(microseconds=1),
        },
    ).rows()
    notes = notes_with_facts([("response.still_open", rows[0][3]), ("response.no_id", rows[0][4])])
    responses = tuple(
        Response(sent, answered, share(answered, sent, level=question.level), young)
        for _, sent, answered, young, _ in rows
    )
    return responses, notes
