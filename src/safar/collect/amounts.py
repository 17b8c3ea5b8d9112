"""Amounts of money out of columns: exact, in minor units, rounded half to even only where a product needs it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import reduce
from typing import Final

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.money import EXPONENTS, UnknownCurrency, exponent
from safar.vocabulary.text import fold

from .cells import Cells, NumberCell, NumberColumns, taken
from .mapping import Amount
from .numbers import Memo
from .reasons import Rejection
from .template import Template

_EXACT: Final = Context(prec=60, rounding=ROUND_HALF_EVEN)
#: Below this a float product of decimals is off by less than a thousandth of a minor unit.
_SURE_BELOW: Final = 1e11
#: So near a whole number no rounding is in doubt (a half is).
_SURE_OFF: Final = 0.49
#: Relative error of a float product of a few decimals.
_FLOAT_ERROR: Final = 1e-15
_HIGHEST: Final = 2**63 - 1
_SIGNS: Final[dict[str, Callable[[int], int]]] = {"as_is": int, "absolute": abs, "opposite": int.__neg__}


_UNIT: Final = re.compile(r"(?P<code>[A-Z]{3})(?: ?\* ?(?P<times>[1-9][0-9]{0,11}|0\.[0-9]{0,5}[1-9]))?\Z")


@dataclass(slots=True)
class Amounts:
    """The amounts of some rows.

    Attributes
    ----------
    minor
        ``int64``, minor units; 0 where there is none.
    currency
        The currency a row; empty where there is no amount.
    rejected
        Why, by place among these rows.
    rounded
        How many had more decimals than their currency.
    """

    minor: NDArray[np.int64]
    currency: list[str]
    rejected: dict[int, Rejection]
    rounded: int


class AmountRule:
    """Reads the amounts of one rule of a mapping.

    Parameters
    ----------
    rule
        Which columns.
    currencies
        Codes, or templates that give one; a row's is the first that is not empty.
    numbers
        Reads columns as numbers.
    units
        What words in the place of a code mean, as in `safar.collect.mapping.Mapping`.

    Notes
    -----
    Whole columns are multiplied as floats first. Where a float leaves no doubt about the whole minor unit (it is small
    enough and not near a half), that is the amount; every other row is worked out in decimals. Both give the same.
    """

    def __init__(
        self,
        rule: Amount,
        currencies: Sequence[str],
        numbers: NumberColumns,
        units: Mapping[str, str] | None = None,
    ) -> None:
        self._columns = [rule.column] if rule.column else list(rule.columns)
        self._memos = [numbers.memo(name) for name in self._columns]
        self._floats = [Memo(_as_float(memo)) for memo in self._memos]
        self._sign = _SIGNS[rule.sign]
        self._times = Decimal(str(rule.times))
        self._minor_units = rule.minor_units
        self._lenient = rule.lenient
        self._templates = [Template.of(text) for text in currencies]
        #: The currency of all rows, where they have but one.
        self._only = self._templates[0].constant if self._templates else ""
        self._units = {fold(word): unit_of(unit) for word, unit in (units or {}).items()}
        self._codes: Memo[str | Rejection] = Memo(self._code)
        self._powers: Memo[float] = Memo(self._power)

    def read(self, cells: Cells, places: NDArray[np.int64]) -> Amounts:
        """Return the amounts of the rows at some places."""
        codes = self._codes_at(cells, places)
        columns = [taken(cells.texts(name), places, len(cells)) for name in self._columns]
        product = self._powers_of(codes)
        blank = np.zeros(len(places), dtype=bool)
        for texts, floats in zip(columns, self._floats, strict=True):
            if "" in texts:
                blank |= np.fromiter(map("".__eq__, texts), dtype=bool, count=len(places))
            product = product * np.fromiter(
                map(floats.__getitem__, texts), dtype=np.float64, count=len(places)
            )
        product[blank] = math.nan
        whole = np.rint(product)
        off = np.abs(product - whole)
        sure = (np.abs(product) < _SURE_BELOW) & (off < _SURE_OFF)
        signed = np.where(sure, whole, 0).astype(np.int64)
        found = Amounts(
            minor=np.abs(signed) if self._sign is abs else -signed if self._sign is int.__neg__ else signed,
            currency=self._currencies(codes, blank),
            rejected={},
            rounded=int((sure & (off > _FLOAT_ERROR * np.abs(product))).sum()),
        )
        for place in np.flatnonzero(~(sure | blank)).tolist():
            self._work_out(found, place, [texts[place] for texts in columns], codes[place])
        return found

    def _codes_at(self, cells: Cells, places: NDArray[np.int64]) -> Sequence[str]:
        """Return the text of the currency a row, empty where no template gives one."""
        if self._only is not None:
            return [self._only] * len(places)
        columns = [
            taken(template.filled(cells.texts, len(cells)), places, len(cells))
            for template in self._templates
        ]
        if len(columns) == 1:
            return columns[0]
        return [own or other for own, other in zip(*columns, strict=True)]

    def _currencies(self, codes: Sequence[str], blank: NDArray[np.bool_]) -> list[str]:
        if not blank.any() and self._only is not None:
            return [str(self._codes[self._only])] * len(codes)
        return [
            "" if nothing else str(self._codes[code])
            for code, nothing in zip(codes, blank.tolist(), strict=True)
        ]

    def _powers_of(self, codes: Sequence[str]) -> NDArray[np.float64]:
        if self._only is not None:
            return np.full(len(codes), self._powers[self._only])
        return np.fromiter(map(self._powers.__getitem__, codes), dtype=np.float64, count=len(codes))

    def _code(self, text: str) -> str | Rejection:
        unit = self._units.get(fold(text)) if self._units else None
        return unit[0] if unit else _checked_code(text)

    def _times_of(self, text: str) -> Decimal:
        """Return what one unit that the text names is worth in its currency, times what the rule multiplies with."""
        unit = self._units.get(fold(text)) if self._units else None
        return _EXACT.multiply(self._times, unit[1]) if unit else self._times

    def _power(self, text: str) -> float:
        """Return what an amount is multiplied with to count minor units; not a number when nothing tells."""
        code = self._codes[text]
        if isinstance(code, Rejection):
            return math.nan
        return float(self._times_of(text)) * (1.0 if self._minor_units else 10.0 ** EXPONENTS[code])

    def _work_out(self, found: Amounts, place: int, texts: list[str], currency: str) -> None:
        """Fill in one row whose float leaves doubts."""
        found.currency[place] = ""
        numbers = [memo[text] for memo, text in zip(self._memos, texts, strict=True)]
        factors = [number for number in numbers if isinstance(number, Decimal)]
        code = self._codes[currency]
        wrong = next((each for each in (*numbers, code) if isinstance(each, Rejection)), None)
        if wrong or isinstance(code, Rejection):
            if self._lenient:
                return
            found.rejected[place] = wrong or Rejection("row.currency_unknown", detail=currency)
            return
        exact = reduce(_EXACT.multiply, [*factors, self._times_of(currency)])
        exact = exact if self._minor_units else exact.scaleb(EXPONENTS[code], _EXACT)
        whole = exact.to_integral_value(ROUND_HALF_EVEN)
        amount = self._sign(int(whole))
        if abs(amount) > _HIGHEST:
            found.rejected[place] = Rejection("row.amount_too_large", detail=str(exact))
            return
        found.minor[place], found.currency[place] = amount, code
        found.rounded += whole != exact


def unit_of(text: str) -> tuple[str, Decimal]:
    """Return the currency of a unit and how much of it one unit is.

    Raises
    ------
    UnknownCurrency
        It is no code, and no code with a number.

    Examples
    --------
    >>> unit_of("IRR*10"), unit_of("IRR")
    (('IRR', Decimal('10')), ('IRR', Decimal('1')))
    """
    found = _UNIT.match(text)
    if found is None:
        raise UnknownCurrency(
            f"{text!r} is no unit of money.",
            hint='Write the code of a currency, and how much of it one is: "IRR", or "IRR*10" for the toman.',
            unit=text,
        )
    exponent(found["code"])
    return found["code"], Decimal(found["times"] or 1)


def _as_float(numbers: Memo[NumberCell]) -> Callable[[str], float]:
    def read(text: str) -> float:
        number = numbers[text]
        return float(number) if isinstance(number, Decimal) else math.nan

    return read


def _checked_code(text: str) -> str | Rejection:
    code = text.upper()
    return code if code in EXPONENTS else Rejection("row.currency_unknown", detail=text)
