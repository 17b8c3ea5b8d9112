"""Money as words of a locale. Persian pages show rials as toman, ten to one; nothing is stored in toman."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from safar.vocabulary.money import Money, exponent
from safar.vocabulary.time_names import Language

from .numbers import NO_BREAK, Numbers

TOMAN: Final = "تومان"
_RIALS_IN_A_TOMAN: Final = 10
#: Keeps a code in Latin letters after the digits, in the order of reading.
_RLM: Final = "\u200f"

#: Signs that stand before the digits in English.
_SIGNS: Final = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹", "KRW": "₩"}

#: Words that stand after the digits. Other currencies are shown by their ISO code.
CURRENCY_WORDS: Final[dict[Language, dict[str, str]]] = {
    "en": {},
    "fa": {
        "AED": "درهم امارات",
        "AFN": "افغانی",
        "BHD": "دینار بحرین",
        "EGP": "پوند مصر",
        "EUR": "یورو",
        "GBP": "پوند",
        "IQD": "دینار عراق",
        "IRR": "ریال",
        "JOD": "دینار اردن",
        "KWD": "دینار کویت",
        "LBP": "پوند لبنان",
        "OMR": "ریال عمان",
        "QAR": "ریال قطر",
        "SAR": "ریال سعودی",
        "SYP": "پوند سوریه",
        "TRY": "لیر ترکیه",
        "USD": "دلار",
        "YER": "ریال یمن",
    },
    "ar": {
        "AED": "د.إ.",
        "BHD": "د.ب.",
        "DZD": "د.ج.",
        "EGP": "ج.م.",
        "EUR": "يورو",
        "GBP": "جنيه إسترليني",
        "IQD": "د.ع.",
        "IRR": "ريال إيراني",
        "JOD": "د.أ.",
        "KWD": "د.ك.",
        "LBP": "ل.ل.",
        "LYD": "د.ل.",
        "MAD": "د.م.",
        "OMR": "ر.ع.",
        "QAR": "ر.ق.",
        "SAR": "ر.س.",
        "SDG": "ج.س.",
        "SYP": "ل.س.",
        "TND": "د.ت.",
        "TRY": "ليرة تركية",
        "USD": "دولار",
        "YER": "ر.ي.",
    },
}


class Amounts(Numbers):
    """How a locale writes amounts of money; `safar.show.locale.Locale` is one."""

    def money(self, amount: Money | None, *, compact: bool = False, signed: bool = False) -> str:
        """Return an amount with its currency.

        Parameters
        ----------
        amount
            None gives a dash. Rials are shown as toman in Persian.
        compact
            In at most three digits and a word for thousands, millions, …
        signed
            With a plus before what is above zero. For differences.

        Examples
        --------
        >>> from safar.show.locale import Locale
        >>> Locale("fa").money(Money(12_500_000, "IRR"))
        '۱٬۲۵۰٬۰۰۰\\xa0تومان'
        >>> Locale("en").money(Money(-125_050, "USD"))
        '−$1,250.50'
        """
        if amount is None:
            return self.number(None)
        value, decimals, word = self._unit(amount)
        if compact:
            digits = self.compact(value)
            if signed and value > 0:
                digits = self._signed(value, digits, plus="+")
        else:
            digits = (self.signed if signed else self.number)(value, decimals=decimals)
        sign = _SIGNS.get(amount.currency) if self.language == "en" else None
        if sign is None:
            foreign = _RLM if self.language != "en" and word.isascii() else ""
            return f"{digits}{NO_BREAK}{foreign}{word}"
        head = digits[:1] if digits[:1] in ("−", "+") else ""
        return f"{head}{sign}{digits[len(head) :]}"

    def amount(self, amount: Money) -> str:
        """Return an amount in few digits without its currency: beside a drawing whose heading says it."""
        return self.compact(self._unit(amount)[0])

    def currency_name(self, currency: str) -> str:
        """Return the unit that `money` writes: for the head of a column or of an axis."""
        return self._unit(Money(0, currency))[2]

    def _unit(self, amount: Money) -> tuple[Decimal, int, str]:
        """Return the amount in the unit that is shown, its decimals, and the unit's name."""
        if amount.currency == "IRR" and self.language == "fa":
            tomans = Decimal(amount.minor) / _RIALS_IN_A_TOMAN
            return tomans, int(amount.minor % _RIALS_IN_A_TOMAN != 0), TOMAN
        word = CURRENCY_WORDS[self.language].get(amount.currency, amount.currency)
        return amount.decimal, exponent(amount.currency), word
