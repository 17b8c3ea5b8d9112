from __future__ import annotations

import pytest

from safar.doors.ingest.amounts import amount_of, may_have_amount
from safar.doors.ingest.rejections import AmountUnreadable
from safar.vocabulary.money import UnknownCurrency


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ('{"revenue": 12.5, "currency": "USD"}', (1250, "USD")),
        ('{"revenue": 250000}', (250000, "IRR")),  # the workspace's currency
        ('{"total": 12.345, "currency": "KWD"}', (12345, "KWD")),
        ('{"total": 53}', (0, "")),  # results found, not money
        ('{"total": {"a": 1}}', (0, "")),
        ('{"revenue": null, "total": 7, "currency": "JPY"}', (7, "JPY")),
        ('{"revenue": 1, "total": 7, "currency": "usd"}', (100, "USD")),
        ('{"amount": 2500000, "currency": "IRR"}', (2500000, "IRR")),
        ('{"amount": 12.5, "currency": "USD"}', (1250, "USD")),  # major units, as all three
        ('{"amount": 3}', (0, "")),  # of anything
        ('{"amount": 9, "total": 7, "currency": "JPY"}', (7, "JPY")),
        ('{"amount": 9, "total": 7, "revenue": 1, "currency": "JPY"}', (1, "JPY")),
        ('{"amount": 9, "total": null, "currency": "JPY"}', (9, "JPY")),
        ('{"revenue": "۱۲٬۵۰۰", "currency": "IRR"}', (12500, "IRR")),
        ('{"revenue": "19.99", "currency": "EUR"}', (1999, "EUR")),
        ('{"revenue": -5, "currency": "USD"}', (-500, "USD")),
        ('{"revenue": 0.125, "currency": "USD"}', (12, "USD")),  # half to even
        ('{"revenue": 0.135, "currency": "USD"}', (14, "USD")),
        ('{"revenue": 9223372036854775807, "currency": "JPY"}', (9223372036854775807, "JPY")),
        ('{"revenue": 1e-400, "currency": "USD"}', (0, "USD")),
        ('{"revenue": 0.' + "9" * 4000 + ', "currency": "USD"}', (100, "USD")),
        ('{"nested": {"revenue": 5}}', (0, "")),
        ("{}", (0, "")),
    ],
)
def test_the_amount(properties: str, expected: tuple[int, str]) -> None:
    assert amount_of(properties.encode(), "IRR") == expected


@pytest.mark.parametrize(
    "revenue",
    ['"soon"', "true", "[1]", "{}", '"1,234"', "1e400", "9223372036854775808", "1e999999999999", '""'],
)
def test_a_revenue_that_is_no_number_is_refused(revenue: str) -> None:
    with pytest.raises(AmountUnreadable):
        amount_of(f'{{"revenue": {revenue}, "currency": "JPY"}}'.encode(), "IRR")


def test_a_currency_that_is_none_is_refused_with_a_hint() -> None:
    with pytest.raises(UnknownCurrency, match="toman is no ISO"):
        amount_of(b'{"revenue": 5, "currency": "toman"}', "IRR")
    with pytest.raises(UnknownCurrency):
        amount_of(b'{"revenue": 5, "currency": 7}', "IRR")


def test_events_without_the_words_have_no_amount() -> None:
    assert not may_have_amount(b'{"price": 5, "currency": "USD"}')
    assert may_have_amount(b'{"total": 5}')
    assert may_have_amount(b'{"amount": 5}')


def test_an_amount_beside_a_currency_that_is_no_number_is_refused_by_its_name() -> None:
    with pytest.raises(AmountUnreadable, match=r"The amount .*soon"):
        amount_of(b'{"amount": "soon", "currency": "JPY"}', "IRR")
