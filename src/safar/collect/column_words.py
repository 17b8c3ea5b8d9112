"""What columns are called, in three languages: which part of an event a name stands for."""

from __future__ import annotations

import re
from typing import Final

from safar.vocabulary.text import fold

_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_BETWEEN: Final = re.compile(r"[\W_]+")

#: Names by role, the surest first. Written as `plain_name` gives them.
NAMES: Final[dict[str, tuple[str, ...]]] = {
    "customer": (
        "customer id",
        "customer",
        "customer number",
        "customer code",
        "user id",
        "client id",
        "distinct id",
        "person id",
        "member id",
        "contact id",
        "account id",
        "buyer id",
        "caller id",
        "case concept name",
        "case id",
        "user",
        "client",
        "member",
        "caller",
        "case",
        "cust id",
        "uid",
        "شناسه مشتری",
        "کد مشتری",
        "شماره مشتری",
        "مشتری",
        "شناسه کاربر",
        "کاربر",
        "خریدار",
        "معرف العمیل",
        "رقم العمیل",
        "کود العمیل",
        "العمیل",
        "معرف المستخدم",
        "المستخدم",
    ),
    "anonymous": ("anonymous id", "visitor id", "cookie id", "device id", "session id"),
    "event": (
        "event name",
        "event",
        "activity",
        "activity name",
        "action",
        "concept name",
        "event type",
        "step",
        "رویداد",
        "نام رویداد",
        "فعالیت",
        "الحدث",
        "اسم الحدث",
        "النشاط",
    ),
    "time": (
        "occurred at",
        "timestamp",
        "time timestamp",
        "event time",
        "datetime",
        "date time",
        "event date",
        "order date",
        "invoice date",
        "purchase date",
        "transaction date",
        "created at",
        "date created",
        "created",
        "sys updated at",
        "time",
        "date",
        "تاریخ و ساعت",
        "تاریخ سفارش",
        "تاریخ خرید",
        "تاریخ فاکتور",
        "تاریخ ثبت",
        "زمان",
        "تاریخ",
        "تاریخ الطلب",
        "تاریخ الشراء",
        "تاریخ الفاتوره",
        "الوقت",
        "التاریخ",
    ),
    "order": (
        "order id",
        "order number",
        "order no",
        "invoice no",
        "invoice id",
        "invoice number",
        "invoice",
        "order",
        "transaction id",
        "basket id",
        "receipt id",
        "شماره سفارش",
        "کد سفارش",
        "شناسه سفارش",
        "شماره فاکتور",
        "سفارش",
        "رقم الطلب",
        "معرف الطلب",
        "رقم الفاتوره",
        "الطلب",
    ),
    "ticket": (
        "ticket id",
        "ticket number",
        "ticket",
        "incident number",
        "conversation id",
        "number",
        "شماره تیکت",
        "رقم التذکره",
    ),
    "event id": ("event id", "message id", "uuid", "event uuid", "insert id"),
    "amount": (
        "order total",
        "grand total",
        "total amount",
        "total price",
        "amount",
        "revenue",
        "total",
        "sales value",
        "dollar value",
        "paid amount",
        "value",
        "sum",
        "مبلغ کل",
        "مبلغ سفارش",
        "جمع کل",
        "مبلغ",
        "قیمت کل",
        "المبلغ الاجمالی",
        "المبلغ",
        "الاجمالی",
        "قیمه الطلب",
    ),
    "quantity": ("quantity", "qty", "units", "count", "تعداد", "مقدار", "الکمیه", "العدد"),
    "price": (
        "unit price",
        "item price",
        "price per unit",
        "price",
        "قیمت واحد",
        "فی",
        "قیمت",
        "سعر الوحده",
        "السعر",
    ),
    "currency": ("currency", "order currency", "currency code", "ارز", "واحد پول", "العمله"),
    "channel": (
        "channel",
        "sales channel",
        "contact type",
        "platform",
        "کانال",
        "کانال فروش",
        "القناه",
        "قناه البیع",
    ),
    "email": (
        "email",
        "e mail",
        "email address",
        "customer email",
        "billing email",
        "ایمیل",
        "پست الکترونیکی",
        "البرید الالکترونی",
        "البرید",
    ),
    "phone": (
        "phone",
        "mobile",
        "phone number",
        "mobile number",
        "telephone",
        "billing phone",
        "تلفن",
        "موبایل",
        "تلفن همراه",
        "شماره تماس",
        "شماره موبایل",
        "الهاتف",
        "الجوال",
        "رقم الهاتف",
        "رقم الجوال",
    ),
    "name": ("customer name", "full name", "نام مشتری", "نام و نام خانوادگی", "اسم العمیل"),
    "city": ("customer city", "billing city", "شهر مشتری", "مدینه العمیل"),
    "country": ("customer country", "billing country", "کشور مشتری", "بلد العمیل"),
    "sku": (
        "sku",
        "stock code",
        "product id",
        "item id",
        "product code",
        "کد کالا",
        "کد محصول",
        "رمز المنتج",
    ),
    "product": (
        "product name",
        "item name",
        "description",
        "product",
        "item",
        "نام کالا",
        "محصول",
        "کالا",
        "اسم المنتج",
        "المنتج",
    ),
}

#: Words in the names of columns of instants, and the event that happens then.
MOMENTS: Final[dict[str, tuple[str, ...]]] = {
    "order_placed": (
        "placed",
        "ordered",
        "order",
        "purchase",
        "purchased",
        "invoice",
        "ثبت",
        "سفارش",
        "خرید",
        "الطلب",
        "الشراء",
    ),
    "order_paid": ("paid", "payment", "پرداخت", "الدفع"),
    "order_shipped": ("shipped", "shipping", "dispatched", "sent", "ارسال", "الشحن", "الارسال"),
    "order_delivered": ("delivered", "delivery", "received", "تحویل", "التسلیم", "التوصیل"),
    "order_returned": (
        "returned",
        "return",
        "refunded",
        "refund",
        "مرجوع",
        "مرجوعی",
        "عودت",
        "الارجاع",
        "الاسترجاع",
    ),
    "order_cancelled": ("cancelled", "canceled", "cancellation", "لغو", "الغاء", "الالغاء"),
    "conversation_started": ("opened",),
    "conversation_resolved": ("resolved",),
}
#: Words that make an instant a property rather than an event.
NO_MOMENT: Final = frozenset(
    {
        "promised", "promise", "expected", "estimated", "planned", "due", "deadline", "updated", "modified", "birth",
        "birthday", "موعود", "وعده", "سررسید", "تولد", "المتوقع", "الموعود", "المیلاد",
    }
)  # fmt: skip


def plain_name(name: str) -> str:
    """Return a column's name as words: ``CustomerID``, ``customer_id`` and ``Customer-Id`` are one.

    >>> plain_name("CustomerID"), plain_name("case:concept:name")
    ('customer id', 'case concept name')
    """
    return " ".join(_BETWEEN.sub(" ", fold(_CAMEL.sub(" ", name))).split())


def role_rank(role: str, name: str) -> int | None:
    """Return how surely a column's name stands for a role: 0 is surest, None is not at all."""
    names = NAMES[role]
    plain = plain_name(name)
    return names.index(plain) if plain in names else None


def moment_of(name: str) -> str:
    """Return the event that happens at the instants of a column of that name, or an empty text."""
    words = set(plain_name(name).split())
    if words & NO_MOMENT:
        return ""
    return next((event for event, known in MOMENTS.items() if words & set(known)), "")
