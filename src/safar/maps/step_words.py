"""What steps of journeys are about, in the words of three languages: how a name of an event finds its step."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from safar.vocabulary import lifecycle
from safar.vocabulary.text import fold

from .anatomy import Words

_PARTS: Final = re.compile(r"[^\W_]+")
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_ENDINGS: Final = ("ings", "ing", "ed", "es", "s", "ها", "های", "ات")
_ARTICLES: Final = ("وال", "ال")
#: Words that tell nothing apart.
_EMPTY: Final = frozenset(
    fold(word)
    for words in (
        "the of and for to a an in on at with by event step stage customer user",
        "از به در با و را که برای مشتری گام مرحله",
        "في من إلى على العميل خطوة مرحلة",
    )
    for word in words.split()
)
_LEAST_STEM: Final = 3
_LEAST_PREFIX: Final = 4


@dataclass(frozen=True, slots=True)
class Topic:
    """What a step may be about.

    Attributes
    ----------
    topic_id
        Stable.
    name
        In three languages.
    stems
        Stems of words, folded, that speak of it.
    event_names
        Names that pages understand without being told.
    place
        Where in a journey it usually lies, 0…1.
    kin
        The topic whose steps take it where a map has none of its own.
    """

    topic_id: str
    name: Words
    stems: frozenset[str]
    event_names: frozenset[str] = frozenset()
    place: float = 0.5
    kin: str = ""


def stems(text: str) -> frozenset[str]:
    """Return the stems of the words of a text or of an event's name, folded.

    >>> sorted(stems("orderDelivered")), sorted(stems("التوصيل")), sorted(stems("سبد‌های خرید"))
    (['deliver', 'order'], ['توصیل'], ['خرید', 'سبد'])
    """
    words = (fold(word) for word in _PARTS.findall(_HUMP.sub(" ", text.replace("\u200c", " "))))
    return frozenset(stem for word in words if word not in _EMPTY and (stem := _stem(word)))


def _stem(word: str) -> str:
    for article in _ARTICLES:
        if word.startswith(article) and len(word) >= len(article) + _LEAST_STEM:
            word = word.removeprefix(article)
            break
    if word in _ENDINGS:  # parted from its word by a half-space
        return ""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) >= len(ending) + _LEAST_STEM:
            return word.removesuffix(ending)
    return word


def alike(one: str, other: str) -> bool:
    """Tell whether two stems are of one word: equal, or the longer begins with the shorter."""
    shorter, longer = sorted((one, other), key=len)
    return one == other or (len(shorter) >= _LEAST_PREFIX and longer.startswith(shorter))


def _topic(
    topic_id: str,
    place: float,
    name: Words,
    words: str,
    event_names: Iterable[frozenset[str]] = (),
    *,
    kin: str = "",
) -> Topic:
    names = frozenset[str]().union(*event_names)
    return Topic(topic_id, name, stems(words), names, place, kin)


#: In the order in which journeys usually meet them.
TOPICS: Final = (
    _topic(
        "awareness",
        0.0,
        {"fa": "آگاهی", "ar": "الوعي", "en": "Awareness"},
        "awareness ad advert campaign promo banner newsletter آگاهی تبلیغ آگهی کمپین خبرنامه وعي إعلان حملة نشرة",
        (lifecycle.CAMPAIGN_SENT, lifecycle.CAMPAIGN_OPENED, lifecycle.CAMPAIGN_CLICKED),
    ),
    _topic(
        "visit",
        0.05,
        {"fa": "بازدید", "ar": "الزيارة", "en": "Visit"},
        "visit page screen home landing website app store بازدید صفحه سایت خانه برنامه زيارة صفحة موقع تطبيق",
        (lifecycle.VISITED,),
    ),
    _topic(
        "account",
        0.1,
        {"fa": "ثبت‌نام", "ar": "التسجيل", "en": "Sign-up"},
        "signup register registration login signin identify account onboarding identity verification "
        "ثبت‌نام ثبت‌نامی عضویت حساب ورود احراز هویت تسجيل حساب دخول هوية",
        (frozenset({"identify"}),),
    ),
    _topic(
        "search",
        0.2,
        {"fa": "جست‌وجو", "ar": "البحث", "en": "Search"},
        "search find filter query discover جستجو جست‌وجو یافتن فیلتر پیدا بحث تصفية",
        (lifecycle.SEARCHED,),
        kin="product",
    ),
    _topic(
        "product",
        0.3,
        {"fa": "بررسی کالا", "ar": "معاينة المنتج", "en": "Product"},
        "product item catalog catalogue browse compare comparison consideration details wishlist offer plan "
        "کالا محصول بررسی مقایسه فهرست جزئیات علاقه‌مندی طرح منتج مقارنة معاينة تفاصيل",
        (lifecycle.PRODUCT_VIEWED,),
    ),
    _topic(
        "cart",
        0.45,
        {"fa": "سبد خرید", "ar": "سلة التسوق", "en": "Cart"},
        "cart basket bag سبد سلة",
        (lifecycle.CART_ADDED, frozenset({"cart_viewed", "cart"})),
    ),
    _topic(
        "booking",
        0.45,
        {"fa": "رزرو", "ar": "الحجز", "en": "Booking"},
        "book booking reserve reservation appointment schedule رزرو نوبت وقت حجز موعد",
    ),
    _topic(
        "checkout",
        0.5,
        {"fa": "تسویه", "ar": "إتمام الشراء", "en": "Checkout"},
        "checkout address shipping_details تسویه نشانی إتمام عنوان",
        (lifecycle.CHECKOUT_STARTED,),
        kin="payment",
    ),
    _topic(
        "payment",
        0.55,
        {"fa": "خرید و پرداخت", "ar": "الشراء والدفع", "en": "Purchase"},
        "pay payment order purchase buy bought transaction confirmation invoice subscribe sale "
        "خرید پرداخت سفارش صورتحساب فاکتور شراء دفع طلب فاتورة اشتراك",
        (lifecycle.ORDER_PLACED, lifecycle.PAYMENT_FAILED, frozenset({"payment_started"})),
    ),
    _topic(
        "delivery",
        0.7,
        {"fa": "تحویل", "ar": "التوصيل", "en": "Delivery"},
        "deliver delivery ship shipment dispatch courier parcel package receive fulfil track "
        "تحویل ارسال پیک دریافت بسته رهگیری توصيل تسليم شحن استلام مندوب طرد",
        (lifecycle.ORDER_SHIPPED, lifecycle.ORDER_DELIVERED),
    ),
    _topic(
        "use",
        0.75,
        {"fa": "استفاده", "ar": "الاستخدام", "en": "Use"},
        "use usage activate activation install setup stay feature استفاده فعال نصب اقامت استخدام تفعيل إقامة",
    ),
    _topic(
        "support",
        0.8,
        {"fa": "پشتیبانی", "ar": "الدعم", "en": "Support"},
        "support help contact call chat ticket complaint conversation message incident issue care "
        "پشتیبانی کمک تماس گفتگو گفت‌وگو شکایت پیام دعم مساعدة اتصال محادثة شكوى رسالة تذكرة",
        (
            lifecycle.CONVERSATION_STARTED,
            lifecycle.CONVERSATION_RESOLVED,
            lifecycle.MESSAGE_RECEIVED,
            lifecycle.MESSAGE_SENT,
        ),
    ),
    _topic(
        "return",
        0.85,
        {"fa": "بازگشت کالا", "ar": "الإرجاع", "en": "Return"},
        "return refund exchange cancel مرجوع مرجوعی بازگشت عودت لغو إرجاع استرداد استبدال إلغاء",
        (lifecycle.ORDER_RETURNED,),
    ),
    _topic(
        "loyalty",
        1.0,
        {"fa": "وفاداری", "ar": "الولاء", "en": "Loyalty"},
        "loyal loyalty refer referral recommend advocacy club reward coupon repeat renew nps "
        "وفاداری معرفی توصیه باشگاه پاداش تخفیف تکرار تمدید ولاء إحالة توصية نادي مكافأة قسيمة تجديد",
        (lifecycle.REFERRAL_MADE, lifecycle.COUPON_REDEEMED),
    ),
)


def topics_of(of: frozenset[str]) -> dict[str, int]:
    """Return the topics that stems speak of, each with how many of the stems do."""
    found = {}
    for topic in TOPICS:
        count = sum(any(alike(stem, known) for known in topic.stems) for stem in of)
        if count:
            found[topic.topic_id] = count
    return found
