"""Scores in a notebook and at the terminal: methods with tables, texts with shares in any digits."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import safar
from answers_said import an_answer, write
from builders import an_event
from safar.doors.cli.scores import margins_of
from safar.doors.notebook.score_questions import ScoresNeedALog
from safar.listen.weighting import MarginRefused
from safar.store.log import Log


@pytest.fixture
def said(tmp_path: Path):
    with Log.create(tmp_path / "log", shard_count=2) as log:
        write(
            log,
            *(an_answer("nps", 10, who=f"w{number}", at="2026-03-21T12:00") for number in range(6)),
            *(
                an_answer("nps", 0, who=f"a{number}", at="2026-04-21T12:00", channel="app")
                for number in range(2)
            ),
            an_answer("nps", 11, who="x", at="2026-04-21T12:00"),
            an_event("pay", "2026-03-20T12:00", customer="a0"),
            an_event("pay", "2026-03-20T12:00", customer="w0"),
        )
    with safar.open(tmp_path / "log") as journeys:
        yield journeys


def test_the_list_and_one_score(said) -> None:
    listed = said.scores()
    assert listed.column("question_key") == ["nps"]
    assert listed.column("score") == [50.0]
    found = said.score("nps")
    assert found.table.column("n") == [8]
    assert found.notes == (
        "1 answers have no value on the scale (not applicable, or codes for missing) and are not in the score.",
    )
    weighted = said.score("nps", margins={"channel": {"web": 0.5, "app": 0.5}})
    assert weighted.table.column("score") == [pytest.approx(0.0)]
    assert said.score("nps", window="2026-03-01..2026-04-01").table.column("score") == [100.0]


def test_over_time_by_group_and_why(said) -> None:
    months = said.score_trend("nps").table
    assert months.column("score") == [100.0, -100.0]
    assert months.column("change") == [None, -200.0]
    groups = said.score_groups("nps", "channel").table
    assert list(zip(groups.column("group"), groups.column("score"), strict=True)) == [
        ("web", 100.0),
        ("app", -100.0),
    ]
    by_segment = said.score_groups("nps", "segment", segments={"Payers": "did pay"})
    assert by_segment.table.column("n") == [2]
    parts = said.score_mix("nps", "channel", now="2026-04-01..2026-05-01", before="2026-03-01..2026-04-01")
    assert parts.answer.split.mix.value == pytest.approx(-200.0)


def test_of_a_segment_alone(said) -> None:
    assert said.segment("did pay").score("nps").table.column("n") == [2]


def test_a_data_frame_has_no_answers() -> None:
    frame = pd.DataFrame({"who": [1], "at": pd.to_datetime(["2026-01-01"], utc=True), "what": ["visit"]})
    with pytest.raises(ScoresNeedALog):
        safar.from_dataframe(frame, customer="who", time="at", event="what").scores()


def test_shares_as_people_type_them() -> None:
    assert margins_of(("channel: web=۴۰٪، app=60%", "question:age: young=0.3, old=0.7")) == {
        "channel": {"web": 0.4, "app": 0.6},
        "question:age": {"young": 0.3, "old": 0.7},
    }
    with pytest.raises(MarginRefused, match="says no shares"):
        margins_of(("web=1",))
