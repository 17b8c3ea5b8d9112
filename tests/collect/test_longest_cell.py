from __future__ import annotations

import csv
from pathlib import Path
from threading import Event, Thread

import pytest

from file_builders import a_file, rows_of
from safar.collect.delimited import LONGEST_CELL, CellTooLong
from safar.collect.longest_cell import ANY_LENGTH, longest_cell


def test_the_limit_before_is_the_limit_after_even_when_a_cell_is_too_long() -> None:
    before = csv.field_size_limit()
    with pytest.raises(csv.Error), longest_cell(2):
        list(csv.reader(["abc"]))
    assert csv.field_size_limit() == before


def test_a_file_is_read_with_its_own_limit_whatever_the_process_has(tmp_path: Path) -> None:
    before = csv.field_size_limit()
    path = a_file(tmp_path, f"a,b\n1,2\n3,{'x' * (LONGEST_CELL + 1)}\n")
    with longest_cell(ANY_LENGTH), pytest.raises(CellTooLong):
        rows_of(path)
    with longest_cell(1):
        assert rows_of(a_file(tmp_path, "a,b\nlong,longer\n")) == [("long", "longer")]
    assert csv.field_size_limit() == before


def test_two_threads_do_not_change_each_others_limit() -> None:
    inside, seen = Event(), []

    def other() -> None:
        inside.set()
        with longest_cell(3):
            seen.append(csv.field_size_limit())

    with longest_cell(ANY_LENGTH):
        thread = Thread(target=other)
        thread.start()
        assert inside.wait(10)
        thread.join(0.05)
        assert (seen, csv.field_size_limit()) == ([], ANY_LENGTH)
    thread.join(10)
    assert seen == [3]
