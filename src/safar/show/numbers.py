"""Numbers as words of a locale: digits and marks of its script, its word for a million, its sign on the right
side.

Digits are shaped last, and only in text for people: never in inputs, JSON, CSV or addresses.
"""

from __future__ import annotations

import math
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Final, Literal, SupportsFloat, get_args

from safar.vocabulary.digits import ARABIC_DIGITS, LATIN_DIGITS, PERSIAN_DIGITS
from safar.vocabulary.time_names import Language

#: Which digits a locale shows.
Digits = Literal["persian", "arabic", "latin"]
DIGITS: Final[tuple[Digits, ...]] = get_args(Digits)
#: Anything with a size: ints, floats, `Decimal`, NumPy scalars; None means not known.
Number = SupportsFloat | Decimal | int | None

#: What stands where no number is known.
NO_VALUE: Final = "—"

NO_BREAK: Final = "\u00a0"
_LRM, _RLM, _ALM = "\u200e", "\u200f", "\u061c"
_MINUS = "\u2212"
#: Wide enough for every float, and for sums of money that no one has.
_WIDE: Final = Context(prec=1000)
_SHAPES: Final[dict[Digits, dict[int, int]]] = {
    "persian": str.maketrans(LATIN_DIGITS + ".,", PERSIAN_DIGITS + "٫٬"),
    "arabic": str.maketrans(LATIN_DIGITS + ".,", ARABIC_DIGITS + "٫٬"),
    "latin": {},
}
_PLAIN_SHAPES: Final[dict[Digits, dict[int, int]]] = {
    "persian": str.maketrans(LATIN_DIGITS, PERSIAN_DIGITS),
    "arabic": str.maketrans(LATIN_DIGITS, ARABIC_DIGITS),
    "latin": {},
}
#: Powers of a thousand by language, from 10**3 to 10**12: the word, and the Arabic plural for 3 to 10.
_SCALES: Final[dict[Language, tuple[tuple[str, str], ...]]] = {
    "en": (("K", "K"), ("M", "M"), ("B", "B"), ("T", "T")),
    "fa": (("هزار", "هزار"), ("میلیون", "میلیون"), ("میلیارد", "میلیارد"), ("هزار میلیارد", "هزار میلیارد")),
    "ar": (("ألف", "آلاف"), ("مليون", "ملايين"), ("مليار", "مليارات"), ("تريليون", "تريليونات")),
}
_TO: Final[dict[Language, str]] = {"en": "to", "fa": "تا", "ar": "إلى"}


