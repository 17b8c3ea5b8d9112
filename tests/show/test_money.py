"""Money as words of a locale."""

from __future__ import annotations

import pytest

from safar.show.locale import Locale
from safar.vocabulary.money import EXPONENTS, Money

FA, AR, EN = Locale("fa"), Locale("ar"), Locale("en")
LRM, RLM, ALM, NBSP = "\u200e", "\u200f", "\u061c", "\u00a0"


@pytest.mark.parametrize(
    ("amount", "fa", "ar", "en"),
    [
        (Money(12_500_000, "IRR"), "۱٬۲۵۰٬۰۰۰ تومان", "١٢٬٥٠٠٬٠٠٠ ريال إيراني", "12,500,000 IRR"),
        (Money(12_345, "IRR"), "۱٬۲۳۴٫۵ تومان", "١٢٬٣٤٥ ريال إيراني", "12,345 IRR"),
        (Money(0, "IRR"), "۰ تومان", "٠ ريال إيراني", "0 IRR"),
        (Money(-10, "IRR"), f"{LRM}−۱ تومان", f"{ALM}−١٠ ريال إيراني", "−10 IRR"),
        (Money(123_450, "USD"), "۱٬۲۳۴٫۵۰ دلار", "١٬٢٣٤٫٥٠ دولار", "$1,234.50"),
        (Money(-150, "USD"), f"{LRM}−۱٫۵۰ دلار", f"{ALM}−١٫٥٠ دولار", "−$1.50"),
        (Money(9_900, "SAR"), "۹۹٫۰۰ ریال سعودی", "٩٩٫٠٠ ر.س.", "99.00 SAR"),
        (Money(1_500, "KWD"), "۱٫۵۰۰ دینار کویت", "١٫٥٠٠ د.ك.", "1.500 KWD"),
        (Money(250_000, "IQD"), "۲۵۰٬۰۰۰ دینار عراق", "٢٥٠٬٠٠٠ د.ع.", "250,000 IQD"),
        (Money(500, "SEK"), f"۵٫۰۰ {RLM}SEK", f"٥٫٠٠ {RLM}SEK", "5.00 SEK"),
        (None, "—", "—", "—"),
    ],
)
def test_amounts(amount: Money | None, fa: str, ar: str, en: str) -> None:
    shown = [locale.money(amount).replace(NBSP, " ") for locale in (FA, AR, EN)]
    assert shown == [fa, ar, en]


@pytest.mark.parametrize(
    ("amount", "fa", "ar", "en"),
    [
        (Money(123_456_789, "IRR"), "۱۲٫۳ میلیون تومان", "١٢٣ مليون ريال إيراني", "123 M IRR"),
        (Money(15 * 10**12, "IRR"), "۱٫۵ هزار میلیارد تومان", "١٥ تريليون ريال إيراني", "15 T IRR"),
        (Money(123_456_700, "USD"), "۱٫۲ میلیون دلار", "١٫٢ مليون دولار", "$1.2 M"),
        (Money(-5_000_00, "SAR"), f"{LRM}−۵ هزار ریال سعودی", f"{ALM}−٥ آلاف ر.س.", "−5 K SAR"),
    ],
)
def test_compact_amounts(amount: Money, fa: str, ar: str, en: str) -> None:
    shown = [locale.money(amount, compact=True).replace(NBSP, " ") for locale in (FA, AR, EN)]
    assert shown == [fa, ar, en]


def test_differences_of_money_carry_their_sign() -> None:
    assert EN.money(Money(150, "USD"), signed=True) == "+$1.50"
    assert EN.money(Money(0, "USD"), signed=True) == "$0.00"
    assert FA.money(Money(150, "IRR"), signed=True) == f"{LRM}+۱۵{NBSP}تومان"
    assert EN.money(Money(1_500_000, "USD"), compact=True, signed=True).replace(NBSP, " ") == "+$15 K"
    assert EN.money(Money(-1_500_000, "USD"), compact=True, signed=True).replace(NBSP, " ") == "−$15 K"
    assert AR.money(Money(300_000, "SAR"), compact=True, signed=True) == f"{ALM}+٣{NBSP}آلاف{NBSP}ر.س."


def test_the_name_of_the_unit_for_heads_of_columns() -> None:
    assert [locale.currency_name("IRR") for locale in (FA, AR, EN)] == ["تومان", "ريال إيراني", "IRR"]
    assert [locale.currency_name("SAR") for locale in (FA, AR, EN)] == ["ریال سعودی", "ر.س.", "SAR"]
    assert EN.currency_name("USD") == "USD"


def test_every_currency_can_be_shown_in_every_language() -> None:
    for currency in EXPONENTS:
        for locale in (FA, AR, EN):
            assert locale.money(Money(123_456, currency))


def test_large_amounts_are_exact() -> None:
    assert EN.money(Money(2**63 - 1, "IRR")) == f"9,223,372,036,854,775,807{NBSP}IRR"
    assert FA.money(Money(2**63 - 1, "IRR")) == f"۹۲۲٬۳۳۷٬۲۰۳٬۶۸۵٬۴۷۷٬۵۸۰٫۷{NBSP}تومان"
