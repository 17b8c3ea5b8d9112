"""A file to try the import with: orders of the simulated shop, as a shop of the reader's language exports them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from safar.demo.company import simulate
from safar.show.locale import Locale
from safar.vocabulary.calendar import calendar, to_day
from safar.vocabulary.event import IDENTIFY
from safar.vocabulary.money import Money
from safar.vocabulary.window import from_microseconds

#: Of the whole shop; few of them speak English.
_CUSTOMERS: Final = {"fa": 300, "ar": 300, "en": 1500}
_ORDERS: Final = 400


@dataclass(frozen=True, slots=True)
class _Kind:
    """How a shop of a language writes its orders."""

    file_name: str
    head: tuple[str, ...]
    calendar: str
    time_zone: str
    amount: Callable[[Money], str]


def _in_toman(amount: Money) -> str:
    return Locale("fa").shape(f"{amount.minor // 10:,}".replace(",", "٬"))


def _plain(amount: Money) -> str:
    return format(amount.decimal, "f")


_KINDS: Final = {
    "fa": _Kind(
        "سفارش‌های نمونه.csv",
        ("شماره سفارش", "کد مشتری", "شهر", "تاریخ سفارش", "تاریخ تحویل", "کالا", "مبلغ (تومان)"),
        "jalali",
        "Asia/Tehran",
        _in_toman,
    ),
    "ar": _Kind(
        "طلبات للتجربة.csv",
        ("رقم الطلب", "رقم العميل", "المدينة", "تاريخ الطلب", "تاريخ التسليم", "المنتج", "المبلغ", "العملة"),
        "gregorian",
        "Asia/Riyadh",
        _plain,
    ),
    "en": _Kind(
        "sample orders.csv",
        ("order_id", "customer_id", "city", "ordered_at", "delivered_at", "product", "total", "currency"),
        "gregorian",
        "UTC",
        _plain,
    ),
}


def sample_name(language: str) -> str:
    """Return what the sample is called."""
    return _KINDS[language].file_name


def sample_orders(language: str, now: datetime) -> bytes:
    """Return some hundred orders up to the day before as CSV (UTF-8 with its mark, so that Excel reads it too).

    The same day gives the same file.
    """
    return _sample(language, now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0))


@lru_cache(maxsize=6)
def _sample(language: str, until: datetime) -> bytes:
    kind = _KINDS[language]
    out = io.StringIO(newline="")
    write = csv.writer(out)
    write.writerow(kind.head)
    for order in _orders(language, until):
        amount = Money(order["amount"], order["currency"])
        row = [
            order["order_id"],
            order["customer"],
            order["city"],
            _written(order["placed"], kind, language),
            _written(order["delivered"], kind, language),
            order["product"],
            kind.amount(amount),
            amount.currency,
        ]
        write.writerow(row[: len(kind.head)])
    return out.getvalue().encode("utf-8-sig")


def _orders(language: str, until: datetime) -> list[dict[str, Any]]:
    """Return the newest orders of the customers who speak the language, oldest first."""
    people: dict[str, dict[str, Any]] = {}
    orders: dict[str, dict[str, Any]] = {}
    for customer, name, at, amount, currency, said in _told(language, until):
        if name == IDENTIFY and "language" in said:
            people[customer] = said
        elif name == "order_placed" and people.get(customer, {}).get("language") == language:
            orders[said["order_id"]] = {
                "order_id": said["order_id"],
                "customer": customer,
                "city": people[customer]["city_name"],
                "placed": at,
                "delivered": None,
                "product": said["items"][0]["name"],
                "amount": amount,
                "currency": currency,
            }
        elif name == "order_delivered" and said.get("order_id") in orders:
            orders[said["order_id"]]["delivered"] = at
    return sorted(orders.values(), key=lambda order: order["placed"])[-_ORDERS:]


def _told(language: str, until: datetime) -> Iterator[tuple[str, str, int, int, str, dict[str, Any]]]:
    for batch in simulate(_CUSTOMERS[language], until=until):
        columns = (batch.customer_id, batch.event_name, batch.occurred_at.tolist(), batch.amount.tolist())
        for customer, name, at, amount, currency, said in zip(
            *columns, batch.currency, batch.properties, strict=True
        ):
            if name in (IDENTIFY, "order_placed", "order_delivered"):
                yield customer, name, at, amount, currency, msgspec.json.decode(said)


def _written(at: int | None, kind: _Kind, language: str) -> str:
    if at is None:
        return ""
    local = from_microseconds(at).astimezone(ZoneInfo(kind.time_zone))
    year, month, day = calendar(kind.calendar).date(to_day(local.date()))
    mark = "-" if language == "en" else "/"
    text = f"{year:04}{mark}{month:02}{mark}{day:02} {local:%H:%M}"
    return Locale("fa").shape(text) if language == "fa" else text
