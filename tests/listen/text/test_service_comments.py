"""Short, plain comments on services, which the models never learnt: how many are told rightly, by language."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest
import text_service
import text_sets

from safar.listen.text import label
from safar.listen.text.words import words_of

#: At least so many of a language are to be right, in %: sentiment, kind.
FLOORS = {"fa": (87, 88), "ar": (88, 88), "en": (84, 84)}
#: Words of which nothing was learnt here: each comment of the construction "kept-out word" has one.
UNKNOWN = {
    "en": "soggy stale cracked filthy glitchy leaking torn courteous spotless prompt flawless scrumptious",
    "fa": "فاسد بیات پاره گیج‌کننده هنگ معطل چرک صمیمی حرفه‌ای دلچسبی شیک خوش‌اخلاق",
    "ar": "يابس تالفا يعلق بايت مربكة مشقوقة وسخة محترف ودود يهبل تحفة بيشهي",
}


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    path = Path(__file__).with_name("service_comments.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_there_are_enough_of_each_language_and_side(rows: list[dict[str, str]]) -> None:
    assert len({row["text"] for row in rows}) == len(rows) >= 300
    languages = Counter(row["language"] for row in rows)
    assert min(languages.values()) >= 100
    assert {row["dialect"] for row in rows if row["language"] == "ar"} == {
        "standard",
        "gulf",
        "egyptian",
        "levantine",
    }
    for language in languages:
        sides = Counter(row["sentiment"] for row in rows if row["language"] == language)
        assert min(sides[side] for side in ("negative", "neutral", "positive")) >= 20


def test_none_is_learnt(rows: list[dict[str, str]]) -> None:
    learnt = text_sets.service()
    assert len(learnt) > 30_000
    assert not {text_sets.key(each.text) for each in learnt} & {text_sets.key(row["text"]) for row in rows}
    said: dict[str, set[str]] = {language: set() for language in UNKNOWN}
    for each in text_service.comments():
        said[each.language].update(words_of(each.text))
    for language, words in UNKNOWN.items():
        wanted = {form for word in words.split() for form in words_of(word)}
        assert not wanted & said[language]
        unknown = [
            row for row in rows if (row["language"], row["construction"]) == (language, "kept-out word")
        ]
        assert len(unknown) == 12
        assert all(wanted & set(words_of(row["text"])) for row in unknown)


def test_sentiment_and_kind_by_language(rows: list[dict[str, str]]) -> None:
    found = label([row["text"] for row in rows])
    for language, (of_sentiment, of_kind) in FLOORS.items():
        ours = [pair for pair in zip(rows, found, strict=True) if pair[0]["language"] == language]
        wrong = [row["text"] for row, each in ours if each.sentiment not in row["sentiment"].split("|")]
        assert 100 * (1 - len(wrong) / len(ours)) >= of_sentiment, wrong
        kinds = [pair for pair in ours if pair[0]["kind"]]
        otherwise = [row["text"] for row, each in kinds if each.kind != row["kind"]]
        assert 100 * (1 - len(otherwise) / len(kinds)) >= of_kind, otherwise


@pytest.mark.parametrize(
    ("text", "sentiment", "kind"),
    [
        ("I am not happy", "negative", "complaint"),
        ("not good", "negative", "complaint"),
        ("delivery late", "negative", "complaint"),
        ("خوب نبود", "negative", "complaint"),
        ("راضی نیستم", "negative", "complaint"),
        ("سفارش دیر رسید", "negative", "complaint"),
        ("پیک دیر اومد", "negative", "complaint"),
        ("غذا سرد بود و پیک دیر رسید", "negative", "complaint"),
        ("التوصيل متأخر", "negative", "complaint"),
        ("ما عجبني", "negative", "complaint"),
        ("مش حلو", "negative", "complaint"),
        ("لم يصل طلبي", "negative", "complaint"),
        ("Excellent service, thank you!", "positive", "praise"),
        ("هیچ مشکلی نداشت", "positive", "praise"),
        ("لا توجد أي مشكلة", "positive", "praise"),
    ],
)
def test_what_anybody_tries_first(text: str, sentiment: str, kind: str) -> None:
    (found,) = label([text])
    assert (found.sentiment, found.kind) == (sentiment, kind)


def test_what_goes_wrong_is_something_to_do(rows: list[dict[str, str]]) -> None:
    problems = [row["text"] for row in rows if row["construction"] == "problem"]
    assert len(problems) == 41
    left = [text for text, each in zip(problems, label(problems), strict=True) if not each.is_actionable]
    assert len(left) <= 4, left


def test_emotion_of_thanks_and_of_anger() -> None:
    texts = [
        "Excellent service, thank you!",
        "مرسی، عالی بود",
        "شكرا لكم، خدمة رائعة",
        "I am furious with your support",
    ]
    assert [each.emotion for each in label(texts)] == ["joy", "joy", "joy", "anger"]
