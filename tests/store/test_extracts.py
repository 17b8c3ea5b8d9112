"""Rows of an extract: those of a mask, and those of each text."""

from __future__ import annotations

import numpy as np
import pytest

from safar.store.extracts import Column, Rows


def _rows(names: list[str]) -> Rows:
    texts = tuple(dict.fromkeys(names))
    codes = np.array([texts.index(name) for name in names], np.int32)
    count = np.arange(len(names))
    event_name = Column(codes, (*texts, "unheard"))
    return Rows("1", count.astype(np.uint64), 10 * count, event_name, {"n": Column(count)})


def test_rows_of_each_text_stand_in_their_order() -> None:
    rows = _rows(["b", "a", "b", "c", "a", "b"])
    found = rows.by_text(rows.event_name)
    assert {text: each.fields["n"].values.tolist() for text, each in found.items()} == {
        "b": [0, 2, 5],
        "a": [1, 4],
        "c": [3],
    }
    assert found["b"].time.tolist() == [0, 20, 50]
    assert found["a"].person.tolist() == [1, 4]
    assert [found["a"].event_name.texts[code] for code in found["a"].event_name.values] == ["a", "a"]


@pytest.mark.parametrize("count", [0, 70_000])
def test_no_text_and_more_texts_than_two_bytes_tell(count: int) -> None:
    names = [f"{number % 66_000}" for number in range(count)]
    rows = _many(names)
    found = rows.by_text(rows.event_name)
    assert len(found) == len(set(names))
    assert all(len(each) == (2 if int(text) < 4_000 else 1) for text, each in found.items())


def _many(names: list[str]) -> Rows:
    count = np.arange(len(names))
    texts = tuple(f"{number}" for number in range(66_000))
    return Rows("1", count.astype(np.uint64), count, Column((count % 66_000).astype(np.int32), texts), {})


def test_a_mask_of_all_copies_nothing() -> None:
    rows = _rows(["a", "b", "a"])
    assert rows.where(np.ones(3, np.bool_)) is rows
    assert rows.where(np.array([True, False, True])).fields["n"].values.tolist() == [0, 2]
    assert len(rows.where(np.zeros(3, np.bool_))) == 0
