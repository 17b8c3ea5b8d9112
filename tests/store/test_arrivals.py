"""A follower of a log sees each event once: written, compacted, redelivered, put back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from builders import an_event, together
from logs import write
from safar.store.arrivals import Arrived, Mark, arrivals, mark_now
from safar.store.log import Log

NAMES = {"said"}


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with Log.create(tmp_path / "log") as found:
        yield found


def said(number: int) -> object:
    return an_event("said", f"2026-01-01 09:{number:02}", customer=f"c{number}")


def who(found: list[Arrived]) -> list[str]:
    return [each.customer_id for each in found]


def test_each_event_once_whenever_it_is_compacted(log: Log) -> None:
    mark, seen = Mark(), []
    for number in range(12):
        with log.writer() as writer:
            writer.append(together(said(number), an_event("page", "2026-01-01", customer="x")))
            writer.sync()
            if number % 3 == 0:
                found, mark = arrivals(log, NAMES, mark)
                seen += who(found)
        if number % 4 == 1:
            log.compact(settle=number % 8 == 1)
        found, mark = arrivals(log, NAMES, mark)
        seen += who(found)
    assert seen == [f"c{number}" for number in range(12)]
    assert arrivals(log, NAMES, mark)[0] == []


def test_a_follower_that_was_killed_sees_it_again(log: Log) -> None:
    write(log, said(1))
    before, _lost = arrivals(log, NAMES, Mark())
    log.compact()
    again, mark = arrivals(log, NAMES, Mark())
    assert (who(before), who(again)) == (["c1"], ["c1"])
    write(log, said(2))
    assert who(arrivals(log, NAMES, mark)[0]) == ["c2"]


def test_the_same_event_delivered_twice_is_one(log: Log) -> None:
    write(log, said(1))
    _, mark = arrivals(log, NAMES, Mark())
    write(log, said(1), said(2))
    found, mark = arrivals(log, NAMES, mark)
    assert who(found) == ["c2"]
    log.compact()
    assert arrivals(log, NAMES, mark)[0] == []


def test_from_now_on(log: Log) -> None:
    write(log, said(1))
    log.compact()
    with log.writer() as writer:
        writer.append(together(said(2)))
        writer.sync()
        mark = mark_now(log, NAMES)
    write(log, said(3))
    log.compact()
    assert who(arrivals(log, NAMES, mark)[0]) == ["c3"]


def test_a_log_that_was_put_back_has_nothing_new(log: Log) -> None:
    write(log, said(1))
    log.compact()
    found, mark = arrivals(log, NAMES, Mark(1_000))
    assert (found, mark) == ([], Mark(1))
    write(log, said(2))
    assert who(arrivals(log, NAMES, mark)[0]) == ["c2"]


def test_erasing_somebody_brings_nobody_back(log: Log) -> None:
    write(log, said(1), said(2))
    log.compact()
    _, mark = arrivals(log, NAMES, Mark())
    log.erase("c1")
    assert arrivals(log, NAMES, mark)[0] == []


def test_what_is_told_of_an_event(log: Log) -> None:
    write(log, an_event("said", "2026-01-01 09:00", customer="c", channel="app", properties={"a": 1}))
    ((event,), _) = arrivals(log, NAMES, Mark())
    assert (event.event_name, event.channel, event.source, event.properties) == (
        "said",
        "app",
        "test",
        '{"a":1}',
    )
    assert event.occurred_at.isoformat() == "2026-01-01T09:00:00+00:00"
    assert arrivals(log, (), Mark())[0] == []
