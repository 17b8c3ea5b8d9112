"""What a workspace may begin with: usual root causes, and rules that most companies want."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

#: Root causes with what they are called, and the topics of comments that usually mean them.
USUAL_CAUSES: Final[tuple[tuple[dict[str, str], frozenset[str]], ...]] = (
    (
        {"fa": "تحویل دیر یا نرسیدن", "ar": "تأخر التوصيل أو عدم وصوله", "en": "Late or missing delivery"},
        frozenset({"delivery"}),
    ),
    (
        {
            "fa": "کالا معیوب یا متفاوت با شرح",
            "ar": "منتج معيب أو مخالف للوصف",
            "en": "Faulty product, or not as described",
        },
        frozenset({"product", "quality"}),
    ),
    (
        {
            "fa": "بسته‌بندی و آسیب در راه",
            "ar": "التغليف والتلف أثناء النقل",
            "en": "Packaging, damage on the way",
        },
        frozenset({"packaging"}),
    ),
    (
        {"fa": "پرداخت یا بازگشت پول", "ar": "الدفع أو استرداد المبلغ", "en": "Payment or refund"},
        frozenset({"payment", "returns", "refund"}),
    ),
    (
        {"fa": "سایت یا برنامه", "ar": "الموقع أو التطبيق", "en": "Website or app"},
        frozenset({"app", "website"}),
    ),
    (
        {"fa": "برخورد و پاسخ پشتیبانی", "ar": "تعامل الدعم وردّه", "en": "How support answered"},
        frozenset({"support", "staff"}),
    ),
    (
        {"fa": "قیمت و انتظار از آن", "ar": "السعر والتوقع منه", "en": "Price and what was expected"},
        frozenset({"price"}),
    ),
    ({"fa": "اطلاعات نادرست", "ar": "معلومات غير صحيحة", "en": "Wrong information"}, frozenset()),
    ({"fa": "چیز دیگر", "ar": "غير ذلك", "en": "Something else"}, frozenset()),
)


@dataclass(frozen=True, slots=True)
class UsualRule:
    """A rule to begin with; names by language."""

    names: dict[str, str]
    text: str
    priority: str
    due_minutes: int
    quiet_days: int = 14
    escalations: tuple[tuple[int, str], ...] = ()


USUAL_RULES: Final[tuple[UsualRule, ...]] = (
    UsualRule(
        {
            "fa": "مشتریان باارزش ناراضی",
            "ar": "عملاء ذوو قيمة غير راضين",
            "en": "Valued customers who are unhappy",
        },
        "(nps <= 6 or csat <= 2 or ces <= 3) and top <= 20",
        "high",
        8 * 60,
        escalations=((0, "manager"), (8 * 60, "owner")),
    ),
    UsualRule(
        {"fa": "ناراضی‌ها، با نظر", "ar": "غير الراضين مع تعليق", "en": "Unhappy, with a comment"},
        "(nps <= 6 or csat <= 2 or ces <= 3) and sentiment is negative",
        "normal",
        16 * 60,
        escalations=((8 * 60, "manager"),),
    ),
    UsualRule(
        {"fa": "شکایت و درخواست", "ar": "الشكاوى والطلبات", "en": "Complaints and requests"},
        "comment is complaint, request and sentiment is negative",
        "normal",
        24 * 60,
    ),
    UsualRule(
        {
            "fa": "مشتری باارزشی که مدتی نیامده",
            "ar": "عميل ذو قيمة غاب مدة",
            "en": "A valued customer stays away",
        },
        "unseen >= 60d and top <= 10",
        "low",
        40 * 60,
        90,
    ),
)
