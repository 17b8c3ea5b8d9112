"""Topics as a document: edits return another one, and comments are assigned by words that say why."""

from __future__ import annotations

import pytest

from safar.listen.text.topic_document import (
    Assigned,
    TopicEditRefused,
    Topics,
    TopicsWrong,
    TopicWord,
    UnknownTopic,
)

DELIVERY, PRICE = "t1", "t2"


@pytest.fixture
def topics() -> Topics:
    return (
        Topics().add("Delivery", ["delivery", "ارسال", "late order"]).add("Price", ["price", "قیمت", "سعر"])
    )


def ids(topics: Topics, text: str) -> list[str]:
    return [each.topic_id for each in topics.assign([text])[0]]


def test_a_comment_is_assigned_by_its_words_and_they_say_why(topics: Topics) -> None:
    assert topics.assign(
        ["قیمت‌ها بالاست، قیمتش نه", "والسعر غالي", "a late order, late delivery", "", "سلام"]
    ) == [
        (Assigned(PRICE, 1.0, ("قیمت‌ها", "قیمتش")),),
        (Assigned(PRICE, 1.0, ("والسعر",)),),
        (Assigned(DELIVERY, 2.0, ("late order", "delivery")),),
        (),
        (),
    ]


def test_the_best_comes_first_and_what_is_far_behind_is_left_out() -> None:
    words = (TopicWord("app"), TopicWord("login", 0.9), TopicWord("update", 0.5))
    topics = (
        Topics()
        .with_topic("App", words)
        .add("Price", ["price"])
        .with_topic("Faint", (TopicWord("page", 0.39),))
    )
    assert ids(topics, "price of the app") == ["t1", "t2"]
    assert ids(topics, "price of the app after login and update") == ["t1"]
    assert ids(topics, "the page") == []
    assert ids(topics, "the update") == ["t1"]


def test_words_in_place_of_personal_data_assign_nothing(topics: Topics) -> None:
    assert ids(topics.add("Phones", ["phone", "تلفن"]), "[phone] [شماره تلفن]") == []


def test_edits_leave_the_document_as_it_was(topics: Topics) -> None:
    before = topics.as_json()
    named = topics.rename(PRICE, " قیمت ")
    assert [each.name for each in named.topics] == ["Delivery", "قیمت"]
    more = topics.with_words(PRICE, ["fee", "price"])
    assert [each.word for each in more.topic(PRICE).words] == ["fee", "price", "قیمت", "سعر"]
    fewer = more.without_words(PRICE, ["fee", "سعر"])
    assert [each.word for each in fewer.topic(PRICE).words] == ["price", "قیمت"]
    assert topics.as_json() == before


def test_merged_topics_are_the_first_with_the_words_of_all(topics: Topics) -> None:
    three = topics.add("Cost", ["cost", "price"])
    merged = three.merge([PRICE, "t3"], "Money")
    assert [(each.topic_id, each.name) for each in merged.topics] == [
        (DELIVERY, "Delivery"),
        (PRICE, "Money"),
    ]
    assert sorted(each.word for each in merged.topic(PRICE).words) == ["cost", "price", "سعر", "قیمت"]
    assert ids(merged, "the cost") == [PRICE]
    assert merged.add("New", ["new"]).topics[-1].topic_id == "t4", "ids are never used again"


def test_a_split_topic_keeps_the_other_words(topics: Topics) -> None:
    split = topics.split(DELIVERY, ["late order"], "Late")
    assert [(each.topic_id, each.name) for each in split.topics] == [
        (DELIVERY, "Delivery"),
        ("t3", "Late"),
        (PRICE, "Price"),
    ]
    assert ids(split, "a late order") == ["t3"]


def test_an_archived_topic_gets_nothing_until_it_is_restored(topics: Topics) -> None:
    away = topics.archive(PRICE)
    assert ids(away, "price") == []
    assert ids(away.restore(PRICE), "price") == [PRICE]


def test_the_document_is_json(topics: Topics) -> None:
    edited = topics.archive(PRICE).split(DELIVERY, ["ارسال"], "ارسال")
    assert Topics.from_json(edited.as_json()) == edited
    for wrong in ("[]", "{", '{"topics": [{"name": 1}]}', b"\xff", '{"more": 1}'):
        with pytest.raises(TopicsWrong):
            Topics.from_json(wrong)


def test_an_edit_that_leaves_nothing_is_refused(topics: Topics) -> None:
    words = [each.word for each in topics.topic(PRICE).words]
    for edit in (
        lambda: topics.rename(PRICE, " "),
        lambda: topics.add("x", ["!", " "]),
        lambda: topics.without_words(PRICE, words),
        lambda: topics.split(PRICE, words, "All"),
        lambda: topics.split(PRICE, ["none of it"], "None"),
        lambda: topics.merge([PRICE]),
        lambda: topics.merge([PRICE, PRICE]),
    ):
        with pytest.raises(TopicEditRefused):
            edit()
    with pytest.raises(UnknownTopic):
        topics.merge([PRICE, "t9"])
