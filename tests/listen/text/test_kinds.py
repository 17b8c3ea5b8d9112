"""What somebody wants by writing, and whether there is something to do."""

from __future__ import annotations

import pytest

from safar.listen.text import label
from safar.listen.text.kinds import why_kind

COMPLAINT, PRAISE, REQUEST = "complaint", "praise", "request"


@pytest.mark.parametrize(
    ("text", "kind", "is_actionable"),
    [
        ("لطفا سفارش من رو پیگیری کنید", REQUEST, True),
        ("چطوری می‌تونم سفارشم رو لغو کنم؟", REQUEST, True),
        ("سفارشم کجاست", REQUEST, True),
        ("غذا عالی و خوشمزه بود، ممنون", PRAISE, False),
        ("غذا سرد بود و خیلی دیر رسید، افتضاح", COMPLAINT, True),
        ("متاسفانه پیک بی‌ادب بود", COMPLAINT, True),
        ("لو سمحت وين طلبي", REQUEST, True),
        ("كيفاش نبدل كلمة السر؟", REQUEST, True),
        ("ابغى أرجع المنتج", REQUEST, True),
        ("الأكل ممتاز والخدمة رائعة", PRAISE, False),
        ("أسوأ خدمة في حياتي والأكل بارد", COMPLAINT, True),
        ("How do I change my password?", REQUEST, True),
        ("Could you please send an invoice", REQUEST, True),
        ("Great food and lovely staff", PRAISE, False),
        ("The food was cold and the waiter was rude, terrible", COMPLAINT, True),
        ("", "other", False),
    ],
)
def test_comments_in_three_languages(text: str, kind: str, is_actionable: bool) -> None:
    (found,) = label([text])
    assert (found.kind, found.is_actionable) == (kind, is_actionable)


def test_a_suggestion_is_something_to_do_even_in_praise() -> None:
    (found,) = label(["غذا عالی و خوشمزه بود، فقط کاش بسته‌بندی بهتر باشه"])
    assert found.is_actionable


def test_why_is_the_words_where_they_count() -> None:
    text = "سفارشم نرسیده، لطفا بگید کجاست"
    assert [(each.sign, text[each.start : each.end]) for each in why_kind(text)] == [
        ("wrong", "نرسیده"),
        ("asking", "لطفا"),
        ("wanting", "بگید"),
        ("questions", "کجاست"),
    ]
    assert why_kind("I was there when how long it took did not matter at all to us") == ()
    assert why_kind("") == ()
