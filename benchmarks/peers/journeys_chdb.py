"""The questions of `journeys_questions`, asked of chDB: a MergeTree by (customer, time), kept beside the log."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from chdb import session

from . import journeys_questions as q
from .journeys_log import DAY, START, Made

_RULED = f"event = '{q.RULED}' AND plan = '{q.RULED_PLAN}'"
_DID = f"event = '{q.SEGMENT}' AND plan = '{q.SEGMENT_PLAN}'"
_SEGMENT = f"customer IN (SELECT DISTINCT customer FROM events WHERE {_DID})"


def load(found: Made, question: str) -> q.Asked | None:
    """Open the table, made once from the Parquet file, and bring it into the memory of the operating system."""
    base = session.Session(str(found.folder / "chdb"))
    base.query("CREATE DATABASE IF NOT EXISTS bench")
    base.query("USE bench")
    base.query("SET max_threads = 2, max_memory_usage = 17179869184")
    base.query(
        """CREATE TABLE IF NOT EXISTS events (customer UInt32, event LowCardinality(String), time Int64,
            channel LowCardinality(String), plan LowCardinality(String), items UInt8)
        ENGINE = MergeTree ORDER BY (customer, time)"""
    )
    if int(str(base.query("SELECT count() FROM events"))) != found.events:
        base.query("TRUNCATE TABLE events")
        base.query(
            f"""INSERT INTO events SELECT customer, event, toUnixTimestamp64Micro(time), channel, plan, items
            FROM file('{found.parquet}', Parquet)"""
        )
        base.query("OPTIMIZE TABLE events FINAL")
    base.query("SELECT sum(cityHash64(*)) FROM events")

    def asked(query: str, told: Any) -> q.Asked:
        return q.Asked(lambda: _rows(str(base.query(query, "JSONCompactEachRow"))), told)

    steps = [f"event = '{name}'" for name in q.FUNNEL]
    ruled = [_RULED if name == q.RULED else f"event = '{name}'" for name in q.FUNNEL]
    return {
        "flow": asked(flow("event"), q.flow_told),
        "variants": asked(
            f"""SELECT path, count() FROM (
                SELECT arrayMap(x -> x.2, arraySort(groupArray((time, event)))) AS path FROM events GROUP BY customer
            ) GROUP BY path ORDER BY 2 DESC LIMIT {q.TOP}""",
            lambda rows: q.variants_told([(tuple(path), int(count)) for path, count in rows]),
        ),
        "funnel": asked(funnel(steps, q.FUNNEL_WITHIN), _levels(len(steps))),
        "funnel_ever": asked(funnel(steps, q.EVER), _levels(len(steps))),
        "long_funnel": asked(
            funnel([f"event = '{name}'" for name in q.LONG_FUNNEL], q.LONG_WITHIN),
            _levels(len(q.LONG_FUNNEL)),
        ),
        "retention": asked(RETENTION, lambda rows: q.retention_told([tuple(map(int, row)) for row in rows])),
        "sessions": asked(SESSIONS, lambda rows: [round(float(each)) for each in rows[0]]),
        "paths": asked(PATHS, lambda rows: sorted([int(d) - 1, s, t, int(n)] for d, s, t, n in rows)),
        "attribution": asked(
            ATTRIBUTION,
            lambda rows: q.removal_told([(s, t or None, bool(int(b)), int(n)) for s, t, b, n in rows]),
        ),
        "series": asked(SERIES, lambda rows: sorted([int(day), channel, int(n)] for day, channel, n in rows)),
        "ruled_flow": asked(flow(f"if({_RULED}, '{q.RULED_NAME}', event)", _SEGMENT), q.flow_told),
        "ruled_funnel": asked(funnel(ruled, q.FUNNEL_WITHIN, _SEGMENT), _levels(len(ruled))),
    }.get(question)


def flow(step: str, among: str = "1") -> str:
    """Return the question about the flow in SQL."""
    return f"""
        SELECT source, target, count(), quantileExactInclusive(0.5)(later - time) FROM (
            SELECT customer, {step} AS source, time,
                leadInFrame({step}) OVER following AS target,
                leadInFrame(customer) OVER following AS next_customer,
                leadInFrame(time) OVER following AS later
            FROM events WHERE {among}
            WINDOW following AS (ORDER BY customer, time ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING)
        ) WHERE customer = next_customer AND later != 0 GROUP BY 1, 2"""


def funnel(steps: Sequence[str], within: timedelta, among: str = "1") -> str:
    """Return how many customers end at which level."""
    span = within // timedelta(microseconds=1)
    return f"""
        SELECT level, count() FROM (
            SELECT windowFunnel({span})(toUInt64(time), {", ".join(steps)}) AS level FROM events
            WHERE {among} GROUP BY customer
        ) GROUP BY level"""


def _levels(count: int) -> Any:
    def told(rows: list[list[Any]]) -> q.Answer:
        ended = {int(level): int(customers) for level, customers in rows}
        return [sum(n for level, n in ended.items() if level >= place) for place in range(1, count + 1)]

    return told


RETENTION = f"""
    SELECT cohort, week - cohort AS after, count() FROM (
        SELECT min(intDiv(time - {START}, {7 * DAY})) AS cohort,
            groupUniqArray(intDiv(time - {START}, {7 * DAY})) AS weeks
        FROM events GROUP BY customer
    ) ARRAY JOIN weeks AS week WHERE cohort < {q.COHORTS} AND after <= {q.WEEKS} GROUP BY 1, 2"""

SESSIONS = f"""
    SELECT count(), countIf(n = 1), quantileExactInclusive(0.5)(length), quantileExactInclusive(0.9)(length) FROM (
        SELECT arrayJoin(arrayMap(part -> (length(part), part[-1] - part[1]), arraySplit(
            (t, gap) -> gap > {q.PAUSE // timedelta(microseconds=1)}, times, arrayDifference(times)))) AS s,
            s.1 AS n, s.2 AS length
        FROM (SELECT arraySort(groupArray(time)) AS times FROM events GROUP BY customer))"""


PATHS = f"""
    SELECT depth, part[depth] AS source, part[depth + 1] AS target, count() FROM (
        SELECT arraySlice(path, indexOf(path, '{q.ANCHOR}'), {q.DEPTH + 1}) AS part FROM (
            SELECT arrayMap(x -> x.2, arraySort(groupArray((time, event)))) AS path FROM events GROUP BY customer
        ) WHERE has(path, '{q.ANCHOR}')
    ) ARRAY JOIN arrayEnumerate(arrayPopBack(part)) AS depth GROUP BY ALL"""

ATTRIBUTION = f"""
    SELECT state, if(next_customer = customer AND later != 0, next_state, '') AS target,
        (last_customer != customer OR earlier = 0 OR last_state = '{q.CONVERSION}') AS begins, count() FROM (
        SELECT customer, if(event = '{q.CONVERSION}', '{q.CONVERSION}', channel) AS state,
            leadInFrame(state) OVER around AS next_state, leadInFrame(customer) OVER around AS next_customer,
            leadInFrame(time) OVER around AS later, lagInFrame(state) OVER around AS last_state,
            lagInFrame(customer) OVER around AS last_customer, lagInFrame(time) OVER around AS earlier
        FROM events WINDOW around AS (ORDER BY customer, time ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING)
    ) WHERE state != '{q.CONVERSION}' GROUP BY ALL"""

SERIES = f"""
    SELECT intDiv(time - {START}, {DAY}) AS day, channel, count() FROM events WHERE day < {q.DAYS} GROUP BY ALL"""


def _rows(text: str) -> list[list[Any]]:
    return [json.loads(line) for line in text.splitlines()]


if __name__ == "__main__":
    q.serve(load)
