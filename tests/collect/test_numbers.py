from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safar.collect.numbers import Memo, detect_number_format
from safar.vocabulary.digits import parse_number


@pytest.mark.parametrize(
    ("texts", "decimal", "ambiguous"),
    [
        (["2.55", "3.39"], ".", ""),
        (["2,55", "3,39"], ",", ""),
        (["1.234", "12,5"], ",", ""),
        (["1,234", "0.5"], ".", ""),
        (["1,234.50"], ".", ""),
        (["1.234,50"], ",", ""),
        (["1,234", "5"], None, "1,234"),
        (["1.045", "7"], None, "1.045"),
        (["17850", "-3"], None, ""),
        (["۱٬۲۳۴٫۵", "٣٫٥"], None, ""),
        (["1 234,5"], ",", ""),
        (["1,234,567", "1,234"], ".", ""),
    ],
)
def test_the_decimal_mark_is_told_from_the_column(
    texts: list[str], decimal: str | None, ambiguous: str
) -> None:
    found = detect_number_format(["", *texts])
    assert found is not None
    assert (found.decimal, found.ambiguous) == (decimal, ambiguous)


@pytest.mark.parametrize("texts", [[], [""], ["NA"], ["85123A", "1"], ["2026-01-01"], ["12/5"]])
def test_what_is_no_column_of_numbers_is_none(texts: list[str]) -> None:
    assert detect_number_format(texts) is None


def test_marks_that_contradict_each_other_decide_nothing() -> None:
    found = detect_number_format(["2.55", "3,39", "1,234"])
    assert found is not None
    assert (found.decimal, found.ambiguous) == (None, "1,234")


def test_whole_and_negative_numbers_are_noticed() -> None:
    orders, prices = detect_number_format(["6", "-1"]), detect_number_format(["2.55", "0"])
    assert orders is not None
    assert prices is not None
    assert (orders.whole, orders.negative) == (True, True)
    assert (prices.whole, prices.negative) == (False, False)


@given(st.lists(st.decimals(-(10**6), 10**6, places=2), min_size=1, max_size=20))
def test_a_german_and_an_english_column_read_the_same(values: list[Decimal]) -> None:
    values = [*values, Decimal("0.25")]
    english = [f"{value:,.2f}" for value in values]
    german = [text.translate(str.maketrans(",.", ".,")) for text in english]
    for texts, mark in ((english, "."), (german, ",")):
        found = detect_number_format(texts)
        assert found is not None
        assert found.decimal == mark
        assert [parse_number(text, decimal=found.decimal) for text in texts] == values


def test_a_memo_works_each_text_out_once_and_forgets_when_full() -> None:
    seen: list[str] = []
    memo = Memo(lambda text: (seen.append(text), len(text))[1])
    assert list(map(memo.__getitem__, ["a", "bb", "a"])) == [1, 2, 1]
    assert seen == ["a", "bb"]
    for number in range(200_001):
        assert memo[str(number)] == len(str(number))
    assert len(memo) < 200_001
