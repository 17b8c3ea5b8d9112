"""Real logs through the importer: paths, flow and variants are those that pandas and SQL counted independently."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from real_paths import real_paths
from safar.observe.flow import FlowAnswer, FlowQuestion, flow
from safar.observe.sessions import SessionsQuestion, sessions
from safar.observe.variants import VariantsAnswer, VariantsQuestion, variants
from safar.store.log import Log

pytestmark = pytest.mark.data

EVER = timedelta(days=100_000)


@dataclass(frozen=True)
class Known:
    """A log, what Safar says of it, and what others counted."""

    log: Log
    flow: FlowAnswer
    variants: VariantsAnswer
    oracle: dict[str, Any]


@pytest.fixture(scope="module", params=["running_example", "receipt", "ecom", "incident_itsm"])
def known(
    request: pytest.FixtureRequest, shared_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Known]:
    oracle = json.loads((shared_data / request.param / "oracle.json").read_text())
    with real_paths(request.param, shared_data, tmp_path_factory.mktemp(request.param)) as log:
        every = variants(log, VariantsQuestion(100_000))
        yield Known(log, flow(log, FlowQuestion()), every, oracle)


def inner(answer: FlowAnswer) -> dict[tuple[str | None, str | None], int]:
    return {
        (edge.source, edge.target): edge.count
        for edge in answer.edges
        if edge.source is not None and edge.target is not None
    }


def test_cases_events_and_activities(known: Known) -> None:
    oracle, answer = known.oracle, known.flow
    assert (answer.paths, answer.events, len(answer.steps)) == (
        oracle["cases"],
        oracle["events"],
        oracle["activities"],
    )
    counts = dict.fromkeys(answer.steps, 0)
    for edge in answer.edges:
        if edge.target is not None:
            counts[edge.target] += edge.count
    listed = oracle["activity_counts"]
    assert {name: counts[name] for name in listed} == listed
    assert sum(sorted(counts.values())[-len(listed) :]) == sum(listed.values())


def test_first_and_last_instant(known: Known) -> None:
    info = known.log.info()
    for instant, text in ((info.first_at, known.oracle["first"]), (info.last_at, known.oracle["last"])):
        assert instant is not None
        assert instant.replace(tzinfo=None) == datetime.fromisoformat(text).replace(tzinfo=None)


def test_starts_and_ends(known: Known) -> None:
    starts = {edge.target: edge.count for edge in known.flow.starts}
    ends = {edge.source: edge.count for edge in known.flow.ends}
    for found, listed in (
        (starts, known.oracle["start_activities"]),
        (ends, known.oracle["end_activities"]),
    ):
        assert {name: found[name] for name in listed} == listed
        assert sorted(found.values())[-len(listed) :] == sorted(listed.values())
        assert sum(found.values()) == known.oracle["cases"]


def test_edges(known: Known) -> None:
    found = inner(known.flow)
    assert len(found) == known.oracle["dfg_edges"]
    top = known.oracle["dfg_top10"]
    assert [found[source, target] for source, target, _ in top] == [count for *_, count in top]
    assert sorted(found.values())[-10:] == sorted(count for *_, count in top)
    assert sum(found.values()) == known.oracle["events"] - known.oracle["cases"]


def test_variants(known: Known) -> None:
    oracle, answer = known.oracle, known.variants
    assert (answer.different, answer.paths) == (oracle["variants"], oracle["cases"])
    found = {" > ".join(each.steps): (each.count, round(each.share, 5)) for each in answer.variants}
    top = oracle["top5_variants"]
    assert [found[each["variant"]] for each in top] == [(each["cases"], each["share"]) for each in top]
    assert [each.count for each in answer.variants[:5]] == [each["cases"] for each in top]
    covering = next(place for place, each in enumerate(answer.variants, 1) if each.coverage >= 0.8)
    assert covering == oracle["variants_covering_80pct"]


def test_lengths_of_paths(known: Known) -> None:
    lengths = np.repeat(
        [len(each.steps) for each in known.variants.variants],
        [each.count for each in known.variants.variants],
    )
    assert {
        "min": int(lengths.min()),
        "median": float(np.median(lengths)),
        "mean": round(float(lengths.mean()), 4),
        "max": int(lengths.max()),
    } == known.oracle["trace_len"]


def test_durations_of_paths(known: Known) -> None:
    answer = sessions(known.log, SessionsQuestion(EVER))
    assert answer.sessions == answer.customers == known.oracle["cases"]
    lengths = {"median": answer.median_length, "mean": answer.mean_length, "p90": answer.p90_length}
    hours = {name: round(length / timedelta(hours=1), 4) for name, length in lengths.items() if length}
    assert hours == {name: known.oracle["case_duration_hours"][name] for name in lengths}
