"""An event's amount: ``properties.revenue``, else ``total``, else ``amount``, in ``properties.currency``.

A total or an amount without a currency may count anything (results found, points), so it is money only beside one.
A revenue is always money; without a currency it is in the workspace's.

Source: Segment, "Spec: V2 Ecommerce Events" (``revenue``, ``total``, ``currency``).
"""

from __future__ import annotations

import decimal
from decimal import Decimal
from typing import Final

import msgspec
from msgspec import Raw

from safar.vocabulary.digits import NumberAmbiguous, NumberUnreadable, parse_number
from safar.vocabulary.errors import Refusal
from safar.vocabulary.money import Money

from .rejections import AmountUnreadable, shown

#: An event without these bytes has no amount.
MARKS: Final = (b'"revenue"', b'"total"', b'"amount"')
NO_AMOUNT: Final = (0, "")

_LARGEST: Final = 2**63 - 1
_DIGITS: Final = 19  # of the largest
_CLOSE: Final = decimal.Context(prec=60)  # a number of a thousand digits costs no more than another


class _Amounts(msgspec.Struct):
    revenue: Raw = Raw(b"null")
    total: Raw = Raw(b"null")
    amount: Raw = Raw(b"null")
    currency: Raw = Raw(b"null")


_amounts: Final = msgspec.json.Decoder(_Amounts)
_number: Final = msgspec.json.Decoder(Decimal)
_text: Final = msgspec.json.Decoder(str)


def may_have_amount(properties: bytes) -> bool:
    """Tell, cheaply, whether `amount_of` is worth asking. False is certain."""
    return MARKS[0] in properties or MARKS[1] in properties or MARKS[2] in properties


def amount_of(properties: bytes, workspace_currency: str) -> tuple[int, str]:
    """Return the amount in minor units and its currency; (0, "") when the event has none.

    Parameters
    ----------
    properties
        A JSON object.
    workspace_currency
        ISO 4217 code for a revenue that names none.

    Raises
    ------
    AmountUnreadable
        A revenue, or a total or an amount beside a currency, is no number or does not fit 64 bits.
    UnknownCurrency
        The currency is no ISO 4217 code.

    Notes
    -----
    An amount finer than the minor unit is rounded half to even. Text is read as a number in any of the three scripts.

    Examples
    --------
    >>> amount_of(b'{"revenue": 12.5, "currency": "USD"}', "IRR"), amount_of(b'{"total": 53}', "IRR")
    ((1250, 'USD'), (0, ''))
    """
    found = _amounts.decode(properties)
    currency = _currency(found.currency)
    name, raw = "revenue", bytes(found.revenue)
    if raw == b"null":
        name, raw = "total", bytes(found.total)
        if raw == b"null":
            name, raw = "amount", bytes(found.amount)
        if raw == b"null" or not currency:
            return NO_AMOUNT
    number = _as_number(name, raw)
    if number.adjusted() > _DIGITS:
        raise _unreadable(name, raw)
    money = Money.of(_CLOSE.plus(number), currency or workspace_currency, rounding=decimal.ROUND_HALF_EVEN)
    if abs(money.minor) > _LARGEST:
        raise _unreadable(name, raw)
    return money.minor, money.currency


def _currency(raw: Raw) -> str:
    text = bytes(raw)
    if text in {b"null", b'""'}:
        return ""
    try:
        return _text.decode(text).strip().upper()
    except msgspec.ValidationError:
        return text.decode()[:8]  # some other JSON: refused as a currency, by its name


def _as_number(name: str, raw: bytes) -> Decimal:
    try:
        number = parse_number(_text.decode(raw)) if raw.startswith(b'"') else _number.decode(raw)
    except (msgspec.ValidationError, NumberUnreadable, NumberAmbiguous) as error:
        raise _unreadable(name, raw, error.hint if isinstance(error, Refusal) else "") from error
    return number


def _unreadable(name: str, raw: bytes, hint: str = "") -> AmountUnreadable:
    return AmountUnreadable(
        f"The {name} {shown(raw.decode())} is not an amount of money.",
        hint=hint or "Send a number in major units, such as 12.5, at most 19 digits.",
    )
