"""Incidents of a table: all numbers of the incident management log, exactly."""

from __future__ import annotations

import csv
import gzip
import io
import json
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from safar.collect.times import detect_time_format
from safar.measure.incidents import UNKNOWN, first_rows, incidents, last_rows
from safar.measure.service import ServiceRefused
from safar.vocabulary.answer import Note
from safar.vocabulary.working_time import WorkingTime

HOUR = 3_600_000_000


def instants(texts: list[str]) -> np.ndarray:
    """Return day-first dates as microseconds; ``?`` stands for none."""
    found = np.full(len(texts), UNKNOWN, np.int64)
    known = [place for place, text in enumerate(texts) if text != "?"]
    parts = np.array(
        [[int(part) for part in texts[place].replace("/", " ").replace(":", " ").split()] for place in known]
    )
    day, month, year, hour, minute = parts.T
    months = (year - 1970) * 12 + month - 1
    days = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) + day - 1
    found[known] = ((days * 24 + hour) * 60 + minute) * 60_000_000
    return found


@pytest.mark.data
def test_the_incident_management_log(shared_data: Path) -> None:
    folder = shared_data / "incident_itsm"
    text = gzip.decompress((folder / "incident_event_log.csv.gz").read_bytes()).decode()
    rows = list(csv.reader(io.StringIO(text)))
    columns = {name: [row[place] for row in rows[1:]] for place, name in enumerate(rows[0])}
    format_ = detect_time_format(columns["opened_at"][:2_000])
    assert format_ is not None
    assert (format_.layout, format_.rival) == ("dmy", "")
    number = np.array(columns["number"])
    last = last_rows(number)
    first = first_rows(number, np.array(columns["incident_state"]) != "New")
    found = incidents(
        instants([columns["opened_at"][row] for row in last]),
        first_response=instants([columns["sys_updated_at"][first[key]] for key in number[last].tolist()]),
        resolved=instants([columns["resolved_at"][row] for row in last]),
        closed=instants([columns["closed_at"][row] for row in last]),
        promise_kept=np.array(columns["made_sla"])[last] == "true",
        times_reopened=np.array(columns["reopen_count"])[last].astype(int),
        groups=np.array(columns["priority"])[last],
    )
    oracle = json.loads((folder / "oracle.json").read_text())
    expected = oracle["per_incident_last_row"]
    everything = found.groups[0]
    assert everything.n == expected["incidents"] == oracle["cases"]
    assert everything.promise_kept is not None
    assert everything.reopened is not None
    assert round(everything.promise_kept.value, 4) == expected["made_sla_share"]
    assert round(everything.reopened.value, 5) == expected["reopen_rate"]
    for clock, told in zip(
        everything.clocks,
        (
            oracle["hours_open_to_first_nonNew_update"],
            expected["hours_open_to_resolved"],
            expected["hours_open_to_closed"],
        ),
        strict=True,
    ):
        assert (clock.n, clock.negative) == (told["n"], told["negative"])
        hours = [
            round(each.value / 3600, 4) for each in (clock.median, clock.mean, clock.p90) if each is not None
        ]
        assert hours == [told["median"], told["mean"], told["p90"]]
    assert {each.label: each.n for each in found.groups[1:]} == expected["priority"]
    for group in found.groups[1:]:
        assert group.promise_kept is not None
        assert round(group.promise_kept.value, 5) == expected["made_sla_by_priority"][group.label]
        middle = group.clocks[1].median
        assert middle is not None
        assert round(middle.value / 3600, 4) == expected["median_hours_resolve_by_priority"][group.label]
    assert found.notes == (Note.of("service.open", count=1556), Note.of("service.negative", count=2))


def test_by_hand_in_working_time() -> None:
    """Opened on a Saturday at 8:00 and at 16:00, resolved on Sunday, work from 9 to 17."""
    saturday = 20_533 * 24 * HOUR  # 2026-03-21
    working = WorkingTime.usual("09:00", "17:00", weekend="friday")
    found = incidents(
        [saturday + 8 * HOUR, saturday + 16 * HOUR, saturday + 10 * HOUR],
        resolved=[saturday + 33 * HOUR, saturday + 34 * HOUR, UNKNOWN],
        working=working,
        targets=[("resolution", timedelta(hours=4))],
    )
    (resolution,) = found.groups[0].clocks
    assert resolution.median is not None
    assert resolution.median.value == 5 * 3600  # 8 hours and 2 hours
    assert resolution.kept is not None
    assert (resolution.kept.value, resolution.kept.n) == (1 / 3, 3)  # the open one waits for 8 hours
    assert found.groups[0].promise_kept is None


def test_the_last_row_of_each_holds() -> None:
    assert last_rows(["b", "a", "b", "a"], order=[2, 5, 1, 5]).tolist() == [0, 3]
    assert first_rows(["b", "a", "b"], [False, True, True]) == {"a": 1, "b": 2}


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ServiceRefused, match="resolution has 1"):
        incidents([0, 1], resolved=[2])
    with pytest.raises(ServiceRefused, match="0 incidents"):
        incidents([])
    with pytest.raises(ServiceRefused, match="no opening"):
        incidents([UNKNOWN], resolved=[1])
