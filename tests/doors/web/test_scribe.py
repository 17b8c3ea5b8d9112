"""Events that the pages write: durable, once, many threads in one flush."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from safar.store.schema import TextRefused

AT = datetime(2026, 3, 21, 9, 30, tzinfo=UTC)


def drafts_of(place: int, customer_id: str = "c1"):
    from safar.doors.web.scribe import EventDraft

    return [
        EventDraft(
            key=("answer", str(place)),
            name="survey_answered",
            customer_id=customer_id,
            occurred_at=AT,
            properties={"value": place, "verbatim": "خوب بود 🙂"},
            channel="web",
        )
    ]


def test_many_threads_write_and_writing_twice_is_writing_once(web_home, shop):
    from safar.doors.web.scribe import write

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(lambda place: write(shop.workspace_id, drafts_of(place % 40)), range(80)))
    log = web_home.log(shop.workspace_id)
    log.compact()
    found = log.sql("select count(*), sum(cast(properties->>'value' as int)) from events").one()
    assert tuple(found) == (40, sum(range(40)))


def test_what_cannot_be_written_troubles_nobody_else(web_home, shop):
    from safar.doors.web.scribe import write

    def one(place: int) -> bool:
        try:
            write(shop.workspace_id, drafts_of(place, "\ud800" if place % 4 == 0 else "c"))
        except TextRefused:
            return False
        return True

    with ThreadPoolExecutor(16) as threads:
        written = list(threads.map(one, range(40)))
    assert written == [place % 4 != 0 for place in range(40)]
    count = web_home.log(shop.workspace_id).sql("select count(*) from events").one()[0]
    assert count == 30


def test_an_erasure_does_not_wait_for_a_writer_at_rest(web_home, shop):
    from safar.doors.web.scribe import write

    write(shop.workspace_id, drafts_of(1))
    proof = web_home.log(shop.workspace_id).erase("c1", seal_seconds=10)
    assert proof.events_removed == 1
    assert web_home.log(shop.workspace_id).sql("select count(*) from events").one()[0] == 0


def test_a_workspace_that_is_not_there(web_home):
    from safar.doors.web.scribe import write
    from safar.store.registry import UnknownWorkspace

    with pytest.raises(UnknownWorkspace):
        write("nowhere", drafts_of(1))
