"""Which language a comment is in."""

from __future__ import annotations

import pytest

from safar.listen.text import language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("غذا خیلی سرد بود", "fa"),
        ("غذا خيلي سرد بود كلا", "fa"),  # on an Arabic keyboard
        ("ممنون", "fa"),
        ("پیک دیر رسید", "fa"),
        ("الخدمة كانت ممتازة", "ar"),
        ("والله ما عجبني الاكل", "ar"),
        ("شكرا جزيلا", "ar"),
        ("The courier was late", "en"),
        ("ok", "en"),
        ("از اپلیکیشن Snappfood Pro Delivery خیلی راضی بودم", "mixed"),
        ("گوشی iPhone خیلی خوب و سبک و خوش دست بود", "fa"),
        ("kheili khoob bood mamnoon", "und"),
        ("👍👍", "und"),
        ("12345", "und"),
        ("", "und"),
        ("очень хорошо", "und"),
        ("@someone عالی بود", "fa"),
        ("@safar", "en"),
        ("bad service", "en"),
        ("Bad service.", "en"),
        ("کد ملی ۰۰۱۲۳۴۵۶۷۹", "fa"),  # ک and ی of a Persian keyboard
        ("ایمیل من ali@example.com است", "fa"),
    ],
)
def test_by_hand(text: str, language: str) -> None:
    assert language_of([text]) == [language]


def test_each_comment_is_told_by_itself() -> None:
    texts = ["عالی بود", "Great", "ممتاز جدا والله", ""]
    assert language_of(texts) == [language_of([text])[0] for text in texts]
    assert language_of([]) == []


def test_long_words_are_read_once() -> None:
    # what looked for names of accounts from every letter took minutes
    assert language_of(["a" * 100_000, "1" * 100_000, "-." * 50_000, "@" * 100_000])[1:3] == ["und", "und"]
