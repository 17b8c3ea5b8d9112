"""The questions of `journeys_questions`, asked of Polars: a frame in memory, in the order of (customer, time)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import polars as pl

from . import journeys_questions as q
from .journeys_log import DAY, EVENTS, START, Made

_RULED = (pl.col("event") == q.RULED) & (pl.col("plan") == q.RULED_PLAN)
_STEP = pl.when(_RULED).then(pl.lit(len(EVENTS), pl.UInt8)).otherwise(pl.col("code"))
_NAMES = [*EVENTS, q.RULED_NAME]


def load(found: Made, question: str) -> q.Asked | None:
    """Read the Parquet file into memory; codes of events and microseconds stand beside them."""
    frame = pl.read_parquet(found.parquet).with_columns(
        pl.col("event").cast(pl.Enum(EVENTS)), pl.col("channel", "plan").cast(pl.Categorical)
    )
    frame = frame.with_columns(
        pl.col("event").to_physical().cast(pl.UInt8).alias("code"), pl.col("time").cast(pl.Int64).alias("us")
    )
    frame = frame.rechunk()
    events = frame.lazy()
    segment = (
        events.filter((pl.col("event") == q.SEGMENT) & (pl.col("plan") == q.SEGMENT_PLAN))
        .select("customer")
        .unique()
    )
    among = events.join(segment, on="customer", how="semi", maintain_order="left")

    def asked(work: Callable[[], pl.DataFrame], told: Callable[[pl.DataFrame], Any]) -> q.Asked:
        return q.Asked(work, told)

    steps = [pl.col("event") == name for name in q.FUNNEL]
    long = [pl.col("event") == name for name in q.LONG_FUNNEL]
    ruled = [_RULED if name == q.RULED else pl.col("event") == name for name in q.FUNNEL]
    return {
        "flow": asked(lambda: flow(events, pl.col("code")), _edges),
        "variants": asked(lambda: variants(events), _variants),
        "funnel": asked(lambda: funnel(events, steps, q.FUNNEL_WITHIN), _row),
        "funnel_ever": asked(lambda: funnel(events, steps, q.EVER), _row),
        "long_funnel": asked(lambda: funnel(events, long, q.LONG_WITHIN), _row),
        "retention": asked(lambda: retention(events), lambda found: q.retention_told(found.rows())),
        "sessions": asked(lambda: sessions(events), _row),
        "paths": asked(lambda: paths(events), _paths),
        "attribution": asked(lambda: attribution(events), lambda found: q.removal_told(found.rows())),
        "series": asked(lambda: series(events), lambda found: sorted(map(list, found.rows()))),
        "ruled_flow": asked(lambda: flow(among, _STEP), _edges),
        "ruled_funnel": asked(lambda: funnel(among, ruled, q.FUNNEL_WITHIN), _row),
    }.get(question)


def flow(events: pl.LazyFrame, step: pl.Expr) -> pl.DataFrame:
    """Ask which step follows which."""
    pairs = events.select(
        step.alias("source"),
        step.shift(-1).alias("target"),
        (pl.col("us").shift(-1) - pl.col("us")).alias("gap"),
        (pl.col("customer") == pl.col("customer").shift(-1)).alias("same"),
    )
    return (
        pairs.filter("same")
        .group_by("source", "target")
        .agg(pl.len().alias("n"), pl.col("gap").median())
        .collect()
    )


def variants(events: pl.LazyFrame) -> pl.DataFrame:
    """Ask for the most frequent paths."""
    letters = events.select("customer", pl.col("code").alias("path"))
    paths = letters.group_by("customer", maintain_order=True).agg("path")
    return paths.group_by("path").len().sort("len", descending=True).head(q.TOP).collect()


def funnel(events: pl.LazyFrame, steps: Sequence[pl.Expr], within: timedelta) -> pl.DataFrame:
    """Ask how many get how far: each step joins the last one before it that the step before reached."""
    span = within // timedelta(microseconds=1)
    reached = events.filter(steps[0]).select("customer", "us", pl.col("us").alias("begun"))
    counts = [reached.select(pl.col("customer").n_unique().alias("s0"))]
    for place, step in enumerate(steps[1:], start=1):
        reached = (
            events.filter(step)
            .select("customer", "us")
            .join_asof(reached, on="us", by="customer", allow_exact_matches=False, check_sortedness=False)
            .filter(pl.col("us") - pl.col("begun") <= span)
            .select("customer", "us", "begun")
        )
        counts.append(reached.select(pl.col("customer").n_unique().alias(f"s{place}")))
    return pl.concat(pl.collect_all(counts), how="horizontal")


def retention(events: pl.LazyFrame) -> pl.DataFrame:
    """Ask who came back in which week."""
    week = ((pl.col("us") - START) // (7 * DAY)).cast(pl.Int16).alias("week")
    weeks = events.select("customer", week).unique()
    cohort = pl.col("week").min().over("customer")
    return (
        weeks.select(cohort.alias("cohort"), (pl.col("week") - cohort).alias("after"))
        .filter((pl.col("cohort") < q.COHORTS) & (pl.col("after") <= q.WEEKS))
        .group_by("cohort", "after")
        .len()
        .collect()
    )


def sessions(events: pl.LazyFrame) -> pl.DataFrame:
    """Ask for sessions, bounces and lengths."""
    begins = (pl.col("customer") != pl.col("customer").shift(1)) | (
        pl.col("us") - pl.col("us").shift(1) > q.PAUSE // timedelta(microseconds=1)
    )
    spans = (
        events.select("us", begins.fill_null(value=True).cum_sum().alias("session"))
        .group_by("session")
        .agg(pl.len().alias("n"), (pl.col("us").max() - pl.col("us").min()).alias("length"))
    )
    length = pl.col("length")
    return spans.select(
        pl.len().alias("sessions"), (pl.col("n") == 1).sum().alias("bounces"),
        length.median().alias("median"), length.quantile(0.9, interpolation="linear").alias("p90"),
    ).collect()  # fmt: skip


def paths(events: pl.LazyFrame) -> pl.DataFrame:
    """Ask what happens after the first time of one event."""
    ahead = range(1, q.DEPTH + 1)
    firsts = (
        events.select(
            "customer",
            pl.col("code").alias("e0"),
            *(pl.col("code").shift(-far).alias(f"e{far}") for far in ahead),
            *(pl.col("customer").shift(-far).alias(f"c{far}") for far in ahead),
        )
        .filter(pl.col("e0") == EVENTS.index(q.ANCHOR))
        .unique("customer", keep="first", maintain_order=True)
        .collect()
    )
    links = [
        firsts.lazy()
        .filter(pl.col(f"c{far}") == pl.col("customer"))
        .group_by(pl.col(f"e{far - 1}").alias("source"), pl.col(f"e{far}").alias("target"))
        .agg(pl.len().alias("n"))
        .select(pl.lit(far - 1).alias("depth"), "source", "target", "n")
        for far in ahead
    ]
    return pl.concat(links).collect()


def attribution(events: pl.LazyFrame) -> pl.DataFrame:
    """Count which touch follows which."""
    converts = pl.col("event") == q.CONVERSION
    state = pl.when(~converts).then(pl.col("channel").to_physical()).otherwise(pl.lit(255, pl.UInt32))
    pairs = events.select("customer", "channel", state.alias("state")).select(
        "channel",
        "state",
        pl.when(pl.col("customer").shift(-1) == pl.col("customer"))
        .then(pl.col("state").shift(-1))
        .alias("target"),
        (
            (pl.col("customer").shift(1) != pl.col("customer")).fill_null(value=True)
            | (pl.col("state").shift(1) == 255)
        ).alias("begins"),
    )
    counts = (
        pairs.filter(pl.col("state") != 255).group_by("channel", "state", "target", "begins").len().collect()
    )
    names = dict(counts.select("state", pl.col("channel").cast(pl.String)).iter_rows()) | {
        255: q.CONVERSION,
        None: None,
    }
    rows = [(names[state], names[target], begins, n) for _, state, target, begins, n in counts.iter_rows()]
    return pl.DataFrame(rows, schema=["channel", "target", "begins", "n"], orient="row")


def series(events: pl.LazyFrame) -> pl.DataFrame:
    """Count events by day and channel."""
    day = ((pl.col("us") - START) // DAY).cast(pl.Int16).alias("day")
    return events.group_by(day, "channel").len().filter(pl.col("day") < q.DAYS).collect()


def _paths(found: pl.DataFrame) -> q.Answer:
    return sorted([depth, EVENTS[source], EVENTS[target], n] for depth, source, target, n in found.rows())


def _edges(found: pl.DataFrame) -> q.Answer:
    return q.flow_told([(_NAMES[source], _NAMES[target], n, gap) for source, target, n, gap in found.rows()])


def _variants(found: pl.DataFrame) -> q.Answer:
    return q.variants_told([(tuple(EVENTS[code] for code in path), n) for path, n in found.rows()])


def _row(found: pl.DataFrame) -> q.Answer:
    return [round(each) for each in found.row(0)]


if __name__ == "__main__":
    q.serve(load)
