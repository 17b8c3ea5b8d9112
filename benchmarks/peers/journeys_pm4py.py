"""The questions of `journeys_questions` that PM4Py answers: the flow with the lengths of its gaps, and variants."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pm4py

from . import journeys_questions as q
from .journeys_log import Made


def load(found: Made, question: str) -> q.Asked | None:
    """Read the Parquet file under the names that PM4Py expects."""
    frame = pd.read_parquet(found.parquet, columns=["customer", "event", "time"])
    log = pm4py.format_dataframe(
        frame.assign(customer=frame["customer"].astype(str), event=frame["event"].astype(str)),
        case_id="customer",
        activity_key="event",
        timestamp_key="time",
    )
    return {
        "flow": q.Asked(lambda: (pm4py.discover_dfg(log)[0], pm4py.discover_performance_dfg(log)[0]), _edges),
        "variants": q.Asked(
            lambda: pm4py.get_variants(log), lambda every: q.variants_told(list(every.items()))
        ),
    }.get(question)


def _edges(answer: Any) -> q.Answer:
    graph, gaps = answer
    return q.flow_told([(*edge, count, gaps[edge]["median"] * 1e6) for edge, count in graph.items()])


if __name__ == "__main__":
    q.serve(load)
