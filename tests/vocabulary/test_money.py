"""Money: exact, of one currency, never a float."""

from __future__ import annotations

import decimal
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safar.vocabulary.money import (
    EXPONENTS,
    MixedCurrencies,
    Money,
    NotAnAmount,
    TooManyDecimals,
    UnknownCurrency,
    exponent,
)


@pytest.mark.parametrize(
    ("currency", "decimals"),
    [("USD", 2), ("EUR", 2), ("SAR", 2), ("AED", 2), ("EGP", 2), ("JPY", 0), ("KWD", 3), ("BHD", 3), ("TND", 3),
     ("CLF", 4), ("LBP", 2), ("IRR", 0), ("IQD", 0)],
)  # fmt: skip
def test_exponents_are_those_of_iso_4217_but_for_rial_and_dinar(currency: str, decimals: int) -> None:
    assert exponent(currency) == decimals


def test_amounts_of_any_length_stay_exact() -> None:
    long = 123456789 * 10**30 + 1
    assert str(Money(long, "USD").decimal) == f"{long // 100}.01"
    with pytest.raises(TooManyDecimals) as refusal:
        Money.of(Decimal("0." + "1" * 5000), "USD")
    assert len(str(refusal.value)) < 200
    assert Money.of(Decimal("0." + "1" * 5000), "USD", rounding=decimal.ROUND_HALF_UP) == Money(11, "USD")


def test_every_code_is_three_capital_letters_and_listed_once() -> None:
    assert all(len(code) == 3 and code.isascii() and code.isupper() for code in EXPONENTS)
    assert len(EXPONENTS) == 17 + 2 + 146 + 6 + 2


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("USDD", '"USD"'),
        ("usd", '"USD"'),
        ("Toman", "rials"),
        ("تومان", "rials"),
        ("IRT", "rials"),
        ("", "ISO 4217"),
    ],
)
def test_an_unknown_currency_is_refused_with_the_nearest(text: str, hint: str) -> None:
    with pytest.raises(UnknownCurrency, match=hint):
        exponent(text)
    with pytest.raises(UnknownCurrency, match=hint):
        Money(1, text)


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("12.50", "USD", 1250),
        ("۱۲٫۵", "KWD", 12500),
        (Decimal("-0.01"), "EUR", -1),
        (7, "USD", 700),
        (np.int64(7), "IRR", 7),
        ("1,234,567", "IRR", 1234567),
        (Decimal("1E+3"), "USD", 100000),
        (Decimal("12.500"), "USD", 1250),
    ],
)
def test_amounts_in_major_units(amount: Decimal | str | int, currency: str, minor: int) -> None:
    assert Money.of(amount, currency) == Money(minor, currency)


def test_more_decimals_than_the_currency_has_are_refused_unless_rounding_is_asked_for() -> None:
    with pytest.raises(TooManyDecimals, match=r"12\.345 USD has more than the 2 decimals"):
        Money.of(Decimal("12.345"), "USD")
    with pytest.raises(TooManyDecimals):
        Money.of("0.5", "IRR")
    assert Money.of(Decimal("12.345"), "USD", rounding=decimal.ROUND_HALF_EVEN).minor == 1234
    assert Money.of(Decimal("12.345"), "USD", rounding=decimal.ROUND_HALF_UP).minor == 1235
    assert Money.of(Decimal("-12.345"), "USD", rounding=decimal.ROUND_HALF_UP).minor == -1235
    assert Money.of("0.5", "IRR", rounding=decimal.ROUND_HALF_EVEN).minor == 0


@pytest.mark.parametrize(
    "amount", [1.5, True, None, [1], Decimal("NaN"), Decimal("-Infinity"), Decimal("1e999999")]
)
def test_what_is_not_exact_is_refused(amount: object) -> None:
    with pytest.raises(NotAnAmount):
        Money.of(amount, "USD")  # type: ignore[arg-type]


@pytest.mark.parametrize("minor", [1.0, True, "1", None, Decimal(1)])
def test_minor_units_are_whole(minor: object) -> None:
    with pytest.raises(NotAnAmount, match="not an exact amount"):
        Money(minor, "USD")  # type: ignore[arg-type]


def test_minor_units_from_numpy_become_plain_ints() -> None:
    assert type(Money(np.int64(5), "USD").minor) is int


def test_two_currencies_are_never_added_or_compared() -> None:
    rials, dollars = Money(1, "IRR"), Money(1, "USD")
    for operation in (
        lambda: rials + dollars,
        lambda: rials - dollars,
        lambda: rials < dollars,
        lambda: rials <= dollars,
        lambda: rials > dollars,
        lambda: rials >= dollars,
    ):
        with pytest.raises(MixedCurrencies, match="different currencies"):
            operation()
    assert rials != dollars


def test_money_and_a_bare_number_do_not_mix() -> None:
    with pytest.raises(NotAnAmount):
        Money(1, "USD") + 1  # type: ignore[operator]
    with pytest.raises(NotAnAmount):
        Money(1, "USD") < 1  # type: ignore[operator]  # noqa: B015
    with pytest.raises(TypeError):
        Money(1, "USD") * 1.5  # type: ignore[operator]


def test_order_and_arithmetic() -> None:
    assert Money(1, "USD") < Money(2, "USD") <= Money(2, "USD")
    assert Money(3, "USD") > Money(2, "USD") >= Money(2, "USD")
    assert Money(3, "USD") - Money(5, "USD") == Money(-2, "USD")
    assert str(Money(-1205, "USD")) == "-12.05 USD"
    assert str(Money(5, "IRR")) == "5 IRR"
    assert hash(Money(5, "IRR")) == hash(Money(5, "IRR"))


@given(st.integers(-(10**18), 10**18), st.integers(-(10**18), 10**18), st.sampled_from(sorted(EXPONENTS)))
def test_amounts_survive_the_way_to_major_units_and_back(a: int, b: int, currency: str) -> None:
    money = Money(a, currency)
    assert Money.of(money.decimal, currency) == money
    assert -money.decimal.as_tuple().exponent == exponent(currency)
    assert (money + Money(b, currency)).decimal == money.decimal + Money(b, currency).decimal
