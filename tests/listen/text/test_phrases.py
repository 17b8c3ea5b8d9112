"""Names of things in comments, without a tagger."""

from __future__ import annotations

import math

from safar.listen.text.phrases import KeyPhrase, key_phrases, phrases_of
from safar.listen.text.words import words_with_places


def of(text: str) -> tuple[str, ...]:
    return phrases_of(text, words_with_places(text))


def test_phrases_stand_between_words_that_say_nothing() -> None:
    assert of("The battery life was great but the charging cable broke") == (
        "charging cable broke",
        "battery life",
    )
    assert of("کد تخفیف کار نکرد و پیک رستوران خیلی دیر رسید") == ("کد تخفیف کار", "پیک رستوران", "دیر رسید")
    assert of("خیلی خوب بود") == of("") == of("😀 1 2 !") == ()


def test_c_value_by_hand() -> None:
    texts = ["battery life", "Battery life!", "the battery life", "battery"]
    # "battery life" in 3 comments: log2(3) * 3; "battery" in 4, of which 3 within the longer: log2(2) * (4 - 3)
    found = key_phrases(texts)
    assert found[0] == KeyPhrase("battery life", 3, math.log2(3) * 3)
    assert [each.text for each in found] == ["battery life"]  # its words say nothing more
    assert key_phrases(["battery", "battery", "battery life", "battery life"])[1:] == []


def test_a_phrase_is_shown_as_most_write_it() -> None:
    texts = ["بسته‌بندي پاره", "بسته‌بندی سالم", "بسته‌بندی"]
    assert [(each.text, each.count) for each in key_phrases(texts)] == [("بسته‌بندی", 3)]


def test_words_in_place_of_personal_data_are_no_phrase() -> None:
    assert key_phrases(["call [phone] courier", "mail [phone] courier"]) == [KeyPhrase("courier", 2, 2.0)]


def test_so_many_at_most_and_none_of_nothing() -> None:
    texts = ["alpha beta", "alpha gamma", "beta delta", "gamma delta"] * 2
    assert len(key_phrases(texts, most=2)) == 2
    assert key_phrases([]) == key_phrases(["one comment alone"]) == []
