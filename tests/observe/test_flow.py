"""The flow: by hand, against a plain reference, on real data with answers from elsewhere."""

from __future__ import annotations

from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import a_path, an_event
from logs import write
from safar.observe.flow import FlowQuestion, flow, flow_counts
from safar.observe.steps import StepRule, StepsRefused
from safar.observe.walk import PauseRefused
from safar.store.log import Log
from walks import Walked, walks

DAY = datetime(2026, 3, 21, tzinfo=UTC)


@pytest.fixture
def log(tmp_path: Path):
    with Log.create(tmp_path / "log", shard_count=4) as log:
        yield log


def told(answer) -> dict[tuple[str | None, str | None], tuple[int, int]]:
    return {(edge.source, edge.target): (edge.count, edge.customers) for edge in answer.edges}


def test_three_customers_by_hand(log: Log) -> None:
    write(
        log,
        a_path("visit 09:00 > cart 09:05 > pay 09:20", customer="a"),
        a_path("visit 10:00 > visit 10:02 > cart 10:12", customer="b"),
        a_path("visit 11:00 > cart 11:01 > visit 11:02 > cart 11:22", customer="c"),
    )
    answer = flow(log, FlowQuestion())
    assert told(answer) == {
        (None, "visit"): (3, 3),
        ("visit", "cart"): (4, 3),
        ("cart", "pay"): (1, 1),
        ("visit", "visit"): (1, 1),
        ("cart", "visit"): (1, 1),
        ("pay", None): (1, 1),
        ("cart", None): (2, 2),
    }
    edge = answer.edges[0]
    assert (edge.source, edge.target) == ("visit", "cart")
    # gaps of 1, 5, 10, 20 minutes: the median lies half-way between 5 and 10, the 90th percentile at 10 + 0.7 × 10
    assert (edge.median_gap, edge.p90_gap) == (timedelta(minutes=7, seconds=30), timedelta(minutes=17))
    assert (answer.paths, answer.events, answer.steps) == (3, 10, ("cart", "pay", "visit"))
    assert [edge.source for edge in answer.loops] == ["visit"]
    counted = flow_counts(log, FlowQuestion())
    assert counted.names == ("cart", "pay", "visit", None, None)
    assert {
        (counted.names[source], counted.names[target]): int(counted.counts[source, target])
        for source, target in zip(*np.nonzero(counted.counts), strict=True)
    } == {(edge.source, edge.target): edge.count for edge in answer.edges}


def test_a_pause_ends_a_path(log: Log) -> None:
    write(log, a_path("visit 09:00 > cart 09:30 > visit 12:00", customer="a"))
    answer = flow(log, FlowQuestion(pause=timedelta(minutes=30)))
    assert told(answer) == {
        (None, "visit"): (2, 1),
        ("visit", "cart"): (1, 1),
        ("cart", None): (1, 1),
        ("visit", None): (1, 1),
    }
    with pytest.raises(PauseRefused, match="ends no path"):
        FlowQuestion(pause=timedelta(0))


def test_rules_gather_names_and_leave_the_rest_out(log: Log) -> None:
    write(
        log,
        an_event("page", DAY, channel="web"),
        an_event("noise", DAY + timedelta(minutes=1)),
        an_event("screen", DAY + timedelta(minutes=2), channel="app"),
        an_event("page", DAY + timedelta(minutes=3), channel="app"),
    )
    look = StepRule("look", ("page", "screen"))
    on_app = StepRule("app", ("page", "screen"), channels=("app",))
    assert told(flow(log, FlowQuestion((look,)))) == {
        (None, "look"): (1, 1),
        ("look", "look"): (2, 1),
        ("look", None): (1, 1),
    }
    assert told(flow(log, FlowQuestion((on_app, look)))) == {
        (None, "look"): (1, 1),
        ("look", "app"): (1, 1),
        ("app", "app"): (1, 1),
        ("app", None): (1, 1),
    }
    with pytest.raises(StepsRefused, match="Two steps"):
        flow(log, FlowQuestion((look, look)))


def test_an_empty_log_has_no_flow(log: Log) -> None:
    answer = flow(log, FlowQuestion())
    assert (answer.edges, answer.paths, answer.steps) == ((), 0, ())


def reference(walked: Walked) -> dict[tuple[str | None, str | None], tuple]:
    """The same in plain Python."""
    counts: Counter[tuple[str | None, str | None]] = Counter()
    people = defaultdict(set)
    gaps = defaultdict(list)
    for customer, path in walked.paths():
        ends = [(None, 0), *path, (None, 0)]
        for (source, left_at), (target, reached_at) in pairwise(ends):
            edge = (source, target)
            counts[edge] += 1
            people[edge].add(customer)
            if source and target:
                gaps[edge].append(reached_at - left_at)
    found = {}
    for edge, count in counts.items():
        quantiles = np.quantile(gaps[edge], [0.5, 0.9]).tolist() if edge in gaps else []
        spans = [timedelta(microseconds=round(seconds * 1e6)) for seconds in quantiles] or [None, None]
        found[edge] = (count, len(people[edge]), *spans)
    return found


@given(walked=walks(), few=st.sampled_from([0, 2_000_000]))
def test_as_a_plain_reference_says(tmp_path_factory, walked: Walked, few: int) -> None:
    """By guesses that are proven, as in a large log, and by bins, as in a small one."""
    with walked.log(tmp_path_factory.mktemp("flow")) as log:
        question = FlowQuestion(window=walked.window, pause=walked.pause)
        with patch("safar.observe.flow.FEW_ROWS", few):
            answer = flow(log, question)
            with ThreadPoolExecutor(2) as executor:
                assert flow(log, question, executor=executor).edges == answer.edges
    assert {
        (edge.source, edge.target): (edge.count, edge.customers, edge.median_gap, edge.p90_gap)
        for edge in answer.edges
    } == reference(walked)


def test_merged_ids_are_one_path(log: Log) -> None:
    write(log, a_path("visit 09:00 > cart 09:10", customer="anon"), a_path("pay 09:20", customer="sara"))
    log.compact()
    log.identity.merge("anon", "sara", "manual", "test")
    assert told(flow(log, FlowQuestion())) == {
        (None, "visit"): (1, 1),
        ("visit", "cart"): (1, 1),
        ("cart", "pay"): (1, 1),
        ("pay", None): (1, 1),
    }
