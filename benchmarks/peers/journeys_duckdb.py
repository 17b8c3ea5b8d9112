"""The questions of `journeys_questions`, asked of DuckDB: a table in memory, in the order of (customer, time).

Windows without PARTITION BY run over the order of the table without sorting it: the fastest form that was found.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import duckdb

from . import journeys_questions as q
from .journeys_log import BUILD, DAY, EVENTS, START, Made

_SEGMENT = (
    f"customer IN (SELECT customer FROM events WHERE event = '{q.SEGMENT}' AND plan = '{q.SEGMENT_PLAN}')"
)
_RULED = f"event = '{q.RULED}' AND plan = '{q.RULED_PLAN}'"


def load(found: Made, question: str) -> q.Asked | None:
    """Read the Parquet file into memory; texts become enumerations."""
    base = duckdb.connect(
        config={"threads": 2, "memory_limit": "16GB", "temp_directory": str(BUILD / "spill")}
    )
    file = str(found.parquet)
    for name in ("event", "channel", "plan"):
        base.execute(
            f"CREATE TYPE {name}s AS ENUM (SELECT DISTINCT {name}::VARCHAR v FROM '{file}' ORDER BY v)"
        )
    base.execute(
        f"""CREATE TABLE events AS SELECT customer, event::VARCHAR::events AS event, time,
            channel::VARCHAR::channels AS channel, plan::VARCHAR::plans AS plan, items FROM '{file}'"""
    )

    def asked(query: str, told: Any = list) -> q.Asked:
        return q.Asked(lambda: base.execute(query).fetchall(), told)

    steps = [f"event = '{name}'" for name in q.FUNNEL]
    ruled = [_RULED if name == q.RULED else f"event = '{name}'" for name in q.FUNNEL]
    return {
        "flow": asked(flow("event"), q.flow_told),
        "variants": asked(variants("enum_code(event)"), _variants),
        "funnel": asked(funnel(steps, q.FUNNEL_WITHIN), lambda rows: list(rows[0])),
        "funnel_ever": asked(funnel(steps, q.EVER), lambda rows: list(rows[0])),
        "long_funnel": asked(
            funnel([f"event = '{name}'" for name in q.LONG_FUNNEL], q.LONG_WITHIN), lambda rows: list(rows[0])
        ),
        "retention": asked(RETENTION, q.retention_told),
        "sessions": asked(sessions(), lambda rows: [round(each) for each in rows[0]]),
        "paths": asked(PATHS, lambda rows: sorted(map(list, rows))),
        "attribution": asked(ATTRIBUTION, q.removal_told),
        "series": asked(SERIES, lambda rows: sorted(map(list, rows))),
        "patterns": asked(PATTERNS, lambda rows: list(rows[0])),
        "step_matrix": asked(STEP_MATRIX, lambda rows: sorted(map(list, rows))),
        "goals": asked(GOALS, lambda rows: list(rows[0])),
        "searches": asked(SEARCHES, lambda rows: sorted(map(list, rows))),
        "ruled_flow": asked(
            flow(f"CASE WHEN {_RULED} THEN '{q.RULED_NAME}' ELSE event::VARCHAR END", _SEGMENT), q.flow_told
        ),
        "ruled_funnel": asked(funnel(ruled, q.FUNNEL_WITHIN, _SEGMENT), lambda rows: list(rows[0])),
        "ruled_variants": asked(
            variants(f"CASE WHEN {_RULED} THEN {len(EVENTS)} ELSE enum_code(event) END", _SEGMENT), _variants
        ),
        "ruled_retention": asked(RULED_RETENTION, q.retention_told),
        "ruled_sessions": asked(sessions(_SEGMENT), lambda rows: [round(each) for each in rows[0]]),
    }.get(question)


def flow(step: str, among: str = "TRUE") -> str:
    """Return the question about the flow in SQL."""
    return f"""
        WITH pairs AS (
            SELECT customer, {step} AS source, lead({step}) OVER () AS target,
                lead(customer) OVER () AS next_customer,
                epoch_us(lead(time) OVER ()) - epoch_us(time) AS gap
            FROM events
        )
        SELECT source, target, count(*), median(gap) FROM pairs
        WHERE customer = next_customer AND {among} GROUP BY 1, 2"""


def funnel(steps: Sequence[str], within: timedelta, among: str = "TRUE") -> str:
    """Return the question about a funnel in SQL: each step joins the last event that reached the step before it."""
    parts = [
        f"s0 AS MATERIALIZED (SELECT customer, time, time AS begun FROM events WHERE {steps[0]} AND {among})"
    ]
    parts += [
        f"""s{place} AS MATERIALIZED (
            SELECT e.customer, e.time, p.begun FROM (SELECT customer, time FROM events WHERE {step}) e
            ASOF JOIN s{place - 1} p ON e.customer = p.customer AND e.time > p.time
            WHERE e.time - p.begun <= INTERVAL '{within // timedelta(seconds=1)}' SECOND)"""
        for place, step in enumerate(steps)
        if place
    ]
    counts = ", ".join(f"(SELECT count(DISTINCT customer) FROM s{place})" for place in range(len(steps)))
    return f"WITH {', '.join(parts)} SELECT {counts}"


def variants(code: str, among: str = "TRUE") -> str:
    """Return the question about variants in SQL: a path is a text of one letter a step."""
    return f"""
        SELECT path, count(*) FROM (
            SELECT string_agg(chr(65 + {code}), '' ORDER BY time) AS path FROM events WHERE {among} GROUP BY customer
        ) GROUP BY 1 ORDER BY 2 DESC LIMIT {q.TOP}"""


_WEEK = f"((epoch_us(time) - {START}) // {7 * DAY})::SMALLINT"
RETENTION = f"""
    WITH weeks AS MATERIALIZED (
        SELECT DISTINCT customer, {_WEEK} AS week FROM events
    ), cohorts AS (SELECT customer, min(week) AS cohort FROM weeks GROUP BY 1)
    SELECT cohort, week - cohort AS after, count(*) FROM weeks JOIN cohorts USING (customer)
    WHERE cohort < {q.COHORTS} AND week - cohort <= {q.WEEKS} GROUP BY 1, 2"""

RULED_RETENTION = f"""
    WITH cohorts AS MATERIALIZED (
        SELECT customer, min({_WEEK}) AS cohort FROM events WHERE {_SEGMENT} GROUP BY 1 HAVING cohort < {q.COHORTS}
    ), weeks AS (SELECT DISTINCT customer, {_WEEK} AS week FROM events WHERE {_RULED})
    SELECT cohort, 0, count(*) FROM cohorts GROUP BY 1 UNION ALL
    SELECT cohort, week - cohort AS after, count(*) FROM weeks JOIN cohorts USING (customer)
    WHERE week - cohort BETWEEN 1 AND {q.WEEKS} GROUP BY 1, 2"""


_NUMBERED = f"""
    WITH marks AS (
        SELECT customer, event, time, (customer IS DISTINCT FROM lag(customer) OVER ()
            OR time - lag(time) OVER () > INTERVAL '{q.PAUSE // timedelta(seconds=1)}' SECOND)::INT AS begins
        FROM events
    ), numbered AS (
        SELECT customer, event, time, sum(begins) OVER (ROWS UNBOUNDED PRECEDING) AS session FROM marks
    )"""


def sessions(among: str = "TRUE") -> str:
    """Return the question about sessions in SQL."""
    return f"""{_NUMBERED}, lengths AS (
        SELECT count(*) AS events, epoch_us(max(time)) - epoch_us(min(time)) AS length FROM numbered
        WHERE {among} GROUP BY session
    )
    SELECT count(*), count(*) FILTER (events = 1), median(length), quantile_cont(length, 0.9) FROM lengths"""


_LEADS = ", ".join(
    f"lead(event, {far}) OVER () AS e{far}, lead(customer, {far}) OVER () AS c{far}"
    for far in range(1, q.DEPTH + 1)
)
PATHS = f"""
    WITH firsts AS MATERIALIZED (
        SELECT customer, event AS e0, * EXCLUDE (customer, event, time)
        FROM (SELECT customer, event, time, {_LEADS} FROM events) WHERE event = '{q.ANCHOR}'
        QUALIFY row_number() OVER (PARTITION BY customer ORDER BY time) = 1
    ) """ + " UNION ALL ".join(
    f"SELECT {far}, e{far}, e{far + 1}, count(*) FROM firsts WHERE c{far + 1} = customer GROUP BY ALL"
    for far in range(q.DEPTH)
)

ATTRIBUTION = f"""
    WITH states AS (
        SELECT customer, CASE WHEN event = '{q.CONVERSION}' THEN '{q.CONVERSION}' ELSE channel::VARCHAR END AS state
        FROM events
    ), pairs AS (
        SELECT customer, state, lead(state) OVER () AS next_state, lead(customer) OVER () AS next_customer,
            lag(state) OVER () AS last_state, lag(customer) OVER () AS last_customer FROM states
    )
    SELECT state, CASE WHEN next_customer = customer THEN next_state END AS target,
        last_customer IS DISTINCT FROM customer OR last_state = '{q.CONVERSION}' AS begins, count(*)
    FROM pairs WHERE state != '{q.CONVERSION}' GROUP BY ALL"""

SERIES = f"""
    SELECT (epoch_us(time) - {START}) // {DAY} AS day, channel, count(*) FROM events
    WHERE day < {q.DAYS} GROUP BY ALL"""


_LETTER_OF = {name: chr(65 + place) for place, name in enumerate(EVENTS)}
_MATCH = "{}[^{}]*{}".format(*(_LETTER_OF[name] for name in q.PATTERN))
#: A path is a text of one letter a step, as that of a variant.
PATTERNS = f"""
    SELECT count(*), count(*) FILTER (regexp_matches(path, '{_MATCH}')),
        sum(len(regexp_extract_all(path, '{_MATCH}')))::BIGINT
    FROM (
        SELECT string_agg(chr(65 + enum_code(event)), '' ORDER BY time) AS path FROM events GROUP BY customer
    )"""

STEP_MATRIX = f"""
    SELECT position, event, count(*) FROM (
        SELECT event, row_number() OVER (PARTITION BY customer ORDER BY time) AS position FROM events
    ) WHERE position <= {q.POSITIONS} GROUP BY ALL"""

GOALS = f"""{_NUMBERED}
    SELECT max(session)::BIGINT, count(*) FILTER (event = '{q.CONVERSION}'),
        count(DISTINCT session) FILTER (event = '{q.CONVERSION}'),
        count(DISTINCT customer) FILTER (event = '{q.CONVERSION}')
    FROM numbered"""

SEARCHES = f"""
    SELECT {q.TERMS_IN}, count(*), count(DISTINCT customer), count(*) FILTER ({q.RESULTS_IN} = 0)
    FROM events WHERE event = '{q.SEARCH}' GROUP BY 1"""


def _variants(rows: list[tuple[str, int]]) -> q.Answer:
    names = [*EVENTS, q.RULED_NAME]
    return q.variants_told([(tuple(names[ord(letter) - 65] for letter in path), n) for path, n in rows])


if __name__ == "__main__":
    q.serve(load)
