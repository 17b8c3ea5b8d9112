"""Topics found in comments whose topics are known: the simulated company's, in three languages."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from safar.demo.comments import NEGATIVE, POSITIVE, Occasion, comment
from safar.listen.text import language_of
from safar.listen.text.topics import TooFewTexts, discover

ABOUT = ("delivery", "packaging", "price", "payment", "app", "support")


def company(count: int, seed: int) -> tuple[list[str], list[str]]:
    rng = random.Random(seed)
    texts, about = [], []
    for each in range(count):
        language = rng.choice(("fa", "fa", "ar", "en"))
        topic = rng.choice(ABOUT)
        item = {"fa": "کتری", "ar": "غلاية", "en": "kettle"}[language]
        city = {"fa": "شیراز", "ar": "دبي", "en": "Leeds"}[language]
        side = rng.choice((NEGATIVE, POSITIVE))
        texts.append(comment(Occasion(language, "gulf", topic, side, rng.randint(1, 9), item, city), each))
        about.append(topic)
    return texts, about


def test_topics_of_the_simulated_company_meet_across_languages() -> None:
    texts, about = company(700, 11)
    topics = discover(texts, language_of(texts))
    assert 5 <= len(topics.topics) <= 9
    assigned = topics.assign(texts)
    by_topic: dict[str, Counter[str]] = {}
    for found, truth in zip(assigned, about, strict=True):
        for each in found[:1]:
            by_topic.setdefault(each.topic_id, Counter())[truth] += 1
    covered = sum(counts.total() for counts in by_topic.values())
    assert covered >= 0.7 * len(texts)
    assert sum(max(counts.values()) for counts in by_topic.values()) >= 0.6 * covered  # by chance 0.17
    spoken = [Counter(language_of([word.word for word in topic.words])) for topic in topics.topics]
    assert sum(len(languages.keys() & {"fa", "ar", "en"}) > 1 for languages in spoken) >= 4


def test_the_same_comments_give_the_same_topics_and_another_number_on_demand() -> None:
    texts, _ = company(200, 3)
    languages = language_of(texts)
    assert discover(texts, languages) == discover(texts, languages)
    assert len(discover(texts, languages, topic_count=4).topics) == 4


def test_names_are_up_to_three_words_and_no_personal_data_is_kept() -> None:
    said = [
        "بسته پاره بود 09123456789",
        "قیمت کالا بالاست",
        "توصيل متأخر sara@example.com",
        "app login broken",
    ]
    topics = discover(said * 12, ["fa", "fa", "ar", "en"] * 12, topic_count=4)
    kept = topics.as_json()
    assert "0912" not in kept
    assert "sara" not in kept
    named = {topic.name: topic.example for topic in topics.topics}
    assert named == {
        "app · broken · login": "app login broken",
        "بالاست · قیمت · کالا": "قیمت کالا بالاست",
        "بسته · پاره": "بسته پاره بود [شماره تلفن]",
        "توصيل · متأخر": "توصيل متأخر [بريد إلكتروني]",
    }


def test_a_name_is_of_one_matter_and_says_no_word_twice() -> None:
    said = [
        *["the colour and the size were wrong", "wrong colour, wrong size again"] * 8,
        *["out of stock in every branch"] * 10,
        *["the couriers came late", "the courier was late"] * 6,
    ]
    (topic,) = discover(said, ["en"] * len(said), topic_count=1).topics
    assert {"stock", "branch"} < {word.word for word in topic.words}, "several matters meet in it"
    assert topic.name == "colour · size"
    of_courier = discover(["courier couriers late", "late courier"] * 20, ["en"] * 40, topic_count=1)
    assert of_courier.topics[0].name in {"courier · late", "late · courier"}


def test_too_few_comments_are_refused() -> None:
    with pytest.raises(TooFewTexts) as refused:
        discover(["the delivery was late"] * 29 + ["", "good", "😀"], ["en"] * 32)
    assert refused.value.context == {"comments": 29, "least": 30}
    with pytest.raises(TooFewTexts):
        discover(["la livraison"] * 50, ["und"] * 50)


def test_comments_that_are_all_the_same_are_one_topic() -> None:
    topics = discover(["delivery courier"] * 40, ["en"] * 40)
    assert len(topics.topics) == 1
