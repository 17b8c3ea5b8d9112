"""Workbooks are written before they leave: a member who asks for many at once gets few."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from safar.show.locale import Locale
from safar.store.home import Home


@pytest.mark.usefixtures("web_home")
def test_few_workbooks_are_written_at_once_and_their_places_come_back(web_home: Home) -> None:
    from safar.doors.web.design.export import TooManyWorkbooks, export
    from safar.doors.web.design.table import Column

    begun, may_end = threading.Semaphore(0), threading.Event()

    def rows() -> Iterator[list[Any]]:
        begun.release()
        may_end.wait(20)
        yield ["a"]

    def failing() -> Iterator[list[Any]]:
        raise ArithmeticError
        yield []

    def written(source: Iterator[list[Any]]) -> bytes:
        answer = export("f", [Column("a", "A")], source, "xlsx", Locale("en"), "ltr")
        found = b"".join(answer.streaming_content)
        answer.close()
        return found

    with pytest.raises(ArithmeticError):
        written(failing())
    threads = [threading.Thread(target=written, args=[rows()]) for _ in range(2)]
    for thread in threads:
        thread.start()
    assert all(begun.acquire(timeout=20) for _ in threads)
    with pytest.raises(TooManyWorkbooks):
        written(rows())
    may_end.set()
    for thread in threads:
        thread.join()
    assert written(iter([["a"]])).startswith(b"PK")
