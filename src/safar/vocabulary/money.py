"""Money: whole minor units of a currency, never a float.

Exponents follow ISO 4217 with two exceptions: the Iranian rial and the Iraqi dinar have 0 decimals here,
because their minor units do not circulate. The toman is not a currency but a way to show rials
(`safar.show.money`).
"""

from __future__ import annotations

import decimal
import operator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, SupportsIndex

from .digits import parse_number
from .errors import Refusal, nearest

_BY_EXPONENT: Final[dict[int, str]] = {
    0: """BIF CLP DJF GNF IQD IRR ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF""",
    2: """AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE
        CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD
        HKD HNL HTG HUF IDR ILS INR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT
        MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB
        SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD
        USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG""",
    3: """BHD JOD KWD LYD OMR TND""",
    4: """CLF UYW""",
}
#: Withdrawn since 2014, still met in old exports.
_WITHDRAWN: Final = "ANG BGN CUC HRK LTL LVL SLL VEF ZWL"

#: Power of ten from which on nothing is an amount: a typed ``1e99999999`` would fill the memory.
_FAR: Final = 40

#: Every currency Safar counts in, with the number of decimals of its minor unit.
EXPONENTS: Final[dict[str, int]] = {
    **{code: exponent for exponent, codes in _BY_EXPONENT.items() for code in codes.split()},
    **dict.fromkeys(_WITHDRAWN.split(), 2),
}


class UnknownCurrency(Refusal, LookupError):
    """The text is no ISO 4217 code of a currency that circulates."""

    code = "money.unknown_currency"


class MixedCurrencies(Refusal, ValueError):
    """Amounts of two currencies were added or compared; Safar never converts by itself."""

    code = "money.mixed_currencies"


class TooManyDecimals(Refusal, ValueError):
    """The amount is finer than the currency's minor unit, and nobody asked to round."""

    code = "money.too_many_decimals"


class NotAnAmount(Refusal, TypeError):
    """A float, a bool or something else that is no exact amount."""

    code = "money.not_an_amount"


def exponent(currency: str) -> int:
    """Return the number of decimals of a currency's minor unit.

    Parameters
    ----------
    currency
        ISO 4217 alphabetic code, upper case.

    Raises
    ------
    UnknownCurrency
        When the code is not in the table; the hint names the nearest one.

    Notes
    -----
    ISO 4217:2015, List One, except IRR (2 there) and IQD (3 there), which are 0 here.

    Examples
    --------
    >>> exponent("USD"), exponent("KWD"), exponent("IRR")
    (2, 3, 0)
    """
    try:
        return EXPONENTS[currency]
    except (KeyError, TypeError):
        raise _unknown(currency) from None


def _unknown(currency: object) -> UnknownCurrency:
    text = str(currency)
    if text.strip().upper() in {"TOMAN", "IRT", "TMN"} or text.strip() in {"تومان", "تومن"}:
        hint = (
            "The toman is no ISO 4217 currency: record rials (IRR), ten to a toman. Persian pages show toman."
        )
    else:
        hint = (
            nearest(text.strip().upper(), EXPONENTS)
            or "Use a three-letter ISO 4217 code, such as IRR or USD."
        )
    return UnknownCurrency(f"{text!r} is not a known currency.", hint=hint, currency=text)


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount of one currency.

    Parameters
    ----------
    minor
        Whole minor units: cents for USD, rials for IRR. May be negative.
    currency
        ISO 4217 code.

    Examples
    --------
    >>> Money(1250, "USD") + Money.of("0.75", "USD")
    Money(minor=1325, currency='USD')
    """

    minor: int
    currency: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "minor", _whole(self.minor))
        exponent(self.currency)

    @classmethod
    def of(cls, amount: Decimal | str | int, currency: str, *, rounding: str | None = None) -> Money:
        """Return the amount given in major units: dollars, not cents.

        Parameters
        ----------
        amount
            Exact: a `Decimal`, an `int`, or text as `safar.vocabulary.digits.parse_number` reads it. A float
            is refused.
        currency
            ISO 4217 code.
        rounding
            A rounding mode of the `decimal` module, such as ``decimal.ROUND_HALF_EVEN``. By default an amount
            with more decimals than the currency has is refused.

        Raises
        ------
        TooManyDecimals, UnknownCurrency, NotAnAmount

        Examples
        --------
        >>> Money.of("۱۲٫۵", "KWD")
        Money(minor=12500, currency='KWD')
        """
        places = exponent(currency)
        if isinstance(amount, str):
            value = parse_number(amount)
        elif isinstance(amount, Decimal):
            value = amount
        else:
            value = Decimal(_whole(amount))
        shown = f"{value!s:.40}"
        if not value.is_finite() or value.adjusted() >= _FAR:
            raise NotAnAmount(
                f"{shown} is not an amount of money.", hint=f"Give a number below 1e{_FAR}.", amount=shown
            )
        scaled = _shifted(value, places)
        whole = scaled.to_integral_value(rounding or decimal.ROUND_DOWN)
        if rounding is None and whole != scaled:
            raise TooManyDecimals(
                f"{shown} {currency} has more than the {places} decimals of {currency}.",
                hint="Round it first, or say how to round.",
                amount=shown,
                currency=currency,
                decimals=places,
            )
        return cls(int(whole), currency)

    @property
    def decimal(self) -> Decimal:
        """The amount in major units, exact, with all decimals of the currency."""
        return _shifted(Decimal(self.minor), -EXPONENTS[self.currency])

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        return self.minor > self._same(other)

    def __ge__(self, other: Money) -> bool:
        return self.minor >= self._same(other)

    def __str__(self) -> str:
        return f"{self.decimal} {self.currency}"

    def _same(self, other: object) -> int:
        if not isinstance(other, Money):
            raise _not_exact(other)
        if other.currency != self.currency:
            raise MixedCurrencies(
                f"{self} and {other} are in different currencies.",
                hint="Convert one of them at a rate you choose, or keep the currencies apart.",
                currencies=[self.currency, other.currency],
            )
        return other.minor


def _shifted(value: Decimal, places: int) -> Decimal:
    """Return the number with its point moved, whatever its length: `Decimal.scaleb` rounds to the context."""
    sign, digits, power = value.as_tuple()
    assert isinstance(power, int)
    return Decimal((sign, digits, power + places))


def _whole(amount: SupportsIndex) -> int:
    if not isinstance(amount, bool):
        try:
            return operator.index(amount)
        except TypeError:
            pass
    raise _not_exact(amount)


def _not_exact(amount: object) -> NotAnAmount:
    return NotAnAmount(
        f"{amount!r} is a {type(amount).__name__}, not an exact amount of money.",
        hint="Give whole minor units as an int, or a Decimal or text to Money.of.",
        amount=repr(amount),
    )
