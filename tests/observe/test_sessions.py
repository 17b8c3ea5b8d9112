"""Sessions: by hand and against a plain reference."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import a_path, an_event, together
from logs import write
from safar.observe.behind import CellRefused, persons_behind
from safar.observe.sessions import (
    DepthBin,
    SessionsQuestion,
    SessionsRefused,
    SessionStep,
    _bounce_rate,
    adds_to_sessions,
    sessions,
)
from safar.observe.spans import TimeBin, time_bins
from safar.observe.walk import PauseRefused
from safar.store.log import Log
from safar.vocabulary.interval import share_by_variance
from walks import DAY, Walked, walks


def test_two_customers_by_hand(tmp_path: Path) -> None:
    with Log.create(tmp_path / "log") as log:
        write(
            log,
            a_path("visit 09:00 > cart 09:10 > visit 09:40 > visit 11:00", customer="a"),
            a_path("visit 09:00 > pay 09:05", customer="b"),
        )
        answer = sessions(log, SessionsQuestion())
    minutes = timedelta(minutes=1)
    assert (answer.sessions, answer.customers, answer.events) == (3, 2, 6)
    # of a's two sessions one is a bounce, of b's one none: variance 2/1 × ((1 - 2/3)² + (0 - 1/3)²) / 3²
    interval = share_by_variance(1 / 3, 2 * 2 / 9 / 9, 2, degrees=1).interval
    assert answer.bounce_rate is not None
    found = answer.bounce_rate.interval
    assert (answer.bounce_rate.value, answer.bounce_rate.n) == (1 / 3, 3)
    assert (found.low, found.high) == (pytest.approx(interval.low), pytest.approx(interval.high))
    assert (answer.mean_events, answer.median_events, answer.p90_events) == (2.0, 2.0, pytest.approx(2.8))
    assert (answer.mean_length, answer.median_length, answer.p90_length) == (
        15 * minutes,
        5 * minutes,
        33 * minutes,
    )
    assert answer.steps == (SessionStep("visit", 3, 2, 1), SessionStep("pay", 0, 1, 0))
    assert answer.depths == (DepthBin(1, 2, 1), DepthBin(2, 3, 1), DepthBin(3, 4, 1))
    assert answer.lengths[0] == TimeBin(0 * minutes, minutes / 6, 1)
    assert answer.lengths[-1] == TimeBin(30 * minutes, 60 * minutes, 1)
    assert answer.table.rows() == [("visit", 3, 2, 1), ("pay", 0, 1, 0)]


def test_channels_have_their_own_pauses(tmp_path: Path) -> None:
    with Log.create(tmp_path / "log") as log:
        for minute, channel in ((0, "web"), (40, "app"), (80, "web"), (119, "web")):
            write(log, an_event("visit", DAY + timedelta(minutes=minute), channel=channel))
        assert sessions(log, SessionsQuestion()).sessions == 4
        hour = timedelta(hours=1)
        assert sessions(log, SessionsQuestion(pauses=(("app", hour),))).sessions == 3
        assert sessions(log, SessionsQuestion(hour, pauses=(("app", hour / 4), ("shop", hour)))).sessions == 2
        with pytest.raises(SessionsRefused, match="two pauses"):
            SessionsQuestion(pauses=(("app", hour), ("app", hour)))
        with pytest.raises(PauseRefused):
            SessionsQuestion(pauses=(("app", timedelta(0)),))


def test_very_long_sessions_are_counted_exactly(tmp_path: Path) -> None:
    with Log.create(tmp_path / "log") as log:
        write(
            log,
            together(
                *(
                    an_event("visit", DAY + timedelta(seconds=second), customer=customer)
                    for customer, events in (("a", 1_500), ("b", 1_025), ("c", 3))
                    for second in range(events)
                )
            ),
        )
        answer = sessions(log, SessionsQuestion())
    assert (answer.median_events, answer.p90_events) == (1_025.0, 1_405.0)
    assert answer.depths[-1] == DepthBin(101, None, 2)


def test_the_interval_of_bounces_covers_where_customers_differ() -> None:
    """Customers bounce each with a chance of their own, and come each as often as they do."""
    rng = np.random.default_rng(5)
    covered, tries = 0, 2_000
    for _ in range(tries):
        own = 1 + rng.poisson(2, 150)
        bounced = rng.binomial(own, rng.beta(1, 2, 150))
        totals = [own.sum(), 150, 0, bounced.sum(), 0, (own**2).sum(), own @ bounced, (bounced**2).sum()]
        covered += 1 / 3 in _bounce_rate(np.array(totals), 0.95).interval
    assert 0.935 <= covered / tries <= 0.965


def test_an_empty_log_has_no_sessions(tmp_path: Path) -> None:
    with Log.create(tmp_path / "log") as log:
        answer = sessions(log, SessionsQuestion())
    assert (answer.sessions, answer.bounce_rate, answer.median_length, answer.steps) == (0, None, None, ())
    with pytest.raises(PauseRefused):
        SessionsQuestion(timedelta(0))


@given(walked=walks(), few=st.sampled_from([0, 2_000_000]), own=st.sampled_from([None, 10, 90]))
def test_as_a_plain_reference_says(tmp_path_factory, walked: Walked, few: int, own: int | None) -> None:
    walked = replace(walked, pause_seconds=own or walked.pause_seconds or 50)
    pause = timedelta(seconds=walked.pause_seconds)
    question = SessionsQuestion(
        pause * 2 if own else pause, window=walked.window, pauses=(("web", pause),) if own else ()
    )
    with (
        walked.log(tmp_path_factory.mktemp("sessions")) as log,
        patch("safar.observe.sessions.FEW_ROWS", few),
    ):
        answer = sessions(log, question)
        with ThreadPoolExecutor(2) as executor:
            assert sessions(log, question, executor=executor) == answer
        shards = log.paths().shards
        behind = {
            (of, step.name): persons_behind(
                shards, adds_to_sessions(log.paths(), question, {"of": of, "step": step.name})
            )
            for of in ("entries", "exits", "bounces")
            for step in answer.steps
        }
        who = {key: set(log.ids_of(found.persons)) for key, found in behind.items()}
        with pytest.raises(CellRefused):
            adds_to_sessions(log.paths(), question, {"of": "sessions"})
    paths = list(walked.paths())
    lengths = [path[-1][1] - path[0][1] for _, path in paths]
    assert (answer.sessions, answer.events) == (len(paths), sum(len(path) for _, path in paths))
    assert answer.customers == len({customer for customer, _ in paths})
    if not paths:
        return
    assert answer.bounce_rate.value == pytest.approx(sum(len(path) == 1 for _, path in paths) / len(paths))
    assert answer.bounce_rate.value in answer.bounce_rate.interval
    quantiles = [timedelta(microseconds=round(s * 1e6)) for s in np.quantile(lengths, [0.5, 0.9]).tolist()]
    assert [answer.median_length, answer.p90_length] == quantiles
    depths = [len(path) for _, path in paths]
    assert [answer.median_events, answer.p90_events] == pytest.approx(
        np.quantile(depths, [0.5, 0.9]).tolist()
    )
    for each in answer.depths:
        assert each.count == sum(each.since <= depth < (each.until or 10**9) for depth in depths)
    assert sum(each.count for each in answer.depths) == len(paths)
    assert answer.lengths == time_bins(np.array(lengths) * 1_000_000)
    ends = {
        "entries": [(customer, path[0][0]) for customer, path in paths],
        "exits": [(customer, path[-1][0]) for customer, path in paths],
        "bounces": [(customer, path[0][0]) for customer, path in paths if len(path) == 1],
    }
    for of, found in ends.items():
        counts = {step.name: getattr(step, of) for step in answer.steps if getattr(step, of)}
        assert counts == Counter(name for _, name in found)
        for step in answer.steps:
            assert who[of, step.name] == {f"c{customer}" for customer, name in found if name == step.name}
