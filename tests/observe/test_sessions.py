"""Sessions: by hand and against a plain reference."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given

from builders import a_path
from logs import write
from safar.observe.sessions import SessionsQuestion, SessionStep, sessions
from safar.observe.walk import PauseRefused
from safar.store.log import Log
from safar.vocabulary.interval import share
from walks import Walked, walks


def test_two_customers_by_hand(tmp_path: Path) -> None:
    with Log.create(tmp_path / "log") as log:
        write(
            log,
            a_path("visit 09:00 > cart 09:10 > visit 09:40 > visit 11:00", customer="a"),
            a_path("visit 09:00 > pay 09:05", customer="b"),
        )
        answer = sessions(log, SessionsQuestion())
    assert (answer.sessions, answer.customers, answer.events) == (3, 2, 6)
    assert answer.bounce_rate == share(1, 3)
    assert (answer.mean_events, answer.mean_length) == (2.0, timedelta(minutes=15))
    assert (answer.median_length, answer.p90_length) == (timedelta(minutes=5), timedelta(minutes=33))
    assert answer.steps == (SessionStep("visit", 3, 2, 1), SessionStep("pay", 0, 1, 0))


def test_an_empty_log_has_no_sessions(tmp_path: Path) -> None:
    with Log.create(tmp_path / "log") as log:
        answer = sessions(log, SessionsQuestion())
    assert (answer.sessions, answer.bounce_rate, answer.median_length, answer.steps) == (0, None, None, ())
    with pytest.raises(PauseRefused):
        SessionsQuestion(timedelta(0))


@given(walked=walks())
def test_as_a_plain_reference_says(tmp_path_factory, walked: Walked) -> None:
    walked = replace(walked, pause_seconds=walked.pause_seconds or 50)
    question = SessionsQuestion(timedelta(seconds=walked.pause_seconds), window=walked.window)
    with walked.log(tmp_path_factory.mktemp("sessions")) as log:
        answer = sessions(log, question)
        with ThreadPoolExecutor(2) as executor:
            assert sessions(log, question, executor=executor) == answer
    paths = list(walked.paths())
    lengths = [path[-1][1] - path[0][1] for _, path in paths]
    assert (answer.sessions, answer.events) == (len(paths), sum(len(path) for _, path in paths))
    assert answer.customers == len({customer for customer, _ in paths})
    if not paths:
        return
    assert answer.bounce_rate == share(sum(len(path) == 1 for _, path in paths), len(paths))
    quantiles = [timedelta(microseconds=round(s * 1e6)) for s in np.quantile(lengths, [0.5, 0.9]).tolist()]
    assert [answer.median_length, answer.p90_length] == quantiles
    assert {step.name: step.entries for step in answer.steps if step.entries} == Counter(
        path[0][0] for _, path in paths
    )
    assert {step.name: step.exits for step in answer.steps if step.exits} == Counter(
        path[-1][0] for _, path in paths
    )
    assert {step.name: step.bounces for step in answer.steps if step.bounces} == Counter(
        path[0][0] for _, path in paths if len(path) == 1
    )
