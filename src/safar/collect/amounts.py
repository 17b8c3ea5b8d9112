"""Amounts of money out of columns: exact, in minor units, rounded half to even only where a product needs it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import reduce
from typing import Final

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.money import EXPONENTS

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
    currency
        A code, or a template that gives one.
    numbers
        Reads columns as numbers.

    Notes
    -----
    Whole columns are multiplied as floats first. Where a float leaves no doubt about the whole minor unit (it is small
    enough and not near a half), that is the amount; every other row is worked out in decimals. Both give the same.
    """

    def __init__(self, rule: Amount, currency: str, numbers: NumberColumns) -> None:
        self._columns = [rule.column] if rule.column else list(rule.columns)
        self._memos = [numbers.memo(name) for name in self._columns]
        self._floats = [Memo(_as_float(memo)) for memo in self._memos]
        self._sign = _SIGNS[rule.sign]
        self._times = Decimal(str(rule.times))
        self._minor_units = rule.minor_units
        self._lenient = rule.lenient
        self._currency = Template.of(currency)
        self._codes: Memo[str | Rejection] = Memo(_checked_code)
        self._powers: Memo[float] = Memo(self._power)

    def read(self, cells: Cells, places: NDArray[np.int64]) -> Amounts:
        """Return the amounts of the rows at some places."""
        codes = taken(self._currency.filled(cells.texts, len(cells)), places, len(cells))
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

    def _currencies(self, codes: Sequence[str], blank: NDArray[np.bool_]) -> list[str]:
        if not blank.any() and self._currency.constant is not None:
            return [str(self._codes[self._currency.constant])] * len(codes)
        return [
            "" if nothing else str(self._codes[code])
            for code, nothing in zip(codes, blank.tolist(), strict=True)
        ]

    def _powers_of(self, codes: Sequence[str]) -> NDArray[np.float64]:
        if self._currency.constant is not None:
            return np.full(len(codes), self._powers[self._currency.constant])
        return np.fromiter(map(self._powers.__getitem__, codes), dtype=np.float64, count=len(codes))

    def _power(self, text: str) -> float:
        """Return what an amount is multiplied with to count minor units; not a number when nothing tells."""
        code = self._codes[text]
        if isinstance(code, Rejection):
            return math.nan
        return float(self._times) * (1.0 if self._minor_units else 10.0 ** EXPONENTS[code])

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
        exact = reduce(_EXACT.multiply, [*factors, self._times])
        exact = exact if self._minor_units else exact.scaleb(EXPONENTS[code], _EXACT)
        whole = exact.to_integral_value(ROUND_HALF_EVEN)
        amount = self._sign(int(whole))
        if abs(amount) > _HIGHEST:
            found.rejected[place] = Rejection("row.amount_too_large", detail=str(exact))
            return
        found.minor[place], found.currency[place] = amount, code
        found.rounded += whole != exact


def _as_float(numbers: Memo[NumberCell]) -> Callable[[str], float]:
    def read(text: str) -> float:
        number = numbers[text]
        return float(number) if isinstance(number, Decimal) else math.nan

    return read


def _checked_code(text: str) -> str | Rejection:
    code = text.upper()
    return code if code in EXPONENTS else Rejection("row.currency_unknown", detail=text)
