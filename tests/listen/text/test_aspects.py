"""What comments speak about, found by words that people may edit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from safar.listen.text.aspects import (
    DEFAULT,
    Aspect,
    AspectFound,
    AspectsWrong,
    AspectWords,
    UnknownAspect,
    aspects_of,
)
from safar.listen.text.clauses import clauses
from safar.listen.text.words import words_with_places


class Saying:
    """Weighs a text by one word in it: a model whose answers are known."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def probabilities(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += texts
        rows = [[0.8, 0.1, 0.1] if "late" in text else [0.1, 0.2, 0.7] for text in texts]
        return np.array(rows, np.float32).reshape(-1, 3)


def found(text: str, model: Saying | None = None) -> tuple[AspectFound, ...]:
    model = model or Saying()
    return aspects_of([text], [words_with_places(text)], model, model.probabilities([text]))[0]


@pytest.mark.parametrize(
    ("text", "aspects"),
    [
        ("قیمتش خیلی بالا بود", ["price"]),
        ("بسته‌بندیش پاره شده بود", ["packaging", "quality"]),
        ("بسته بندي عالي", ["packaging"]),
        ("پيک بداخلاق بود", ["delivery", "staff"]),
        ("والسعر غالي بس التغليف حلو", ["price", "price", "packaging"]),
        ("خدمة العملاء ما يردون", ["support", "support"]),
        ("The couriers were rude and my refunds never came", ["delivery", "staff", "returns", "delivery"]),
        ("nothing in particular", []),
        ("", []),
        ("😀\x00\ud800", []),
    ],
)
def test_words_are_found_with_what_languages_join_to_them(text: str, aspects: list[str]) -> None:
    assert [mention.aspect for mention in DEFAULT.find(text)] == aspects


def test_a_mention_stands_where_the_word_is_written() -> None:
    text = "واقعاً  بسته‌بندیش عالیه"
    (mention,) = DEFAULT.find(text)
    assert (text[mention.start : mention.end], mention.word) == ("بسته‌بندیش", "بسته‌بندیش")


def test_each_aspect_has_the_sentiment_of_its_clause() -> None:
    model = Saying()
    assert found("Lovely food, really great taste. But delivery was two hours late!", model) == (
        AspectFound("taste", ("food", "taste"), "positive"),
        AspectFound("delivery", ("delivery",), "negative"),
    )
    assert model.asked[1:] == ["Lovely food, really great taste.", "But delivery was two hours late!"]


def test_a_comment_of_one_clause_is_not_weighed_again() -> None:
    model = Saying()
    assert found("great food", model) == (AspectFound("taste", ("food",), "positive"),)
    assert model.asked == ["great food"]


def test_clauses_end_at_stops_contrasts_and_commas_between_sentences() -> None:
    def parts(text: str) -> list[str]:
        return [text[first:last] for first, last in clauses(text)]

    assert parts("." * 300_000 + "5 late. Never again") == ["." * 300_000 + "5 late.", "Never again"]
    assert parts("غذا عالی بود ولی پیک دیر رسید") == ["غذا عالی بود", "ولی پیک دیر رسید"]
    assert parts("قیمت، کیفیت و بسته‌بندی عالی") == ["قیمت، کیفیت و بسته‌بندی عالی"]
    assert parts("قیمتش خیلی خوب بود، بسته‌بندی هم سالم رسید") == [
        "قیمتش خیلی خوب بود",
        "بسته‌بندی هم سالم رسید",
    ]
    assert parts("It costs 2.5 dollars") == ["It costs 2.5 dollars"]
    assert parts("") == parts(" \n ") == []


def test_lists_are_edited_and_kept_as_json() -> None:
    mine = DEFAULT.with_words("delivery", "fa", ["تیپاکسچی", " "]).without_words("price", "en", ["fee"])
    mine = mine.with_aspect(Aspect("gifts", {"en": "Gifts"}, {"en": ("gift*",)}))
    assert [mention.aspect for mention in mine.find("تیپاکسچی gifted a fee, fees")] == [
        "delivery",
        "gifts",
        "price",
    ]
    assert [mention.aspect for mention in DEFAULT.find("تیپاکسچی gifted")] == []
    mine = mine.without_words("price", "en", ["fees"]).without_aspect("gifts")
    assert [mention.aspect for mention in mine.find("gifted a fee, fees")] == []
    assert AspectWords.from_json(mine.as_json()) == mine
    assert mine.aspects[0].aspect_id == DEFAULT.aspects[0].aspect_id


def test_what_is_no_aspect_is_refused() -> None:
    with pytest.raises(UnknownAspect, match='Did you mean "delivery"'):
        DEFAULT.with_words("delivry", "fa", ["x"])
    for wrong in ("{", '{"aspects": 3}', b"\xff", '{"aspects": [], "more": 1}'):
        with pytest.raises(AspectsWrong):
            AspectWords.from_json(wrong)


def test_every_shipped_aspect_is_named_and_worded_in_three_languages() -> None:
    for aspect in DEFAULT.aspects:
        assert set(aspect.names) == set(aspect.words) == {"fa", "ar", "en"}
        assert all(len(words) >= 8 for words in aspect.words.values())
