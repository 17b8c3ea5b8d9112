"""Words in one form, however they were typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from text_typing import WAYS

from safar.listen.text.words import words_of, words_with_places

COMMENT = "کیفیتِ غذا می‌تونست بهتر باشه، ۲۵ دقیقه دیر رسید؛ کتاب‌هایم عالی‌تر بود!"


@pytest.mark.parametrize("way", sorted(WAYS))
def test_ways_of_typing_are_one(way: str) -> None:
    assert WAYS[way](COMMENT) != COMMENT or way == "Persian keyboard"
    assert words_of(WAYS[way](COMMENT)) == words_of(COMMENT)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("عااااالي بود!!! می خواهم ۱۲ تا", ["عالی", "بود", "!!", "میخواهم", "0", "تا"]),
        ("نمی شه کتاب ها رو", ["نمیشه", "کتابها", "رو"]),
        ("Goooood, don't stop :) 3.5", ["good", ",", "don't", "stop", ":)", "0"]),
        ("@safar https://a.example/b?c #خوب_نیست 👍", ["@", "@", "#", "خوب", "نیست", "👍"]),
        ("ها", ["ها"]),
        ("", []),
        ("  \u200c ", []),
    ],
)
def test_by_hand(text: str, words: list[str]) -> None:
    assert words_of(text) == words


def test_places_are_slices_of_what_was_written() -> None:
    text = "خيلي  كتاب‌هام می خوام!!!"
    assert [(word.text, text[word.start : word.end]) for word in words_with_places(text)] == [
        ("خیلی", "خيلي"),
        ("کتابهام", "كتاب‌هام"),
        ("میخوام", "می خوام"),
        ("!!", "!!!"),
    ]


@given(st.text(max_size=60) | st.text("می‌هاخوبaA!1 ٣\u200c", max_size=30))
def test_words_with_places_are_the_same_words(text: str) -> None:
    words = words_with_places(text)
    assert all(0 <= word.start < word.end <= len(text) for word in words)
    assert [word.start for word in words] == sorted(word.start for word in words)
    if text == text.encode("utf-8", "replace").decode() and not any(
        0x1100 <= ord(each) <= 0xD7FF for each in text
    ):
        assert [word.text for word in words] == words_of(text)
