"""Group commit: what is written together, and what each sender is told."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from safar.doors.ingest.accepted import Accepted
from safar.doors.ingest.commit import Committer, columns_of
from safar.doors.ingest.problems import Unexpected
from safar.store.log import Log
from safar.store.segment import LogWriter
from safar.vocabulary.event import EventColumns


def accepted(*customers: str, source: str = "key:a", channel: str = "web", currency: str = "") -> Accepted:
    count = len(customers)
    return Accepted(
        1_000_000,
        source,
        [f"{source}-{customer}" for customer in customers],
        list(customers),
        ["x"] * count,
        list(range(count)),
        [channel] * count,
        [5 if currency else 0] * count,
        [currency] * count,
        [b'{"a":1}'] * count,
    )


def run(folder: Path, work: Callable[[Committer], Awaitable[None]], open_writer: Any = None) -> None:
    async def main() -> None:
        with ThreadPoolExecutor(2) as threads, Log.create(folder) as log:
            committer = Committer(open_writer or log.writer, threads)
            await work(committer)
            await committer.close()

    with ThreadPoolExecutor(1) as own_thread:  # a browser test may have left a loop in this one
        own_thread.submit(asyncio.run, main()).result()


def test_columns_of_several_requests_stand_side_by_side() -> None:
    columns = columns_of([accepted("a", "b"), accepted("c", source="key:b", channel="app", currency="USD")])
    assert list(columns.customer_id) == ["a", "b", "c"]
    assert list(columns.source) == ["key:a", "key:a", "key:b"]
    assert list(columns.channel) == ["web", "web", "app"]
    assert list(columns.currency) == ["", "", "USD"]
    assert columns.amount.tolist() == [0, 0, 5]
    assert columns.occurred_at.tolist() == [0, 1, 0]
    assert columns.received_at.tolist() == [1_000_000] * 3
    assert columns.event_id.shape == (3, 16)


def test_what_arrives_while_a_group_is_flushed_becomes_one_group(tmp_path: Path) -> None:
    groups: list[int] = []
    flushing = threading.Event()

    async def work(committer: Committer) -> None:
        first = asyncio.create_task(committer.commit(accepted("first")))
        await asyncio.sleep(0.1)
        rest = [asyncio.create_task(committer.commit(accepted(f"c{number}"))) for number in range(20)]
        await asyncio.sleep(0.1)
        assert not first.done()
        flushing.set()
        await asyncio.gather(first, *rest)

    def writer() -> LogWriter:
        class Counting(LogWriter):
            def append(self, columns: EventColumns) -> None:
                groups.append(len(columns))
                super().append(columns)

            def sync(self) -> None:
                flushing.wait(10)
                super().sync()

        return Counting(tmp_path / "log" / "segments")

    run(tmp_path / "log", work, writer)
    assert groups == [1, 20]
    with Log.open(tmp_path / "log") as log:
        assert log.sql("select count(*) from events").one() == (21,)


def test_a_failure_is_told_to_everyone_in_the_group_and_the_next_group_is_fine(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    quoted = "secret-31415"
    with Log.create(tmp_path / "log") as log:
        writers = iter([None, log.writer()])

        def open_writer() -> LogWriter:
            found = next(writers)
            if found is None:
                raise ZeroDivisionError(quoted)
            return found

        async def work(committer: Committer) -> None:
            outcomes = await asyncio.gather(
                committer.commit(accepted("a")), committer.commit(accepted("b")), return_exceptions=True
            )
            assert [type(outcome) for outcome in outcomes] == [Unexpected, Unexpected]
            await committer.commit(accepted("c"))

        with caplog.at_level(logging.ERROR, "safar.ingest"):
            run(tmp_path / "log", work, open_writer)
        assert log.sql("select customer_id from events").rows() == [("c",)]
    assert "ZeroDivisionError" in caplog.text
    assert "31415" not in caplog.text


def test_a_sender_that_gives_up_does_not_disturb_the_others(tmp_path: Path) -> None:
    async def work(committer: Committer) -> None:
        gone = asyncio.create_task(committer.commit(accepted("gone")))
        stays = asyncio.create_task(committer.commit(accepted("stays")))
        await asyncio.sleep(0)
        gone.cancel()
        await stays
        with pytest.raises(asyncio.CancelledError):
            await gone

    run(tmp_path / "log", work)
    with Log.open(tmp_path / "log") as log:
        assert ("stays",) in log.sql("select customer_id from events").rows()
