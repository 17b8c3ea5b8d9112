"""The questions of `journeys_questions` that Retentioneering answers, by its headless functions.

Its gaps are whole seconds and its funnel knows no time (docs/concepts/differences.md).
"""

from __future__ import annotations

import os
from typing import Any

import pandas as pd

from . import journeys_questions as q
from .journeys_log import Made

os.environ["RETENTIONEERING_NO_TRACK"] = "1"  # it calls its makers when imported without


def load(found: Made, question: str) -> q.Asked | None:
    """Read the Parquet file into an event stream."""
    from retentioneering.eventstream.eventstream import Eventstream  # after its telemetry is off

    frame = pd.read_parquet(found.parquet, columns=["customer", "event", "time"])
    stream = Eventstream(frame, {"path_cols": ["customer"], "event_col": "event", "timestamp_col": "time"})
    weights = ("count", "time_median")

    def sessions() -> int:
        return int(stream.split_sessions(timeout="30m").df["session_id"].nunique())

    return {
        "flow": q.Asked(
            lambda: [stream.transition_graph_data(edge_weight=weight) for weight in weights], _edges
        ),
        "funnel_ever": q.Asked(
            lambda: stream.funnel_data(list(q.FUNNEL)),
            lambda found: [step["unique_paths"] for step in found["steps"]],
        ),
        "sessions": q.Asked(sessions, lambda count: [count]),
    }.get(question)


def _edges(answer: Any) -> q.Answer:
    counts, medians = answer
    inner = [name for name in counts.index if name not in {"path_start", "path_end"}]
    return q.flow_told(
        [
            (source, target, counts.loc[source, target], medians.loc[source, target].total_seconds() * 1e6)
            for source in inner
            for target in inner
            if counts.loc[source, target]
        ]
    )


if __name__ == "__main__":
    q.serve(load)
