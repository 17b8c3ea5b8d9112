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
    "currency": (
        "currency",
        "order currency",
        "currency code",
        "unit",
        "ارز",
        "واحد",
        "واحد پول",
        "واحد پولی",
        "نوع ارز",
        "العمله",
    ),
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
        "همراه",
        "شماره همراه",
        "شماره تلفن",
        "شماره تلفن همراه",
        "الهاتف",
        "الجوال",
        "رقم الهاتف",
        "رقم الجوال",
    ),
    "status": (
        "status",
        "order status",
        "order state",
        "state",
        "financial status",
        "وضعیت",
        "وضعیت سفارش",
        "حاله الطلب",
        "الحاله",
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


#: Words for units of money and what one of them is: a currency, and how often. Written as `plain_name` gives them.
UNITS: Final[dict[str, str]] = {
    **dict.fromkeys(("تومان", "تومن", "toman", "tomans", "tuman", "irt", "tmn"), "IRR*10"),
    **dict.fromkeys(("هزار تومان", "هزار تومن", "thousand toman", "thousand tomans"), "IRR*10000"),
    **dict.fromkeys(("میلیون تومان", "میلیون تومن", "million toman", "million tomans"), "IRR*10000000"),
    **dict.fromkeys(("ریال", "ریال ایران", "rial", "rials", "irr"), "IRR"),
    **dict.fromkeys(("هزار ریال", "thousand rials"), "IRR*1000"),
    **dict.fromkeys(("میلیون ریال", "million rials"), "IRR*1000000"),
    **dict.fromkeys(("ریال سعودی", "ریال عربستان", "saudi riyal", "saudi riyals", "sar"), "SAR"),
    **dict.fromkeys(("ریال قطری", "qatari riyal", "qar"), "QAR"),
    **dict.fromkeys(("ریال عمانی", "omani rial", "omr"), "OMR"),
    **dict.fromkeys(("ریال یمنی", "yemeni rial", "yer"), "YER"),
    **dict.fromkeys(("درهم", "درهم امارات", "درهم اماراتی", "dirham", "dirhams", "uae dirham", "aed"), "AED"),
    **dict.fromkeys(("درهم مغربی", "moroccan dirham", "mad"), "MAD"),
    **dict.fromkeys(("دینار عراقی", "دینار عراق", "iraqi dinar", "iqd"), "IQD"),
    **dict.fromkeys(("دینار کویتی", "دینار کویت", "kuwaiti dinar", "kwd"), "KWD"),
    **dict.fromkeys(("دینار اردنی", "jordanian dinar", "jod"), "JOD"),
    **dict.fromkeys(("دینار بحرینی", "bahraini dinar", "bhd"), "BHD"),
    **dict.fromkeys(("جنیه", "جنیه مصری", "egyptian pound", "egp"), "EGP"),
    **dict.fromkeys(
        ("دلار", "دلار امریکا", "دولار", "دولار امریکی", "dollar", "dollars", "us dollar", "usd"), "USD"
    ),
    **dict.fromkeys(("یورو", "euro", "euros", "eur"), "EUR"),
    **dict.fromkeys(("پوند", "gbp"), "GBP"),
    **dict.fromkeys(("لیر", "لیر ترکیه", "لیره ترکیه", "try"), "TRY"),
}
#: Words that several currencies go by: in a workspace of one of them, that one is meant.
_SHARED_WORDS: Final[dict[str, frozenset[str]]] = {
    "ریال": frozenset({"SAR", "QAR", "OMR", "YER"}),
    "دینار": frozenset({"IQD", "KWD", "JOD", "BHD", "TND", "DZD", "LYD", "RSD"}),
    "dinar": frozenset({"IQD", "KWD", "JOD", "BHD", "TND", "DZD", "LYD", "RSD"}),
    "درهم": frozenset({"MAD"}),
    "دولار": frozenset({"CAD", "AUD"}),
}
#: Words in the status of an order that was called off, and words that say it was not.
CANCELLED: Final = frozenset(
    {
        "cancelled", "canceled", "cancel", "cancellation", "void", "voided", "لغو", "لغوشده", "کنسل", "کنسلی",
        "ابطال", "باطل", "ملغی", "ملغیه", "ملغاه", "الغاء", "الالغاء",
    }
)  # fmt: skip
_NOT: Final = frozenset({"not", "نشده", "غیر", "عدم", "بدون"})
_JOINTS: Final = frozenset({"in", "به", "بال", "ب"})


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
    if plain not in names and role in ("amount", "price"):
        plain = unit_in_name(name)[1]
    return names.index(plain) if plain in names else None


def unit_meant(word: str, currency: str = "") -> str:
    """Return the unit of money that a word means, as ``[units]`` of a mapping has it, or an empty text.

    Parameters
    ----------
    word
        Of any case and spelling.
    currency
        The workspace's, which decides words that several currencies go by.

    Examples
    --------
    >>> unit_meant("تومان"), unit_meant("RIAL"), unit_meant("دينار"), unit_meant("دينار", "KWD")
    ('IRR*10', 'IRR', '', 'KWD')
    """
    plain = plain_name(word)
    return currency if currency in _SHARED_WORDS.get(plain, ()) else UNITS.get(plain, "")


def unit_in_name(name: str, currency: str = "") -> tuple[str, str]:
    """Return the unit of money in a column's name, and the plain name without it.

    >>> unit_in_name("Amount (Toman)"), unit_in_name("total")
    (('IRR*10', 'amount'), ('', 'total'))
    """
    words = plain_name(name).split()
    for start in range(1, len(words)):
        unit = unit_meant(" ".join(words[start:]), currency)
        if unit:
            rest = words[:start]
            return unit, " ".join(rest[:-1] if len(rest) > 1 and rest[-1] in _JOINTS else rest)
    return "", " ".join(words)


def is_cancelled(status: str) -> bool:
    """Whether a status says that the order was called off.

    >>> is_cancelled("لغو شده"), is_cancelled("لغو نشده"), is_cancelled("Cancelled by customer")
    (True, False, True)
    """
    words = set(plain_name(status).split())
    return bool(words & CANCELLED) and not words & _NOT


def moment_of(name: str) -> str:
    """Return the event that happens at the instants of a column of that name, or an empty text."""
    words = set(plain_name(name).split())
    if words & NO_MOMENT:
        return ""
    return next((event for event, known in MOMENTS.items() if words & set(known)), "")
