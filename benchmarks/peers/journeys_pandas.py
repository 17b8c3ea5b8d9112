"""The questions of `journeys_questions`, asked of pandas: a frame in memory, in the order of (customer, time)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from . import journeys_questions as q
from .journeys_log import DAY, EVENTS, START, Made


def load(found: Made, question: str) -> q.Asked | None:
    """Read the Parquet file into memory; texts become categories."""
    frame = pd.read_parquet(found.parquet)
    frame["event"] = frame["event"].astype(pd.CategoricalDtype(EVENTS))
    frame["us"] = frame["time"].astype("int64")
    is_step = [frame["event"] == name for name in q.FUNNEL]
    return {
        "flow": q.Asked(lambda: flow(frame), lambda pairs: q.flow_told(list(pairs.itertuples(name=None)))),
        "variants": q.Asked(
            lambda: variants(frame),
            lambda top: q.variants_told(
                [(tuple(EVENTS[code] for code in path), n) for path, n in top.items()]
            ),
        ),
        "funnel": q.Asked(lambda: funnel(frame, is_step, q.FUNNEL_WITHIN)),
        "funnel_ever": q.Asked(lambda: funnel(frame, is_step, q.EVER)),
        "retention": q.Asked(
            lambda: retention(frame),
            lambda cells: q.retention_told([(*cell, n) for cell, n in cells.items()]),
        ),
        "series": q.Asked(
            lambda: series(frame), lambda counts: sorted([*cell, n] for cell, n in counts.items())
        ),
        "sessions": q.Asked(lambda: sessions(frame), lambda answer: [round(each) for each in answer]),
    }.get(question)


def flow(frame: pd.DataFrame) -> Any:
    """Ask which step follows which."""
    code = frame["event"].cat.codes.to_numpy()
    customer, us = frame["customer"].to_numpy(), frame["us"].to_numpy()
    same = customer[1:] == customer[:-1]
    pairs = pd.DataFrame({"source": code[:-1][same], "target": code[1:][same], "gap": np.diff(us)[same]})
    found = pairs.groupby(["source", "target"])["gap"].agg(["size", "median"]).reset_index()
    names = np.array(EVENTS, object)
    return found.assign(source=names[found["source"]], target=names[found["target"]]).set_index("source")


def variants(frame: pd.DataFrame) -> Any:
    """Ask for the most frequent paths."""
    code = frame["event"].cat.codes.to_numpy().astype(np.uint8)
    starts = np.flatnonzero(np.diff(frame["customer"].to_numpy(), prepend=-1))
    return pd.Series([path.tobytes() for path in np.split(code, starts[1:])]).value_counts().head(q.TOP)


def funnel(frame: pd.DataFrame, is_step: Sequence[Any], within: timedelta) -> list[int]:
    """Ask how many get how far."""
    reached = (
        frame.loc[is_step[0], ["customer", "us"]].assign(begun=lambda rows: rows["us"]).sort_values("us")
    )
    counts = [int(reached["customer"].nunique())]
    for step in is_step[1:]:
        here = frame.loc[step, ["customer", "us"]].sort_values("us")
        reached = pd.merge_asof(here, reached, on="us", by="customer", allow_exact_matches=False)
        reached = reached[reached["us"] - reached["begun"] <= within // timedelta(microseconds=1)]
        counts.append(int(reached["customer"].nunique()))
    return counts


def retention(frame: pd.DataFrame) -> Any:
    """Ask who came back in which week."""
    weeks = pd.DataFrame(
        {"customer": frame["customer"], "week": (frame["us"] - START) // (7 * DAY)}
    ).drop_duplicates()
    cohort = weeks.groupby("customer")["week"].transform("min")
    cells = pd.DataFrame({"cohort": cohort, "after": weeks["week"] - cohort})
    return cells[(cells["cohort"] < q.COHORTS) & (cells["after"] <= q.WEEKS)].value_counts()


def sessions(frame: pd.DataFrame) -> list[float]:
    """Ask for sessions, bounces and lengths."""
    customer, us = frame["customer"].to_numpy(), frame["us"].to_numpy()
    begins = np.concatenate(
        [[True], (customer[1:] != customer[:-1]) | (np.diff(us) > q.PAUSE // timedelta(microseconds=1))]
    )
    starts = np.flatnonzero(begins)
    ends = np.concatenate([starts[1:], [len(us)]]) - 1
    lengths = us[ends] - us[starts]
    return [len(starts), int((starts == ends).sum()), *np.quantile(lengths, [0.5, 0.9])]


def series(frame: pd.DataFrame) -> Any:
    """Count events by day and channel."""
    day = (frame["us"] - START) // DAY
    return frame[day < q.DAYS].groupby([day, "channel"], observed=True).size()


if __name__ == "__main__":
    q.serve(load)