class Numbers:
    """How a locale writes numbers; `safar.show.locale.Locale` is one."""

    language: Language
    digits: Digits

    def shape(self, text: str) -> str:
        """Return the text with its Latin digits in the digits of the locale; all else stays."""
        return text.translate(_PLAIN_SHAPES[self.digits])

    def number(self, value: Number, *, decimals: int | None = None) -> str:
        """Return a number with grouped thousands.

        Parameters
        ----------
        value
            None and NaN give a dash.
        decimals
            How many to show, rounded half to even. By default none for an int, all for a `Decimal`, and for a
            float at most two without trailing zeros.

        Examples
        --------
        >>> from safar.show.locale import Locale
        >>> Locale("fa").number(1234.5)
        '۱٬۲۳۴٫۵'
        """
        found = _decimal(value)
        if found is None:
            return NO_VALUE
        return self._signed(found, self._digits_of(found, _decimals(value, decimals)))

    def signed(self, value: Number, *, decimals: int | None = None) -> str:
        """Return a number with its sign, plus too; zero has none. For differences."""
        found = _decimal(value)
        if found is None:
            return NO_VALUE
        return self._signed(found, self._digits_of(found, _decimals(value, decimals)), plus="+")

    def percent(self, rate: Number, *, decimals: int = 0) -> str:
        """Return a rate (1 is the whole) in percent.

        Examples
        --------
        >>> from safar.show.locale import Locale
        >>> Locale("en").percent(0.1234, decimals=1)
        '12.3%'
        """
        return self._percent(rate, decimals, plus="")

    def signed_percent(self, rate: Number, *, decimals: int = 0) -> str:
        """Return a relative change in percent with its sign, plus too; zero has none."""
        return self._percent(rate, decimals, plus="+")

    def points(self, difference: Number, *, decimals: int = 1) -> str:
        """Return a difference of two rates in signed percentage points, without a unit."""
        found = _decimal(difference)
        return NO_VALUE if found is None else self.signed(found * 100, decimals=decimals)

    def compact(self, value: Number) -> str:
        """Return a number in at most three digits and a word for its thousands, millions, …

        Examples
        --------
        >>> from safar.show.locale import Locale
        >>> Locale("fa").compact(1_234_567), Locale("ar").compact(3_000)
        ('۱٫۲\\xa0میلیون', '٣\\xa0آلاف')
        """
        found = _decimal(value)
        if found is None:
            return NO_VALUE
        if not found.is_finite():
            return self._signed(found, "∞")
        size = abs(found)
        if _round(size, 0) < 1000:
            places = 0 if size == size.to_integral_value() or size >= 100 else 1
            return self._signed(found, self._digits_of(found, places, strip=True))
        scales = _SCALES[self.language]
        step = min((len(str(int(size))) - 1) // 3, len(scales))
        if _round(size.scaleb(-3 * step), 0) >= 1000 and step < len(scales):
            step += 1
        scaled = found.scaleb(-3 * step)
        shown = _round(abs(scaled), 1 if abs(scaled) < 100 else 0)
        one, few = scales[step - 1]
        word = few if shown == shown.to_integral_value() and 3 <= shown % 100 <= 10 else one
        digits = self._digits_of(shown, 1, strip=True)
        return f"{self._signed(found, digits)}{NO_BREAK}{word}"

    def interval(self, low: Number, high: Number, *, decimals: int | None = None) -> str:
        """Return the two ends of an interval with the word between them, right in both directions of reading.

        Examples
        --------
        >>> from safar.show.locale import Locale
        >>> Locale("en").interval(3, 5)
        '3\\xa0to\\xa05'
        """
        return self._between(self.number(low, decimals=decimals), self.number(high, decimals=decimals))

    def percent_interval(self, low: Number, high: Number, *, decimals: int = 0) -> str:
        """Return the two ends of an interval of a rate, in percent."""
        return self._between(self.percent(low, decimals=decimals), self.percent(high, decimals=decimals))

    def _between(self, low: str, high: str) -> str:
        # a mark of the number must not turn the whole text around where its first letter decides (<bdi>)
        start = _RLM if self.language != "en" and low.startswith(_LRM) else ""
        return f"{start}{low}{NO_BREAK}{_TO[self.language]}{NO_BREAK}{high}"

    def _percent(self, rate: Number, decimals: int, plus: str) -> str:
        found = _decimal(rate)
        if found is None:
            return NO_VALUE
        shown = self._signed(found, self._digits_of(found * 100, decimals), plus=plus)
        shown += "%" if self.digits == "latin" else "٪"
        if self.language == "en":
            return shown
        # without a mark the percent sign changes sides with the letter that happens to stand before the number
        return shown + _ALM if self.digits == "arabic" else _LRM + shown.removeprefix(_LRM)

    def _digits_of(self, value: Decimal, decimals: int, *, strip: bool = False) -> str:
        """Return the size of a number in shaped digits, without its sign."""
        if not value.is_finite():
            return "∞"
        text = f"{_round(value.copy_abs(), decimals):,f}"
        if strip and "." in text:
            text = text.rstrip("0").rstrip(".")
        return text.translate(_SHAPES[self.digits])

    def _signed(self, value: Decimal, digits: str, *, plus: str = "") -> str:
        """Return digits with the sign of ``value``, and marks that keep it on its side in a line from right to left."""
        zero = not any(each not in "0۰٠.٫,٬" for each in digits)
        sign = "" if zero else _MINUS if value < 0 else plus
        return f"{self._mark if sign else ''}{sign}{digits}"

    @property
    def minus(self) -> str:
        """The minus sign with what keeps it before the digits in a line from right to left."""
        return f"{self._mark}{_MINUS}"

    @property
    def _mark(self) -> str:
        if self.language == "en":
            return ""
        return _ALM if self.digits == "arabic" else _LRM


def _decimal(value: Number) -> Decimal | None:
    """Return the number exactly, or None when it is not known."""
    if value is None:
        return None
    if isinstance(value, Decimal):
        found = value
    elif isinstance(value, int):
        found = Decimal(value)
    elif (index := getattr(value, "__index__", None)) is not None:
        found = Decimal(index())  # a NumPy integer, exact beyond 2**53 too
    else:
        number = float(value)
        # the shortest text that reads back as the float: 0.1 is meant, not 0.1000000000000000055
        found = Decimal(repr(number)) if math.isfinite(number) else Decimal(number)
    return None if found.is_nan() else found


def _decimals(value: Number, decimals: int | None) -> int:
    if decimals is not None:
        return decimals
    if isinstance(value, Decimal):
        exponent = value.as_tuple().exponent
        return max(-exponent, 0) if isinstance(exponent, int) else 0
    if isinstance(value, int):
        return 0
    found = _decimal(value)
    if found is None or not found.is_finite():
        return 0
    rounded = _round(found, 2).normalize()
    exponent = rounded.as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0


def _round(value: Decimal, decimals: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN, _WIDE)
