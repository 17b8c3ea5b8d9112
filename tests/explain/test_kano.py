"""Kano: the table, the coefficients and the test of the literature."""

from __future__ import annotations

import math

import pytest

from safar.explain.kano import ANSWERS, KanoRefused, category_of, kano, of_counts
from safar.vocabulary.interval import wilson

LETTERS = {
    "A": "attractive",
    "O": "one_dimensional",
    "M": "must_be",
    "I": "indifferent",
    "R": "reverse",
    "Q": "questionable",
}


def test_the_whole_table() -> None:
    rows = ("QAAAO", "RIIIM", "RIIIM", "RIIIM", "RRRRQ")
    found = [[category_of(there, missing) for missing in ANSWERS] for there in ANSWERS]
    assert found == [[LETTERS[letter] for letter in row] for row in rows]


def test_the_published_example() -> None:
    counts = {
        "attractive": 30,
        "one_dimensional": 25,
        "must_be": 20,
        "indifferent": 20,
        "reverse": 3,
        "questionable": 2,
    }
    found = of_counts(counts)
    assert found.category == "attractive"
    assert found.better.value == pytest.approx(0.578947, abs=5e-7)
    assert found.worse.value == pytest.approx(-0.473684, abs=5e-7)
    # |30 - 25| = 5 < 1.65 sqrt((30 + 25)(200 - 55)/200) = 10.42
    assert math.isclose(1.65 * math.sqrt(55 * 145 / 200), 10.42, abs_tol=0.005)
    assert not found.is_clear
    assert (found.better.interval, found.better.n, found.n) == (wilson(55, 95), 95, 100)
    assert found.worse.interval.low == -wilson(45, 95).high


def test_clear_from_the_test_on() -> None:
    # 1.65 sqrt(20 · 20/40) = 5.217…: six apart are clear, four are not
    assert of_counts({"must_be": 13, "attractive": 7}).is_clear
    assert not of_counts({"must_be": 12, "attractive": 8}).is_clear


def test_answers_of_people() -> None:
    found = kano([("like", "dislike")] * 3 + [("like", "like")])
    assert dict(found.counts) == dict.fromkeys(LETTERS.values(), 0) | {
        "one_dimensional": 3,
        "questionable": 1,
    }
    assert (found.better.value, found.worse.value) == (1.0, -1.0)


def test_of_as_frequent_ones_the_one_that_must_be_there() -> None:
    assert of_counts({"attractive": 5, "must_be": 5}).category == "must_be"


def test_nobody_with_an_opinion_has_no_coefficients() -> None:
    found = of_counts({"reverse": 4})
    assert (found.better, found.worse, found.category) == (None, None, "reverse")


def test_what_is_no_answer_is_refused() -> None:
    with pytest.raises(KanoRefused, match="'love'"):
        kano([("love", "like")])
    with pytest.raises(KanoRefused, match="Nobody"):
        kano([])
